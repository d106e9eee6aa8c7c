"""Operators: arithmetic of integers, concatenation of lists, elementwise joins of tensors."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.algebra import operation, times
from shapeguard.lint.flow.domain.fractions import is_positive, number_of
from shapeguard.lint.flow.domain.members import told
from shapeguard.lint.flow.domain.operators import TERMS
from shapeguard.lint.flow.domain.predicates import any_of, every, less
from shapeguard.lint.flow.domain.sequences import KEPT_ITEMS, extended
from shapeguard.lint.flow.domain.tensors import Kind, Tensor
from shapeguard.lint.flow.domain.terms import ZERO, Symbol, Term, atoms, symbol
from shapeguard.lint.flow.domain.values import Bool, Int, Sequence, Unknown, as_term
from shapeguard.lint.flow.events import Divide
from shapeguard.lint.flow.evidence.remembering import scaled_by_one_less
from shapeguard.lint.flow.evidence.replication import batch_divided
from shapeguard.lint.flow.shapes.joining import elementwise, tell_counts
from shapeguard.lint.flow.syntax.trees import source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run

_DIVISIONS = (
    cst.Divide,
    cst.DivideAssign,
    cst.FloorDivide,
    cst.FloorDivideAssign,
    cst.Modulo,
    cst.ModuloAssign,
)
_SUMS = (cst.Add, cst.AddAssign, cst.Subtract, cst.SubtractAssign)
_WHOLE = (cst.FloorDivide, cst.FloorDivideAssign, cst.Modulo, cst.ModuloAssign)


def combine(
    run: Run,
    node: cst.BinaryOperation | cst.AugAssign,
    sides: tuple[cst.BaseExpression, cst.BaseExpression],
    values: tuple[Value, Value],
) -> Value:
    """Return ``left operator right``; a join of tensors is an event."""
    left, right = values
    if type(node.operator) in _DIVISIONS and not isinstance(sides[0], cst.BaseString):
        divided(run, node, left, right, source(sides[1]))
    if any(_is_tensor(value) for value in values):
        if isinstance(node.operator, cst.Add | cst.AddAssign) and any(map(_is_list, values)):
            return run.unknown(
                node, "joined"
            )  # the other may be a list: what was sliced is not known
        if isinstance(node.operator, cst.Multiply | cst.MultiplyAssign):
            for side, value in zip(sides, values, strict=True):
                scaled_by_one_less(run, side, value)
        return elementwise(run, node, sides, values)
    identity = run.identity(node)
    return merge.each(
        left,
        lambda a: merge.each(right, lambda b: _plain(run, node, a, b), identity),
        identity,
    )


def divided(run: Run, node: cst.CSTNode, whole: Value, divisor: Value, name: str) -> None:
    """Report a division by what may be 0, on each path that gives it.

    Of a tensor without entries nothing is divided.
    """
    of_tensor = _is_tensor(whole) or _is_tensor(divisor)
    batch_divided(run, node, whole, divisor)
    for condition, leaf in merge.alternatives(divisor):
        read = _divisor(leaf)
        if read is None:
            continue
        moment = run.moment_under(node, every((condition, _has_entries(whole, read))))
        if moment is not None:
            raises = not of_tensor or _raises(node, whole, read)
            run.emit(Divide(moment, read, name, of_tensor, raises, whole))


def _has_entries(whole: Value, divisor: Value) -> Predicate:
    """Return the condition that what is divided has an entry, as far as its extents are known."""
    return any_of(
        every((condition, *(less(ZERO, extent) for extent in _extents_of(leaf, divisor))))
        for condition, leaf in merge.alternatives(whole)
    )


def _extents_of(value: Value, divisor: Value) -> Iterator[Term]:
    """Yield the extents of a tensor that are known, and those that it is divided by."""
    if not isinstance(value, Tensor):
        return
    for _, extent in value.extents:
        yield extent
    for atom in atoms(divisor.term) if isinstance(divisor, Int) else ():
        if isinstance(atom, Symbol) and atom.key.startswith(f"{value.form}#"):
            yield Term(0, ((atom, 1),))


def _raises(node: cst.CSTNode, whole: Value, divisor: Value) -> bool:
    """Say whether a division of a tensor raises: one of integers by an integer, without a fraction."""
    return (
        isinstance(getattr(node, "operator", None), _WHOLE)
        and isinstance(divisor, Int)
        and not divisor.term.real
        and all(
            isinstance(leaf, Tensor) and leaf.trait(Kind.INTEGERS) is not None
            for _, leaf in merge.alternatives(whole)
        )
    )


def _divisor(value: Value) -> Value | None:
    """Return a divisor that may be 0: a number that is not a literal, or a tensor."""
    if isinstance(value, Int):
        return value if value.term.known is None else None
    if isinstance(value, Unknown):
        term = None if is_positive(value) else as_term(value)
        return None if term is None else Int(term)
    return value if isinstance(value, Tensor) else None


def _is_tensor(value: Value) -> bool:
    return any(isinstance(leaf, Tensor) for _, leaf in merge.alternatives(value))


def _is_list(value: Value) -> bool:
    return any(isinstance(leaf, Sequence) for _, leaf in merge.alternatives(value))


def _plain(run: Run, node: cst.BinaryOperation | cst.AugAssign, left: Value, right: Value) -> Value:
    kind = type(node.operator)
    if isinstance(left, Sequence) or isinstance(right, Sequence):
        return _lists(run, node, left, right)
    if isinstance(left, Bool) and isinstance(right, Bool):
        return _conditions(run, node, left, right)
    mine, theirs = as_term(left), as_term(right)
    if kind in (cst.Add, cst.AddAssign) and _lifts(left, right):
        return Int(symbol(f"{run.identity(node)}+", source(node), low=1))
    if kind in (cst.Add, cst.AddAssign) and _is_between_integers(left, right):
        return run.unknown(node, "result")
    if kind in TERMS and mine is not None and theirs is not None and _counts(left, right):
        return Int(TERMS[kind](mine, theirs))
    if kind in (cst.Subtract, cst.SubtractAssign) and isinstance(left, Unknown) and left == right:
        return Int(ZERO)  # whatever it is, nothing is left of it
    written = Unknown(run.identity(node), _written(node))
    if mine is None or theirs is None or kind not in _SUMS or not _may_count(left, right):
        return written
    return replace(written, number=TERMS[kind](mine, theirs))


def _written(node: cst.BinaryOperation | cst.AugAssign) -> str:
    """Return the text of an operation; of ``a += b`` that of what it computes."""
    if isinstance(node, cst.AugAssign):
        operator = source(node.operator).removesuffix("=")
        return f"({source(node.target)} {operator} {source(node.value)})"
    text = source(node)
    return text if text.startswith("(") else f"({text})"


def _may_count(left: Value, right: Value) -> bool:
    """Say whether the sum of two unknown values is one of numbers wherever it is one of integers."""
    return all(number_of(each) is None and not is_positive(each) for each in (left, right))


def _conditions(
    run: Run, node: cst.BinaryOperation | cst.AugAssign, left: Bool, right: Bool
) -> Value:
    """Combine two conditions, of numbers or of tensors that nothing is known of."""
    match node.operator:
        case cst.BitAnd() | cst.BitAndAssign():
            made = Bool(every((left.predicate, right.predicate)))
        case cst.BitOr() | cst.BitOrAssign():
            made = Bool(any_of((left.predicate, right.predicate)))
        case _:
            return run.unknown(node, "result")
    tell_counts(run, node, made, (left, right))
    return made


def _lifts(left: Value, right: Value) -> bool:
    """Say whether a sum of a number and a small positive one is not 0."""
    for number, small in ((left, right), (right, left)):
        if isinstance(number, Int) and is_positive(small):
            return number.term.floor is not None and number.term.floor >= 0
    return False


def _is_between_integers(left: Value, right: Value) -> bool:
    """Say whether a sum is that of an integer, which may be negative, and a small positive number."""
    return any(
        isinstance(number, Int) and not number.term.real and is_positive(small)
        for number, small in ((left, right), (right, left))
    )


def _counts(left: Value, right: Value) -> bool:
    """Say whether an operator of two values is arithmetic of integers: one of them surely is one."""
    return isinstance(left, Int) or isinstance(right, Int)


def _lists(run: Run, node: cst.BinaryOperation | cst.AugAssign, left: Value, right: Value) -> Value:
    label = run.identity(node)
    if isinstance(node.operator, cst.Add | cst.AddAssign) and isinstance(left, Sequence):
        return extended(left, told(right, run.here.facts), label)
    if isinstance(node.operator, cst.Add | cst.AddAssign) and isinstance(right, Sequence):
        return extended(Sequence(None, run.unknown(node, "member")), right, label)
    many, factor = (left, right) if isinstance(left, Sequence) else (right, left)
    if isinstance(node.operator, cst.Multiply | cst.MultiplyAssign) and isinstance(many, Sequence):
        return _repeated(run, node, many, as_term(factor))
    return run.unknown(node, "result")


def _repeated(
    run: Run, node: cst.BinaryOperation | cst.AugAssign, many: Sequence, factor: Term | None
) -> Sequence:
    """Return ``members * factor``; of nothing or of 0 there is nothing."""
    known = None if factor is None else factor.known
    if many.items is not None and known is not None and len(many.items) * known <= KEPT_ITEMS:
        return Sequence(many.items * known)
    label = run.identity(node)
    member = merge.member_of(many, label)
    if factor is None:
        return Sequence(None, member)
    sure = factor.floor is not None and factor.floor >= 0
    times_over = factor if sure else operation("maximum", factor, ZERO)
    return Sequence(None, member, times(merge.length(many, label), times_over))
