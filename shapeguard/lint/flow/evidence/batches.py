"""Whether something still is of the whole batch where other things are of a share of it.

Rows are out of step where one index narrowed several arguments of a call and left another one of the
same batch whole, or where an extent that was read before a narrowing is used for what it left. That two
things are of one batch must show: their extents are one, or one index narrows both elsewhere.
"""

from __future__ import annotations

import re
from itertools import permutations, product
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.predicates import less
from shapeguard.lint.flow.domain.propositions import TRUE, is_partly_lost
from shapeguard.lint.flow.domain.tensors import Slice, Tensor
from shapeguard.lint.flow.domain.terms import ZERO, Operation, operations, reason_of
from shapeguard.lint.flow.domain.values import Int, Missing, Sequence, Unknown, as_tensor
from shapeguard.lint.flow.evidence.operands import (
    common_rank,
    joined_axis,
    met_under,
    paths_of,
    refused,
)
from shapeguard.lint.flow.evidence.selections import Mismatch
from shapeguard.lint.flow.evidence.witness import search
from shapeguard.lint.flow.trace import joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.tensors import Cut
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.events import Handover, Join, Moment, Reshape
    from shapeguard.lint.flow.evidence.operands import Path
    from shapeguard.lint.flow.evidence.witness import Assignment

_GIVEN = re.compile(r"[A-Za-z_]\w*(\.\w+|\[\d+\])*")
"""The origin of an argument, or of a field of one, that nothing has changed."""
ENOUGH = 2
"""So many arguments that one index narrowed show that the call is about a share."""


def passed_whole(event: Handover) -> Iterator[Mismatch]:
    """Yield the arguments that a call gets whole although others of their batch were narrowed."""
    shares: dict[frozenset[Slice | str], list[tuple[str, Cut]]] = {}
    for name, value in event.arguments:
        cuts = _shares(value)
        if cuts:
            shares.setdefault(frozenset(c.index for c in cuts), []).append((name, cuts[0]))
    share = max(shares.values(), key=len) if shares else []
    if len(share) < ENOUGH or any(_tells(value, share[0][1]) for _, value in event.arguments):
        return
    (other, cut), twins = share[0], event.moment.twins
    narrowed = {each for _, value in event.arguments if _shares(value) for each in _sources(value)}
    for name, value in event.arguments if not _is_equal_part(cut) else ():
        if twins is None or not _is_whole(name, value) or narrowed & _sources(value):
            continue
        if _are_two_of_each(name, other, [each for each, _ in event.arguments]):
            continue
        twin = next(twins.narrowed(event.site.function, name), None)
        sizes = None if twin is None else _sizes(cut, (), event.moment)
        if twin is not None and sizes is not None:
            way = joined(cut.trail, twin.trail, event.moment.path)
            yield Mismatch((name, other), 0, sizes, way, (cut.before, cut.after))


def _are_two_of_each(name: str, other: str, names: list[str]) -> bool:
    """Say whether two arguments are of two things of which there are the same: boxes and masks of each.

    ``gt_boxes`` and ``gt_masks`` go with each other, not with ``detected_boxes`` and ``detected_masks``.
    """
    mine, theirs = (each.partition("_")[0] for each in (name, other))
    words = [each.partition("[")[0].partition("_") for each in names]
    kinds = [{kind for thing, _, kind in words if thing == wanted} for wanted in (mine, theirs)]
    return mine != theirs and len((kinds[0] & kinds[1]) - {""}) >= ENOUGH


def _is_equal_part(cut: Cut) -> bool:
    """Say whether a batch is cut into equal parts: it may be another one, repeated for each reader."""
    bounds = (cut.index.start, cut.index.stop) if isinstance(cut.index, Slice) else ()
    found = (each for bound in bounds if bound is not None for each in operations(bound))
    return any(isinstance(each, Operation) and each.name == "quotient" for each in found)


def _tells(value: Value, cut: Cut) -> bool:
    """Say whether an argument tells what is called which share it is about."""
    bounds = (cut.index.start, cut.index.stop) if isinstance(cut.index, Slice) else ()
    for _, leaf in merge.alternatives(value):
        match leaf:
            case Int(term) if term.known is None and term in bounds:
                return True
            case Slice() | Tensor() | Unknown() if cut.index in (leaf, getattr(leaf, "origin", "")):
                return True
            case _:
                pass
    return False


def _is_whole(name: str, value: Value) -> bool:
    """Say whether an argument is a tensor, as far as is known, that the caller got as it is."""
    leaves = [leaf for _, leaf in merge.alternatives(value) if not isinstance(leaf, Missing)]
    tensors = [tensor for leaf in leaves if (tensor := as_tensor(leaf)) is not None]
    return (
        name.isidentifier()
        and 0 < len(tensors) == len(leaves)
        and not any(each.cuts or each.rank == 0 for each in tensors)
        and all(_GIVEN.fullmatch(each.origin) for each in tensors)
    )


def _shares(value: Value) -> list[Cut]:
    """Return how the first axis of a value was narrowed, wherever the value is there and known."""
    leaves = [leaf for _, leaf in merge.alternatives(value) if not _is_unread(leaf)]
    cuts = [_live(tensor) for leaf in leaves for tensor in _tensors(leaf)]
    known = [each for each in cuts if each is not None]
    return known if len(known) == len(cuts) else []


def _is_unread(leaf: Value) -> bool:
    """Say whether a value is None, or came of a call that was not followed."""
    return isinstance(leaf, Missing) or (
        isinstance(leaf, Unknown) and not _GIVEN.fullmatch(leaf.origin)
    )


def _live(tensor: Tensor) -> Cut | None:
    """Return the last narrowing if it left the first axis as it is, and may have dropped rows."""
    cut = tensor.cuts[-1] if tensor.cuts else None
    if cut is None or cut.axis != 0 or not cut.computed or tensor.extent(0) != cut.after:
        return None
    return cut if isinstance(cut.index, Slice) or reason_of(cut.after) else None


def _sizes(cut: Cut, goals: tuple[Predicate, ...], moment: Moment) -> Assignment | None:
    """Return sizes for which a narrowing drops rows, and leaves some if that is possible."""
    goals = (less(cut.after, cut.before), *(goal for goal in goals if goal != TRUE))
    some = search([less(ZERO, cut.after), *goals], moment.facts)
    return search(goals, moment.facts) if some is None else some


def _tensors(value: Value) -> Iterator[Tensor]:
    """Yield the tensors that a value may be, or that it lists."""
    for _, leaf in merge.alternatives(value):
        match leaf:
            case Tensor():
                yield leaf
            case Unknown(origin, name):
                yield Tensor(origin, name)
            case Sequence(items=items, element=element):
                members = items or (() if element is None else (element,))
                for each in members:
                    yield from _tensors(each)
            case _:
                continue


def _sources(value: Value) -> set[str]:
    return {each.origin for each in _tensors(value)}


def extent_of_before(event: Reshape) -> Mismatch | None:
    """Return how a view gives what is left of a batch the extent that the batch had."""
    extent = event.extents[0] if event.extents else None
    if extent is None:
        return None
    for condition, leaf in merge.alternatives(event.operand):
        tensor = as_tensor(leaf)
        cut = None if tensor is None else _live(tensor)
        if cut is None or extent != cut.before or not _of_rows(cut) or is_partly_lost(condition):
            continue
        sizes = _sizes(cut, (condition,), event.moment)
        if sizes is not None:
            trail = joined(cut.trail, event.moment.path)
            return Mismatch((event.operation, event.name), 0, sizes, trail, (extent, cut.after))
    return None


def _of_rows(cut: Cut) -> bool:
    """Say whether an index surely selects rows: a mask of several axes takes all of them."""
    return isinstance(cut.index, Slice) or len(set(cut.lengths)) == 1


def whole_beside_share(join: Join) -> Iterator[Mismatch]:
    """Yield pairs of which one has the extent that the batch had before the other was narrowed."""
    named = list(zip(join.names, join.operands, strict=True))
    for (name, operand), (other, value) in permutations(named, 2):
        paths = paths_of(operand, join), paths_of(value, join)
        if any(each.cut(0) is not None for each in paths[0]) or not _alike(join, paths):
            continue
        for whole, share in product(*paths):
            found = _out_of_step(join, (name, other), whole, share)
            if found is not None:
                yield found
                break


def _alike(join: Join, paths: tuple[list[Path], list[Path]]) -> bool:
    """Say whether the first axes of two operands meet in a join, and must agree."""
    if joined_axis(join, common_rank(join, (*paths[0], *paths[1]))) == 0:
        return False
    ranks = {path.tensor.rank for side in paths for path in side}
    return not join.broadcast or (len(ranks) == 1 and None not in ranks)


def _out_of_step(join: Join, names: tuple[str, str], whole: Path, share: Path) -> Mismatch | None:
    cut = _live(share.tensor)
    if cut is None or whole.tensor.extent(0) != cut.before or not _of_rows(cut):
        return None
    together = met_under(join, whole, share)
    if together is None:
        return None
    sizes = _sizes(cut, (refused(join, cut.before, cut.after), *together), join.moment)
    if sizes is None:
        return None
    trail = joined(cut.trail, join.moment.path)
    return Mismatch(names, 0, sizes, trail, (cut.before, cut.after))
