"""Joins of lists of tensors: concatenated, stacked, padded to a common extent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.deduction import given
from shapeguard.lint.flow.domain.predicates import equal, less
from shapeguard.lint.flow.domain.propositions import FALSE, conjuncts
from shapeguard.lint.flow.domain.tensors import Kind, Tensor, Trait
from shapeguard.lint.flow.domain.terms import ZERO, reason_of, symbol
from shapeguard.lint.flow.domain.values import Choice, Int, Sequence, Unknown, as_tensor, describe
from shapeguard.lint.flow.events import Join
from shapeguard.lint.flow.evidence.extents import paths_where
from shapeguard.lint.flow.evidence.representing import represented
from shapeguard.lint.flow.shapes.axes import derived, inserted, settled
from shapeguard.lint.flow.shapes.iteration import count
from shapeguard.lint.flow.syntax.trees import source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.events import Moment
    from shapeguard.lint.flow.models import vocabulary as words
    from shapeguard.lint.flow.operations.application import Application

MAX_SUMMANDS = 8
_HERITABLE = (Kind.UNTYPED, Kind.MASK, Kind.QUOTIENT)
_OF_ONE_AXIS = frozenset({"cat", "concat", "concatenate"})
"""Joins that refuse a member without an axis: what they give has the axes of its members."""


def joins(call: Application, model: words.Joins) -> Value:
    """Join the members of a list; an unknown axis says nothing about the result."""
    if model.spread:
        listed: Value | None = call.given.star or Sequence(call.given.positional)
    else:
        listed = call.get(model.members)
    if listed is None:
        return call.unknown("joined")
    return call.run.each(listed, lambda members: _join(call, model, members), call.identity)


def listed(call: Application, _: words.Listed) -> Value:
    """Return a list as long as the one that is given, of tensors of which nothing is known."""
    if call.operand is None:
        return call.unknown()

    def change(leaf: Value) -> Value:
        walked = leaf if isinstance(leaf, Sequence) else as_tensor(leaf)
        if walked is None:
            return call.unknown()
        return Sequence(None, call.unknown("member"), count(call.run, call.node, walked))

    return call.run.each(call.operand, change, call.identity)


def _join(call: Application, model: words.Joins, members: Value) -> Value:
    items = members.items if isinstance(members, Sequence) else None
    tensors = _tensors(call, items or ())
    for moment, axis in _places(call, model, tensors):
        _emit(call, model, members, axis, moment)
    if isinstance(members, Sequence) and not model.pads:
        some = less(ZERO, merge.length(members, call.identity))
        call.run.state = call.run.here.assume(some) or call.run.here
    return _joined(call, model, members)


def _places(
    call: Application, model: words.Joins, tensors: list[Tensor]
) -> Iterator[tuple[Moment, int | None]]:
    """Yield the axis of a join, where it depends on the path for each way it can be."""
    here = call.run.moment(call.node)
    along = None if isinstance(model.axis, int) else call.get(model.axis)
    if not isinstance(along, Choice):
        yield here, _axis(call, model, tensors)
        return
    for condition, leaf in along.alternatives:
        then = paths_where(here, condition)
        if then is not None:
            yield then, leaf.term.known if isinstance(leaf, Int) else None


def _joined(call: Application, model: words.Joins, members: Value) -> Value:
    """Return what a join gives; where members depend on the path, for each way they can be."""
    items = members.items if isinstance(members, Sequence) else None
    fork = next((each for each in items or () if isinstance(each, Choice)), None)
    if fork is None or items is None:
        return _joined_alike(call, model, members)
    ways = [
        (condition, Sequence(tuple(_under(each, condition) for each in items)))
        for condition, _ in fork.alternatives
    ]
    if any(isinstance(each, Choice) for _, way in ways for each in way.items or ()):
        return _joined_alike(call, model, members)
    return merge.select(
        ((condition, _joined_alike(call, model, way)) for condition, way in ways), call.identity
    )


def _under(value: Value, condition: Predicate) -> Value:
    return merge.refine(value, frozenset(conjuncts(condition)))


def _joined_alike(call: Application, model: words.Joins, members: Value) -> Value:
    items = members.items if isinstance(members, Sequence) else None
    tensors = _tensors(call, items or ())
    axis = _axis(call, model, tensors)
    stacked = model.new_axis or (model.flat.startswith("stacked") and _flat(tensors))
    open_rank = bool(model.flat) and all(each.rank is None for each in tensors)
    if axis is None or model.pads or open_rank:
        return call.unknown("joined")
    if not isinstance(members, Sequence):
        return _stacked_unknown(call, axis) if stacked else call.unknown("joined")
    first = tensors[0] if tensors else _element(call, members)
    if first is None:
        return _stacked_unknown(call, axis) if stacked else call.unknown("joined")
    best = next((each for each in tensors if each.cuts), first)
    if stacked:
        length = merge.length(members, call.identity)
        made = inserted(best, axis, call.identity).resized(axis, length)
        return _named(call, made, first).having(_one_each(call, made.axis(axis)))
    few = _few(tensors, items)
    total = _sum(tensors, axis) if few else _any_sum(call, first, axis, members.where)
    joined = _without_cuts(best.resized(axis, total), axis)
    return _named(call, joined, first)


def _stacked_unknown(call: Application, axis: int) -> Tensor:
    """Return what is made of members of which nothing is known: it has a position for each."""
    made = Tensor(derived("joined", call.identity), source(call.node))
    return made.having(_one_each(call, axis))


def _one_each(call: Application, axis: int) -> Trait:
    trail = (call.run.station(call.node, "`{}` has a position for each member"),)
    return Trait(Kind.STACKED, trail=trail, axis=axis)


def _axis(call: Application, model: words.Joins, tensors: list[Tensor]) -> int | None:
    """Return the axis of a join, where it does not depend on a rank that is not known."""
    axis = model.axis if isinstance(model.axis, int) else call.number(model.axis)
    if not model.flat:
        return axis
    if _flat(tensors):
        return {"joined": 0, "stacked": 0, "stacked behind": 1}[model.flat]
    return axis


def _flat(tensors: list[Tensor]) -> bool:
    return any(each.rank == 1 for each in tensors)


def _emit(
    call: Application, model: words.Joins, members: Value, axis: int | None, moment: Moment
) -> None:
    items = members.items if isinstance(members, Sequence) else None
    operands = () if model.pads or axis is None else items or ()
    names = tuple(_names(call, operands))
    along = None if model.new_axis else axis
    nodes = call.given.nodes
    listed = source(nodes[0]) if nodes and not model.spread else describe(members)
    event = Join(
        moment,
        model.name,
        operands,
        names,
        along,
        members=members,
        listed=listed,
        inserts=axis if model.new_axis else None,
    )
    call.run.emit(event)
    represented(call.run, call.node, model.name)


def _names(call: Application, items: tuple[Value, ...]) -> list[str]:
    literal = call.given.nodes[0] if call.given.nodes else None
    if isinstance(literal, cst.List | cst.Tuple) and len(literal.elements) == len(items):
        return [source(element.value) for element in literal.elements]
    return [describe(item) for item in items]


def _tensors(call: Application, items: tuple[Value, ...]) -> list[Tensor]:
    """Return the members that are tensors: those that surely are, or else all that may be."""
    sure = [item for item in items if isinstance(item, Tensor)]
    every_one = [t for item in items if (t := as_tensor(item)) is not None]
    chosen = sure if len(sure) == len(items) else every_one
    known = [settled(call.run, each) for each in chosen]
    return known if len(chosen) == len(items) else [settled(call.run, each) for each in sure]


def _element(call: Application, members: Sequence) -> Tensor | None:
    """Return what any member of a summarised list is."""
    element = members.element
    tensor = None if element is None or isinstance(element, Unknown) else as_tensor(element)
    return None if tensor is None else settled(call.run, tensor)


def _few(tensors: list[Tensor], items: tuple[Value, ...] | None) -> bool:
    """Say whether all members are known and so few that their extents are worth adding up."""
    return items is not None and len(tensors) == len(items) <= MAX_SUMMANDS


def _sum(tensors: list[Tensor], axis: int) -> Term:
    return sum((each.extent(axis) for each in tensors), ZERO)


def _any_sum(call: Application, member: Tensor, axis: int, where: Predicate) -> Term:
    """Return the sum of any number of extents: 0 where each member is empty, if it may be so.

    What the function asks of a member's extent keeps empty members apart, one way or another. It is
    not 0 where no member is empty: without members there is no join.
    """
    extent = member.extent(axis)
    asks = (equal(extent, ZERO), less(ZERO, extent))
    if extent.known is None and given(equal(extent, ZERO), conjuncts(where)) == FALSE:
        return symbol(f"{call.identity}#total", "joined", low=1)
    asked = any(each in call.run.analysis.tests for each in asks)
    why = "" if asked else reason_of(extent)
    return symbol(f"{call.identity}#total", "joined", why=f"in every member, {why}" if why else "")


def _without_cuts(tensor: Tensor, axis: int) -> Tensor:
    axis = tensor.axis(axis)
    return replace(tensor, cuts=tuple(each for each in tensor.cuts if each.axis != axis))


def _named(call: Application, joined: Tensor, first: Tensor) -> Tensor:
    axes = () if call.operation in _OF_ONE_AXIS else (Kind.SQUEEZED,)
    traits = first.traits_of(*_HERITABLE, *axes)
    origin = derived("joined", call.identity)
    return replace(joined.turned(origin, *traits), name=describe(first))
