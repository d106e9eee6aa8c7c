"""The shape of what is combined elementwise: extents of 1 take the extent of the other operand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.algebra import operation
from shapeguard.lint.flow.domain.terms import ONE, Operation, Term
from shapeguard.lint.flow.shapes.axes import known_extents, ordered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapeguard.lint.flow.domain.tensors import Tensor


def broadcast(tensors: Sequence[Tensor]) -> Tensor:
    """Return a tensor with the shape that tensors give together; its entries are of the first."""
    ranks = [each.rank for each in tensors]
    known = [rank for rank in ranks if rank is not None]
    if len(known) == len(ranks):
        return _aligned(tensors, max(known))
    widest = _widest([each for each in tensors if each.rank != 0] or list(tensors))
    best = _most_narrowed(widest)
    if len(widest) == 1:
        return best if len(tensors) == 1 or best.rank is None else replace(best, rank=None)
    return _side_by_side(best, widest)


def _aligned(tensors: Sequence[Tensor], rank: int) -> Tensor:
    """Broadcast tensors of known rank: their last axes stand below each other."""
    best = _most_narrowed([each for each in tensors if each.rank == rank])
    extents = [
        _common([t.extent(axis) for t in tensors if t.rank is not None and t.rank + axis >= 0])
        for axis in range(-rank, 0)
    ]
    if all(best.extent(axis) == term for axis, term in enumerate(extents)):
        return best
    return replace(best, extents=tuple(enumerate(extents)))


def _widest(tensors: Sequence[Tensor]) -> list[Tensor]:
    """Return the tensors that may have the most axes: none that has lost one, if another has not."""
    most = max(each.lifted for each in tensors if each.rank is None)
    return [each for each in tensors if each.rank is None and each.lifted == most]


def _most_narrowed(tensors: Sequence[Tensor]) -> Tensor:
    """Return the tensor of which most is known: narrowed, or with extents of its own."""
    return max(  # shapeguard: ignore[SG301] one has the largest rank
        tensors, key=lambda each: (bool(each.cuts), bool(each.extents))
    )


def _side_by_side(best: Tensor, tensors: Sequence[Tensor]) -> Tensor:
    """Broadcast tensors of the same, unknown rank: axes of one number stand below each other."""
    changed = dict(best.extents)
    for axis in sorted({axis for each in tensors for axis, _ in each.extents}):
        known = [term for each in tensors if (term := known_extents(each).get(axis)) is not None]
        first = best.extent(axis)
        changed[axis] = _common([first, *(term for term in known if term != first)])
    kept = {axis: term for axis, term in changed.items() if term != _plain(best, axis)}
    return replace(best, extents=ordered(kept)) if kept != dict(best.extents) else best


def _plain(tensor: Tensor, axis: int) -> Term:
    return replace(tensor, extents=()).extent(axis)


def _common(terms: Sequence[Term]) -> Term:
    """Return the extent that extents give together; where both may be any, they are the same."""
    result = terms[0]  # shapeguard: ignore[SG305] one has the largest rank
    for term in terms[1:]:
        if term in (result, ONE):
            continue
        if result == ONE or (term.known is not None and result.known is None):
            result = term
        elif _at_most_one(result):
            result = operation("broadcast", result, term)
        elif _at_most_one(term):
            result = operation("broadcast", term, result)
    return result


def _at_most_one(term: Term) -> bool:
    """Say whether an extent is that of a slice with room for one position."""
    match term.parts:
        case ((Operation(name="slice_length", operands=(_, start, Term() as stop)), 1),):
            low = start.known if isinstance(start, Term) else 0
            high = stop.known
            return low is not None and high is not None and high - low <= 1 and low * high >= 0
        case _:
            return False
