"""Truth: what a value used as a condition says about extents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.callables import Callee, Closure, Constructor, External, Partial
from shapeguard.lint.flow.domain.counts import counted
from shapeguard.lint.flow.domain.fractions import against_fraction, of_numbers, of_reals
from shapeguard.lint.flow.domain.operators import ORDERS
from shapeguard.lint.flow.domain.origins import is_there
from shapeguard.lint.flow.domain.predicates import any_of, equal, every, less, negate
from shapeguard.lint.flow.domain.propositions import FALSE, TRUE, Opaque, absence
from shapeguard.lint.flow.domain.ranks import rank_of, same_shape
from shapeguard.lint.flow.domain.sequences import is_key, key_of_member, size_of, stepped
from shapeguard.lint.flow.domain.sizes import none_is
from shapeguard.lint.flow.domain.tensors import Slice, Tensor
from shapeguard.lint.flow.domain.terms import ONE, ZERO, Term, symbol
from shapeguard.lint.flow.domain.truths import trueness
from shapeguard.lint.flow.domain.values import (
    Block,
    Bool,
    Choice,
    Dictionary,
    Int,
    Missing,
    Record,
    Sequence,
    Shape,
    Text,
    Unknown,
    as_term,
)

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run


def truth(run: Run, node: cst.BaseExpression) -> Predicate:
    """Return the condition under which an expression is true."""
    return truth_of(run.evaluate(node), run.identity(node))


def truth_of(value: Value, identity: str) -> Predicate:
    """Return the condition under which a value is true."""
    value = counted(value)
    amount = _amount(value, identity)
    if amount is not None:
        return negate(equal(amount, ZERO))
    match value:
        case Bool(predicate):
            return predicate
        case Missing():
            return FALSE
        case Text(text):
            return TRUE if text else FALSE
        case Choice(alternatives):
            return any_of(every((c, truth_of(leaf, identity))) for c, leaf in alternatives)
        case Slice() | Block() | Callee() | Closure() | Partial() | Constructor():
            return TRUE
        case Unknown(origin, number=Term() as number):
            return every((trueness(origin), negate(equal(number, ZERO))))
        case Unknown(origin) | Record(origin=origin) | Tensor(origin=origin) | External(origin):
            return trueness(origin)
        case _:
            return trueness(identity)


def _amount(value: Value, identity: str) -> Term | None:
    """Return the number that decides whether a value is true: a length, or the number itself."""
    match value:
        case Int(term):
            return term
        case Sequence():
            return merge.length(value, identity)
        case Dictionary():
            return size_of(value, identity)
        case Shape(tensor):
            return rank_of(tensor)
        case Unknown(number=Term() as number) if any(factor < 0 for _, factor in number.parts):
            # a difference is a number, or a tensor, which is not empty where it is true
            return number
        case Slice(start, Term() as stop, counts=True):
            return stepped(start or ZERO, stop, ONE)
        case _:
            return None


def is_none(value: Value, identity: str) -> Predicate:
    """Return the condition under which a value is ``None``."""
    match value:
        case Missing():
            return TRUE
        case Unknown(origin) | External(origin):
            return FALSE if is_there(origin) else absence(origin)
        case Choice(alternatives):
            return any_of(every((c, is_none(leaf, identity))) for c, leaf in alternatives)
        case _:
            return FALSE


def present(value: Value) -> Value:
    """Return a value without the alternative that is ``None``, of which nothing can be asked."""
    if not isinstance(value, Choice):
        return value
    left = tuple(each for each in value.alternatives if not isinstance(each[1], Missing))
    return Choice(left) if len(left) > 1 else (left or value.alternatives)[0][1]


def compare(run: Run, left: Value, operator: cst.BaseCompOp, right: Value, at: str) -> Predicate:
    """Return the condition that one comparison tests, over all alternatives of both sides."""
    if isinstance(left, Choice) or isinstance(right, Choice):
        return any_of(
            every((c, d, compare(run, a, operator, b, at)))
            for c, a in merge.alternatives(left)
            for d, b in merge.alternatives(right)
        )
    known = of_numbers(left, operator, right) or of_reals(left, operator, right)
    if known is not None:
        return known
    if isinstance(operator, cst.Is | cst.IsNot | cst.Equal | cst.NotEqual):
        same = _same(left, right, at)
        return negate(same) if isinstance(operator, cst.IsNot | cst.NotEqual) else same
    if isinstance(operator, cst.In | cst.NotIn):
        found = _contains(right, left, at)
        return found if isinstance(operator, cst.In) else negate(found)
    order = ORDERS.get(type(operator))
    fraction = against_fraction(left, operator, right)
    if fraction is not None:
        return fraction
    mine, theirs = as_term(left), as_term(right)
    if order is None or mine is None or theirs is None:
        return Opaque(f"compare({at})")
    return order(mine, theirs)


def _contains(holder: Value, member: Value, at: str) -> Predicate:
    """Return the condition that a member is in a shape, a list or a dictionary."""
    match holder:
        case Shape(tensor) if member == Int(ZERO):
            axes = {cut.axis for cut in tensor.cuts} or {0}
            return any_of(equal(tensor.extent(axis), ZERO) for axis in sorted(axes))
        case Sequence(items=items) if items is not None and len(items) <= _LISTED:
            return any_of(
                every((condition, _same(member, leaf, f"{at}.{i}")))
                for i, each in enumerate(items)
                for condition, leaf in merge.alternatives(each)
            )
        case Sequence() | Unknown() if isinstance(member, Int) and member.term.known is not None:
            differs = none_is(holder, member.term)
            return _among(holder, at) if differs is None else negate(differs)
        case Sequence():
            return _among(holder, at)
        case Dictionary(exact=True) if is_key(member):
            return FALSE if holder.get(member) is None else TRUE
        case _:
            return Opaque(f"compare({at})")


def _among(holder: Value, at: str) -> Predicate:
    """Return the condition that something is in a list, which is not empty then."""
    if not isinstance(holder, Sequence):
        return Opaque(f"compare({at})")
    length = merge.length(holder, at)
    return every((less(ZERO, length), Opaque(f"compare({at}{key_of_member(holder)})")))


_LISTED = 8


def _of_literal(left: Value, right: Value, at: str) -> Predicate | None:
    """Return what it says that something is an empty list, or is ``True`` or ``False``."""
    for one, literal in ((left, right), (right, left)):
        match one, literal:
            case Sequence(), Sequence(items=()):
                return equal(merge.length(one, at), ZERO)
            case Unknown(origin, name), Sequence(items=()):
                return equal(symbol(f"{origin}#0", f"len({name})"), ZERO)
            case Bool(predicate), Bool(known) if known in (TRUE, FALSE):
                return predicate if known == TRUE else negate(predicate)
            case _:
                continue
    return None


def _same(left: Value, right: Value, at: str) -> Predicate:
    if isinstance(left, Missing) or isinstance(right, Missing):
        return is_none(right if isinstance(left, Missing) else left, at)
    decided = _of_literal(left, right, at)
    if decided is not None:
        return decided
    if isinstance(left, Text) and isinstance(right, Text):
        return TRUE if left == right else FALSE
    if isinstance(left, Shape) and isinstance(right, Shape):
        rows = equal(left.tensor.extent(0), right.tensor.extent(0))
        return every((same_shape(left.tensor, right.tensor), rows))
    if isinstance(left, Shape) and isinstance(right, Sequence):
        return _shaped(left.tensor, right, at)
    mine, theirs = as_term(left), as_term(right)
    numbers = (
        isinstance(left, Int) or isinstance(right, Int) or type(left) is type(right) is Unknown
    )
    if numbers and mine is not None and theirs is not None:
        return equal(mine, theirs)
    names = sorted(name for each in (left, right) if (name := _identity(each)) is not None)
    return Opaque(
        f"compare({' == '.join(names)})" if len(names) == len((left, right)) else f"compare({at})"
    )


def _identity(value: Value) -> str | None:
    """Return what makes a value the same wherever it is compared."""
    match value:
        case Unknown(origin) | Record(origin=origin):
            return origin
        case Text(text):
            return repr(text)
        case External(name):
            return name
        case Int(Term() as term):
            return repr(term)
        case _:
            return None


def _shaped(tensor: Tensor, wanted: Sequence, at: str) -> Predicate:
    """Return the condition that a tensor has exactly this shape."""
    terms = [as_term(each) for each in wanted.items or ()]
    known = [term for term in terms if term is not None]
    if wanted.items is None or len(known) != len(terms):
        return Opaque(f"compare({at})")
    same = [equal(tensor.extent(axis), term) for axis, term in enumerate(known)]
    return every((Opaque(f"compare({at})"), *same))


def is_instance(value: Value, names: tuple[str, ...], at: str) -> Predicate:
    """Return the condition under which a value is of one of the named types."""
    short = {name.rsplit(".", 1)[-1] for name in names}
    match value:
        case Choice(alternatives):
            return any_of(every((c, is_instance(leaf, names, at))) for c, leaf in alternatives)
        case Slice():
            return TRUE if short & {"slice", "range"} else FALSE
        case Tensor(cuts=cuts, extents=extents) if cuts or extents:
            return TRUE if "Tensor" in short else FALSE
        case Int():
            return TRUE if short & {"int", "Number"} else FALSE
        case Missing():
            return TRUE if short & {"NoneType"} else FALSE
        case Sequence() if short <= {"Tensor", "int", "str", "slice", "dict"}:
            return FALSE
        case _:
            return Opaque(f"isinstance({at})")
