"""Axes put in, taken out, exchanged and moved; the entries stay what they are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.deduction import given
from shapeguard.lint.flow.domain.predicates import equal
from shapeguard.lint.flow.domain.propositions import FALSE
from shapeguard.lint.flow.domain.ranks import elements, ranked
from shapeguard.lint.flow.domain.tensors import Kind, Trait
from shapeguard.lint.flow.domain.terms import ONE, ZERO, Term, reason_of
from shapeguard.lint.flow.domain.values import Int
from shapeguard.lint.flow.shapes.axes import derived, inserted, known_extents, renumbered, squeezed
from shapeguard.lint.flow.shapes.masks import entries

if TYPE_CHECKING:
    from collections.abc import Callable

    from shapeguard.lint.flow.domain.tensors import Tensor
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.models import vocabulary as words
    from shapeguard.lint.flow.operations.application import Application


def inserts(call: Application, model: words.Inserts) -> Value:
    """Insert an axis of extent 1."""
    axis = call.number(model.axis)
    if axis is None:
        return call.unknown()
    return call.each(lambda t: inserted(t, axis, f"{call.identity}.{axis}"))


def squeezes(call: Application, model: words.Squeezes) -> Value:
    """Drop an axis if its extent is 1, or all such axes, which may be more than were meant."""
    if call.absent(model.axis):
        return call.each(lambda tensor: _squeezed_anywhere(call, tensor))
    axis = call.number(model.axis)
    if axis is None:
        return call.unknown("squeezed")

    def change(tensor: Tensor) -> Value:
        extent = tensor.extent(axis)
        if extent.known not in (1, None) or (extent.floor or 0) > 1:
            return tensor
        return squeezed(tensor, axis, call.identity)

    return call.each(change)


def _squeezed_anywhere(call: Application, tensor: Tensor) -> Tensor:
    """Drop all axes of extent 1; an axis that a test says is longer was thought of."""
    extents = [tensor.extent(axis) for axis in range(tensor.rank or 0)]
    open_ended = [each for each in extents if each.known is None and (each.floor or 0) <= 1]
    if tensor.rank is not None and not open_ended:
        left = tensor
        for axis in reversed(range(tensor.rank)):
            if tensor.extent(axis) == ONE:
                left = squeezed(left, axis, f"{call.identity}.{axis}")
        return left
    if len(open_ended) == 1:
        left = _alone(call, tensor, extents.index(open_ended[0]))
    else:
        shape = derived("shape", tensor.form, call.identity)
        left = replace(tensor, extents=(), rank=None, cuts=(), shape=shape, lifted=0)
    asked = open_ended or [tensor.extent(0)]
    several = (*asked, elements(tensor))
    if any(given(equal(each, ONE), call.run.here.known) == FALSE for each in several):
        return left
    why = "an axis of extent 1 is dropped, whichever it is"
    trail = (call.run.station(call.node, f"`{{}}`: {why}"),)
    few = next((reason for each in asked if (reason := reason_of(each))), "")
    return left.having(Trait(Kind.SQUEEZED, why, few, trail, _meant(tensor)))


def _meant(tensor: Tensor) -> Term | None:
    """Return the axis to drop if one has an extent of 1 by its making; the first, if it is one of them."""
    axes = [axis for axis, extent in tensor.extents if extent == ONE]
    if 0 in axes:
        return ZERO
    if len(axes) != 1:
        return None
    return Term(-1 if axes[0] + 1 == tensor.rank else axes[0])


def _alone(call: Application, tensor: Tensor, axis: int) -> Tensor:
    """Drop every axis of extent 1 but one that may be of any extent."""
    left = tensor
    for other in reversed(range(tensor.rank or 0)):
        if other != axis and tensor.extent(other) == ONE:
            left = squeezed(left, other, f"{call.identity}.{other}")
    return left


def swaps(call: Application, model: words.Swaps) -> Value:
    """Exchange two axes."""
    first, second = call.number(model.first), call.number(model.second)
    if first is None or second is None:
        return call.unknown("transposed")

    def change(tensor: Tensor) -> Value:
        known = tensor if model.rank is None else ranked(tensor, model.rank)
        return swapped(known, first, second, call.identity)

    return call.each(change)


def swapped(tensor: Tensor, first: int, second: int, identity: str) -> Tensor:
    """Return the tensor with two axes exchanged."""
    one, other = tensor.axis(first), tensor.axis(second)
    places = {one: other, other: one}

    def place(axis: int) -> int | None:
        if axis not in places and any((axis < 0) != (each < 0) for each in places):
            return None
        return places.get(axis, axis)

    return renumbered(tensor, identity, place, 0)


def permutes(call: Application, model: words.Permutes) -> Value:
    """Put the axes in an order; without one, reverse them."""
    given = call.rest(model.order)
    if given is None:
        return call.unknown("permuted")
    numbers = [each.term.known for each in given if isinstance(each, Int)]
    order = [each for each in numbers if each is not None]
    if len(order) != len(given):
        return call.unknown("permuted")
    return call.each(lambda tensor: _permuted(call, tensor, order))


def _permuted(call: Application, tensor: Tensor, order: list[int]) -> Tensor:
    if not order:
        return reversed_axes(tensor, call.identity)
    rank = len(order)
    front = [each % rank for each in order]
    known = known_extents(tensor)
    extents = {new: known.get(old, tensor.extent(old)) for new, old in enumerate(front)}
    places: Callable[[int], int | None] = lambda axis: (  # noqa: E731 - a table read as a function
        front.index(axis % rank) if axis % rank in front else None
    )
    cuts = tuple(replace(c, axis=p) for c in tensor.cuts if (p := places(c.axis)) is not None)
    moved = renumbered(tensor, call.identity, places, 0).without(Kind.SQUEEZED)
    return replace(moved, extents=tuple(sorted(extents.items())), rank=rank, cuts=cuts)


def reversed_axes(tensor: Tensor, identity: str) -> Tensor:
    """Return the tensor with its axes in the reverse order."""
    return renumbered(
        tensor,
        identity,
        lambda a: -1 - a if tensor.rank is None else tensor.rank - 1 - a,
        0,
    )


def moves(call: Application, model: words.Moves) -> Value:
    """Move one axis to another place."""
    source, destination = call.number(model.source), call.number(model.destination)
    if source is None or destination is None:
        return call.unknown("moved")

    def change(tensor: Tensor) -> Value:
        if tensor.rank is None:
            shape = derived("shape", tensor.form, call.identity)
            return replace(tensor, extents=(), cuts=(), shape=shape)
        order = [axis for axis in range(tensor.rank) if axis != tensor.axis(source)]
        order.insert(tensor.axis(destination), tensor.axis(source))
        return _permuted(call, tensor, order)

    return call.each(change)


def pads(call: Application, _: words.Pads) -> Value:
    """Add positions to the last axes; the leading ones stay."""

    def change(tensor: Tensor) -> Value:
        shape = derived("shape", tensor.form, call.identity)
        kept = {0: tensor.extent(0)} if tensor.rank is None or tensor.rank > 1 else {}
        cuts = tuple(each for each in tensor.cuts if each.axis in kept)
        made = replace(tensor, extents=tuple(kept.items()), shape=shape, cuts=cuts)
        left = tensor.without(Kind.PRESENT_COUNTS)
        return made.turned(derived("padded", entries(tensor)), *left.traits)

    return call.each(change)
