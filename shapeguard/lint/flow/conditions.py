"""Truth: what a value used as a condition says about extents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow import merge
from shapeguard.lint.flow.predicates import (
    FALSE,
    TRUE,
    Opaque,
    absence,
    any_of,
    at_most,
    equal,
    every,
    less,
    negate,
)
from shapeguard.lint.flow.tensors import Slice, Tensor
from shapeguard.lint.flow.terms import ZERO
from shapeguard.lint.flow.values import (
    Bool,
    Callee,
    Choice,
    Constructor,
    External,
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
    from collections.abc import Callable, Mapping

    from shapeguard.lint.flow.predicates import (
        Predicate,
    )
    from shapeguard.lint.flow.run import Run
    from shapeguard.lint.flow.terms import Term
    from shapeguard.lint.flow.values import Value


def truth(run: Run, node: cst.BaseExpression) -> Predicate:
    """Return the condition under which an expression is true."""
    return truth_of(run.evaluate(node), run.identity(node))


def truth_of(value: Value, identity: str) -> Predicate:
    """Return the condition under which a value is true."""
    match value:
        case Bool(predicate):
            return predicate
        case Int(term):
            return negate(equal(term, ZERO))
        case Missing():
            return FALSE
        case Text(text):
            return TRUE if text else FALSE
        case Sequence():
            return negate(equal(merge.length(value, identity), ZERO))
        case Choice(alternatives):
            return any_of(every((c, truth_of(leaf, identity))) for c, leaf in alternatives)
        case Slice() | Callee() | Constructor() | External():
            return TRUE
        case Unknown(origin) | Record(origin=origin) | Tensor(origin=origin):
            return Opaque(f"true({origin})")
        case _:
            return Opaque(f"true({identity})")


def is_none(value: Value, identity: str) -> Predicate:
    """Return the condition under which a value is ``None``."""
    match value:
        case Missing():
            return TRUE
        case Unknown(origin):
            return absence(origin)
        case Choice(alternatives):
            return any_of(every((c, is_none(leaf, identity))) for c, leaf in alternatives)
        case _:
            return FALSE


def compare(run: Run, left: Value, operator: cst.BaseCompOp, right: Value, at: str) -> Predicate:
    """Return the condition that one comparison tests, over all alternatives of both sides."""
    if isinstance(left, Choice) or isinstance(right, Choice):
        return any_of(
            every((c, d, compare(run, a, operator, b, at)))
            for c, a in merge.alternatives(left)
            for d, b in merge.alternatives(right)
        )
    if isinstance(operator, cst.Is | cst.IsNot | cst.Equal | cst.NotEqual):
        same = _same(left, right, at)
        return negate(same) if isinstance(operator, cst.IsNot | cst.NotEqual) else same
    if isinstance(operator, cst.In | cst.NotIn) and isinstance(right, Shape) and left == Int(ZERO):
        axes = {cut.axis for cut in right.tensor.cuts} or {0}
        empty = any_of(equal(right.tensor.extent(axis), ZERO) for axis in sorted(axes))
        return empty if isinstance(operator, cst.In) else negate(empty)
    order = _ORDERS.get(type(operator))
    mine, theirs = as_term(left), as_term(right)
    if order is None or mine is None or theirs is None:
        return Opaque(f"compare({at})")
    return order(mine, theirs)


def _same(left: Value, right: Value, at: str) -> Predicate:
    if isinstance(left, Missing) or isinstance(right, Missing):
        return is_none(right if isinstance(left, Missing) else left, at)
    if isinstance(left, Text) and isinstance(right, Text):
        return TRUE if left == right else FALSE
    mine, theirs = as_term(left), as_term(right)
    if mine is None or theirs is None:
        return Opaque(f"compare({at})")
    if isinstance(left, Int) or isinstance(right, Int):
        return equal(mine, theirs)
    return Opaque(f"compare({at})")


_ORDERS: Mapping[type[cst.BaseCompOp], Callable[[Term, Term], Predicate]] = {
    cst.LessThan: less,
    cst.LessThanEqual: at_most,
    cst.GreaterThan: lambda a, b: less(b, a),
    cst.GreaterThanEqual: lambda a, b: at_most(b, a),
}


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
