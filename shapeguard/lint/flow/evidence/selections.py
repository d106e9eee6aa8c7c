"""Whether masks, or operands of which masks selected a part, can be out of step with what they meet.

Two masks may select different numbers of positions. It is evidence if they select from the same extent,
or if each of them was computed from the very tensor that it narrows: then each operand drops entries of
its own, whatever the other one keeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.predicates import less
from shapeguard.lint.flow.domain.propositions import is_partly_lost
from shapeguard.lint.flow.domain.tensors import Kind, Tensor
from shapeguard.lint.flow.domain.terms import ZERO, reason_of
from shapeguard.lint.flow.domain.values import as_tensor
from shapeguard.lint.flow.evidence.operands import met_under, pairs, refused
from shapeguard.lint.flow.evidence.witness import search
from shapeguard.lint.flow.trace import joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.domain.tensors import Cut
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.events import Index, Join
    from shapeguard.lint.flow.evidence.operands import Path
    from shapeguard.lint.flow.evidence.witness import Assignment
    from shapeguard.lint.flow.trace import Trail


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Two operands whose extents along ``axis`` are out of step for ``sizes``."""

    names: tuple[str, str]
    axis: int
    sizes: Assignment
    trail: Trail
    extents: tuple[Term, Term]


def mismatches(join: Join) -> Iterator[Mismatch]:
    """Yield a mismatch for each pair of operands that has one."""
    for names, along, meetings in pairs(join):
        each = (_mismatch(join, names, along, pair) for pair in meetings)
        yield from islice((found for found in each if found is not None), 1)


def mask_out_of_step(event: Index) -> Mismatch | None:
    """Return how a mask can be empty although what it selects from is not, if it surely is on a path.

    A mask must be as long as the axis that it selects from.
    """
    holder = as_tensor(event.holder)
    if holder is None:
        return None
    extent = holder.extent(event.axis)
    for condition, leaf in merge.alternatives(event.index):
        mask = leaf if isinstance(leaf, Tensor) and leaf.trait(Kind.MASK) else None
        if mask is None or mask.extent(0) != ZERO or extent == ZERO or is_partly_lost(condition):
            continue
        sizes = search([condition, less(ZERO, extent)], event.moment.facts)
        if sizes is not None:
            extents = extent, ZERO
            return Mismatch((event.name, mask.name), event.axis, sizes, event.moment.path, extents)
    return None


def mask_of_before(event: Index) -> Mismatch | None:
    """Return how a mask selects from what other masks have narrowed since it was made."""
    masks = merge.leaves(event.index)
    (mask,) = masks if len(masks) == 1 else (None,)
    if not isinstance(mask, Tensor) or mask.trait(Kind.MASK) is None or mask.cuts:
        return None
    for condition, leaf in merge.alternatives(event.holder):
        tensor = as_tensor(leaf)
        cut = None if tensor is None else _selected(tensor)
        if cut is None or cut.axis != event.axis or is_partly_lost(condition):
            continue
        if mask.extent(0) != cut.before:
            continue
        sizes = search([condition, less(cut.after, cut.before)], event.moment.facts)
        if sizes is not None:
            trail, extents = joined(cut.trail, event.moment.path), (cut.after, cut.before)
            return Mismatch((event.name, mask.name), cut.axis, sizes, trail, extents)
    return None


def _mismatch(
    join: Join, names: tuple[str, str], along: int | None, pair: tuple[Path, Path]
) -> Mismatch | None:
    cuts = [_selected(path.tensor) for path in pair]
    if cuts[0] is None or cuts[1] is None:
        return None
    mine, theirs = cuts[0], cuts[1]
    if mine.axis != theirs.axis or mine.axis == along or mine.index == theirs.index:
        return None
    if mine.before != theirs.before and not (mine.own and theirs.own):
        return None
    together = met_under(join, *pair)
    if together is None:
        return None
    sizes = search([refused(join, mine.after, theirs.after), *together], join.moment.facts)
    if sizes is None:
        return None
    trail = joined(mine.trail, theirs.trail, join.moment.path)
    return Mismatch(names, mine.axis, sizes, trail, (mine.after, theirs.after))


def _selected(tensor: Tensor) -> Cut | None:
    """Return the last narrowing of an operand if it was by a mask that may select nothing."""
    cut = tensor.cuts[-1] if tensor.cuts else None
    stays = cut is not None and tensor.extent(cut.axis) == cut.after
    return cut if cut is not None and stays and reason_of(cut.after) else None
