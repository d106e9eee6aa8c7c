"""Axes that come and go: the extents and cuts of the others keep their meaning.

Axes of a tensor of unknown rank are known from the front or from the back. What moves one end leaves
the numbers at the other end as they are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.propositions import conjuncts
from shapeguard.lint.flow.domain.ranks import told_rank, with_rank, without_doubt
from shapeguard.lint.flow.domain.tensors import Kind, Tensor
from shapeguard.lint.flow.domain.terms import ONE
from shapeguard.lint.flow.domain.values import Choice
from shapeguard.lint.flow.syntax.texts import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shapeguard.lint.flow.domain.tensors import Trait
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run

_MATERIALISED = 4
_BACK = (-1, -2)
_LONGEST = 120


def derived(operation: str, *parts: object) -> str:
    """Return an identity for what an operation gives: the same for the same operands."""
    text = f"{operation}({','.join(str(part) for part in parts)})"
    if len(text) <= _LONGEST:
        return text
    return f"{operation}:{digest(text, 24)}"


def settled(run: Run, tensor: Tensor) -> Tensor:
    """Return the tensor with the rank that the facts on the path tell, if it was not known."""
    known = without_doubt(tensor, run.here.known)
    if known.rank is not None:
        return known
    rank = told_rank(known, run.here.facts)
    return known if rank is None else with_rank(known, rank, run.here.known)


def undoubted(run: Run, value: Value) -> Value:
    """Return a value of which each alternative has the axes that it has where it is the value.

    What goes into a list leaves the facts about the round of a loop behind.
    """
    if not isinstance(value, Choice):
        return without_doubt(value, run.here.known) if isinstance(value, Tensor) else value
    left = (
        (way, without_doubt(leaf, {*run.here.known, *conjuncts(way)}))
        if isinstance(leaf, Tensor)
        else (way, leaf)
        for way, leaf in value.alternatives
    )
    return Choice(tuple(left))


def dropped(tensor: Tensor, axis: int, identity: str) -> Tensor:
    """Return the tensor without one axis, with other entries; of positions some are left."""
    axis = tensor.axis(axis)
    positions = tensor.trait(Kind.INDEX)
    return replace(
        renumbered(tensor, identity, lambda a: _without(a, axis, tensor.rank), -1),
        origin=derived(f"{tensor.origin}[]", axis, identity),
        traits=() if positions is None else (positions,),
    )


def squeezed(tensor: Tensor, axis: int, identity: str) -> Tensor:
    """Return the same entries without an axis of extent 1."""
    axis = tensor.axis(axis)
    return renumbered(tensor, identity, lambda a: _without(a, axis, tensor.rank), -1)


def _without(number: int, axis: int, rank: int | None) -> int | None:
    """Return the number of an axis after another one was dropped, or None where it is not known."""
    if number == axis:
        return None
    if rank is not None or (number >= 0) == (axis >= 0):
        return number - (number > axis) if number >= 0 else number + (number < axis)
    return number if number >= 0 or axis == 0 else None


def inserted(tensor: Tensor, axis: int, identity: str) -> Tensor:
    """Return the same entries with an axis of extent 1 more."""
    if axis < 0 and tensor.rank is not None:
        axis += tensor.rank + 1
    made = renumbered(tensor, identity, lambda a: _beside(a, axis, tensor.rank), 1)
    return made.resized(axis, ONE)


def _beside(number: int, axis: int, rank: int | None) -> int | None:
    """Return the number of an axis after another one was inserted, or None where it is not known."""
    if rank is not None or (number >= 0) == (axis >= 0):
        return number + (number >= axis) if number >= 0 else number - (number <= axis)
    ends_apart = axis == 0 if number < 0 else axis == -1
    return number if ends_apart else None


def renumbered(
    tensor: Tensor, identity: str, place: Callable[[int], int | None], more: int
) -> Tensor:
    """Return the same entries with every axis at another place; None drops one."""
    extents: dict[int, Term] = {}
    for axis, term in known_extents(tensor).items():
        moved = place(axis)
        if moved is not None:
            extents[moved] = term
    cuts = tuple(replace(c, axis=p) for c in tensor.cuts if (p := place(c.axis)) is not None)
    return replace(
        tensor,
        extents=ordered(extents),
        rank=None if tensor.rank is None else tensor.rank + more,
        cuts=cuts,
        traits=_placed(tensor, place),
        shape=derived("shape", tensor.form, identity),
        lifted=tensor.lifted + more,
    )


def _placed(tensor: Tensor, place: Callable[[int], int | None]) -> tuple[Trait, ...]:
    """Return what is known of a tensor, of an axis as well, if it is still there."""
    at = ((each, None if each.axis is None else place(each.axis)) for each in tensor.traits)
    return tuple(
        replace(each, axis=axis) for each, axis in at if each.axis is None or axis is not None
    )


def _place_in(extents: Mapping[int, Term], tensor: Tensor, axis: int) -> int | None:
    """Return the only axis of an extent in a view; of a vector it is the only one that is not 1."""
    found = [place for place, term in extents.items() if term == tensor.extent(axis)]
    if not found and tensor.rank in (None, 1):
        found = [place for place, term in extents.items() if term != ONE]
    return found[0] if len(found) == 1 else None


def reshaped(
    tensor: Tensor, identity: str, extents: Mapping[int, Term], rank: int | None
) -> Tensor:
    """Return the same entries with other axes, of which some extents are known."""
    shape = derived("shape", tensor.form, identity)
    made = replace(
        tensor,
        extents=ordered(extents),
        rank=rank,
        cuts=(),
        traits=_placed(tensor, lambda axis: _place_in(extents, tensor, axis)),
        shape=shape,
        lifted=0,
    )
    if any(extents.get(axis) != tensor.extent(axis) for axis in (0, 1)):
        made = made.without(Kind.MATCHED)
    return made if rank is None else made.without(Kind.SQUEEZED)


def known_extents(tensor: Tensor) -> dict[int, Term]:
    """Return the extents of the axes at both ends, so that they outlive a renumbering."""
    if tensor.rank is not None:
        return {axis: tensor.extent(axis) for axis in range(tensor.rank)}
    from_the_back = any(axis < 0 for axis, _ in tensor.extents)
    ends = (*range(1 if from_the_back else _MATERIALISED), *_BACK)
    return {**{axis: tensor.extent(axis) for axis in ends}, **dict(tensor.extents)}


def ordered(extents: Mapping[int, Term]) -> tuple[tuple[int, Term], ...]:
    """Return extents as a tensor keeps them."""
    return tuple(sorted(extents.items()))
