"""Joins of tensors: the events that the first rules listen to, and the shape of the result."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow import merge
from shapeguard.lint.flow.axes import inserted
from shapeguard.lint.flow.events import Join
from shapeguard.lint.flow.tensors import Tensor
from shapeguard.lint.flow.terms import Term, symbol
from shapeguard.lint.flow.trees import source
from shapeguard.lint.flow.values import Bool, Int, Missing, Sequence, describe

if TYPE_CHECKING:
    from shapeguard.lint.flow.arguments import Arguments
    from shapeguard.lint.flow.models import vocabulary as words
    from shapeguard.lint.flow.run import Run
    from shapeguard.lint.flow.values import Value


def elementwise(
    run: Run,
    node: cst.BaseExpression | cst.AugAssign,
    sides: tuple[cst.BaseExpression, ...],
    values: tuple[Value, ...],
) -> Value:
    """Join tensors elementwise, with broadcasting; the result has the shape of the best known."""
    tensors = [
        (side, value)
        for side, value in zip(sides, values, strict=False)
        if not isinstance(value, Int | Bool | Missing) and not isinstance(side, cst.BaseNumber)
    ]
    if len(tensors) > 1:
        names = tuple(source(side) for side, _ in tensors)
        operands = tuple(value for _, value in tensors)
        moment = run.moment(node)
        run.emit(Join(moment, "elementwise operation", operands, names, None, broadcast=True))
    for _, value in tensors:
        if any(isinstance(leaf, Tensor) and leaf.cuts for _, leaf in merge.alternatives(value)):
            return value
    return tensors[0][1] if tensors else run.unknown(node, "result")


def join_list(run: Run, node: cst.Call, model: words.Joins, given: Arguments) -> Value:
    """Join the tensors of a list along an axis; unknown members or an unknown axis say nothing."""
    members = given.positional[0] if given.positional else given.keywords.get("tensors")
    fixed = model.axis
    axis = fixed if isinstance(fixed, int) else given.number(fixed)
    if not isinstance(members, Sequence) or axis is None:
        return run.unknown(node, "joined")
    names = tuple(_names(given, members))
    items = members.items or ()
    along = None if model.new_axis else axis
    run.emit(Join(run.moment(node), model.name, items, names, along, members=members))
    for member in items:
        if isinstance(member, Tensor):
            if model.new_axis:
                placed = inserted(member, axis, run.identity(node))
                return placed.resized(axis, Term(len(items))) if axis >= 0 else placed
            total = symbol(run.identity(node), "joined")
            return replace(member.resized(axis, total), name=describe(member))
    return run.unknown(node, "joined")


def _names(given: Arguments, members: Sequence) -> list[str]:
    literal = given.nodes[0] if given.nodes else None
    items = members.items or ()
    if isinstance(literal, cst.List | cst.Tuple) and len(literal.elements) == len(items):
        return [source(element.value) for element in literal.elements]
    return [describe(item) for item in items]
