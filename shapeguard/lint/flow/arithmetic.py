"""Operators: arithmetic of integers, concatenation of lists, elementwise joins of tensors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow import merge
from shapeguard.lint.flow.events import Divide
from shapeguard.lint.flow.joining import elementwise
from shapeguard.lint.flow.tensors import Kind, Tensor
from shapeguard.lint.flow.terms import Term, operation, times
from shapeguard.lint.flow.trees import source
from shapeguard.lint.flow.values import Int, Sequence, as_term

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapeguard.lint.flow.run import Run
    from shapeguard.lint.flow.values import Value

_DIVISIONS = (
    cst.Divide,
    cst.DivideAssign,
    cst.FloorDivide,
    cst.FloorDivideAssign,
    cst.Modulo,
    cst.ModuloAssign,
)
Arithmetic = Callable[[Term, Term], Term]

_TERMS: Mapping[type[cst.CSTNode], Arithmetic] = {
    cst.Add: lambda a, b: a + b,
    cst.AddAssign: lambda a, b: a + b,
    cst.Subtract: lambda a, b: a - b,
    cst.SubtractAssign: lambda a, b: a - b,
    cst.Multiply: times,
    cst.MultiplyAssign: times,
    cst.FloorDivide: lambda a, b: operation("quotient", a, b),
    cst.FloorDivideAssign: lambda a, b: operation("quotient", a, b),
    cst.Modulo: lambda a, b: operation("remainder", a, b),
    cst.ModuloAssign: lambda a, b: operation("remainder", a, b),
}


def combine(
    run: Run,
    node: cst.BinaryOperation | cst.AugAssign,
    sides: tuple[cst.BaseExpression, cst.BaseExpression],
    values: tuple[Value, Value],
) -> Value:
    """Return ``left operator right``; a join of tensors is an event."""
    left, right = values
    if type(node.operator) in _DIVISIONS:
        _emit_divisions(run, node, sides[1], values)
    if any(_is_tensor(value) for value in values):
        return elementwise(run, node, sides, values)
    identity = run.identity(node)
    return merge.each(
        left,
        lambda a: merge.each(right, lambda b: _plain(run, node, a, b), identity),
        identity,
    )


def _emit_divisions(
    run: Run,
    node: cst.BinaryOperation | cst.AugAssign,
    side: cst.BaseExpression,
    values: tuple[Value, Value],
) -> None:
    """Report a division by an integer that is not a literal, on each path that gives it."""
    for condition, leaf in merge.alternatives(values[1]):
        if _may_be_zero(leaf):
            state = run.here.assume(condition)
            if state is not None:
                moment = replace(run.moment(node), facts=state.facts)
                run.emit(Divide(moment, leaf, source(side), _is_tensor(values[0])))


def _may_be_zero(value: Value) -> bool:
    """Say whether a divisor is a number that is not known, or a tensor of counts."""
    if isinstance(value, Int):
        return value.term.known is None
    return isinstance(value, Tensor) and value.trait(Kind.COUNT) is not None


def _is_tensor(value: Value) -> bool:
    return any(isinstance(leaf, Tensor) for _, leaf in merge.alternatives(value))


def _plain(run: Run, node: cst.BinaryOperation | cst.AugAssign, left: Value, right: Value) -> Value:
    kind = type(node.operator)
    if isinstance(left, Sequence) or isinstance(right, Sequence):
        return _lists(run, node, left, right)
    mine, theirs = as_term(left), as_term(right)
    if kind in _TERMS and mine is not None and theirs is not None and _counts(left, right):
        return Int(_TERMS[kind](mine, theirs))
    return run.unknown(node, "result")


def _counts(left: Value, right: Value) -> bool:
    """Say whether an operator of two values is arithmetic of integers: one of them surely is one."""
    return isinstance(left, Int) or isinstance(right, Int)


def _lists(run: Run, node: cst.BinaryOperation | cst.AugAssign, left: Value, right: Value) -> Value:
    if isinstance(node.operator, cst.Add) and isinstance(left, Sequence):
        if isinstance(right, Sequence) and left.items is not None and right.items is not None:
            return Sequence((*left.items, *right.items))
        return Sequence(None, run.unknown(node, "member"))
    many, factor = (left, right) if isinstance(left, Sequence) else (right, left)
    if isinstance(node.operator, cst.Multiply) and isinstance(many, Sequence):
        if many.items is not None and len(many.items) == 1:
            term = as_term(factor)
            known = term.known if term is not None else None
            if known is not None and 0 <= known <= merge.MAX_ALTERNATIVES:
                return Sequence(many.items * known)
            return Sequence(None, many.items[0], term)
        return Sequence(None, run.unknown(node, "member"))
    return run.unknown(node, "result")
