"""Slices of one extent whose lengths differ whatever that is, as those of ``x[:-1]`` and ``x[2:]`` do."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain.tensors import Slice
from shapeguard.lint.flow.domain.terms import ONE, ZERO
from shapeguard.lint.flow.evidence.operands import met_under, pairs, refused
from shapeguard.lint.flow.evidence.selections import Mismatch
from shapeguard.lint.flow.evidence.witness import search
from shapeguard.lint.flow.syntax.trees import source
from shapeguard.lint.flow.syntax.usage import named_parameters
from shapeguard.lint.flow.trace import joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.domain.tensors import Cut
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.events import Join
    from shapeguard.lint.flow.evidence.operands import Path


_ARRAYS = ("Tensor", "ndarray", "Array", "Float[", "Int[")
"""What annotations of tensors and arrays hold."""


def slices_out_of_step(join: Join) -> Iterator[Mismatch]:
    """Yield pairs of operands that slices of different lengths cut out of the same extent."""
    for names, along, meetings in pairs(join):
        each = (_out_of_step(join, names, along, pair) for pair in meetings)
        yield from islice((found for found in each if found is not None), 1)


def _may_be_lists(join: Join) -> bool:
    """Say whether a plus may join texts or lists: its operands are not declared to be tensors."""
    node = join.site.node
    if not isinstance(getattr(node, "operator", None), cst.Add | cst.AddAssign):
        return False
    declared = {
        each.name.value
        for each in named_parameters(join.site.function.parse().params)
        if each.annotation is not None
        and any(kind in source(each.annotation.annotation) for kind in _ARRAYS)
    }
    return not any(name.partition("[")[0] in declared for name in join.names)


def _out_of_step(
    join: Join, names: tuple[str, str], along: int | None, pair: tuple[Path, Path]
) -> Mismatch | None:
    mine, theirs = (_only_cut(path) for path in pair)
    if mine is None or theirs is None or mine.axis == along:
        return None
    if (mine.axis, mine.before) != (theirs.axis, theirs.before):
        return None
    if mine.axis == 0 and _may_be_lists(join):
        return None
    one, other = _length(mine), _length(theirs)
    if one is None or other is None or one[0] != other[0]:
        return None
    together = met_under(join, *pair)
    stretches = join.broadcast and (False, ONE) in {one, other}
    if together is None or stretches or (one[1] - other[1]).known in {None, 0}:
        return None
    apart = refused(join, mine.after, theirs.after)
    sizes = search([apart, *together], join.moment.facts)
    if sizes is None:
        return None
    trail = joined(mine.trail, theirs.trail, join.moment.path)
    return Mismatch(names, mine.axis, sizes, trail, (mine.after, theirs.after))


def _only_cut(path: Path) -> Cut | None:
    """Return the slice that narrowed an operand, if nothing else has changed that axis."""
    cuts = path.tensor.cuts
    if len(cuts) != 1 or not isinstance(cuts[0].index, Slice):
        return None
    return cuts[0] if path.tensor.extent(cuts[0].axis) == cuts[0].after else None


def _length(cut: Cut) -> tuple[bool, Term] | None:
    """Return how long a slice is where the axis is long enough, and whether that is less the extent.

    Slices of which one depends on the extent and the other does not are equal for some extent: the
    two halves of four columns.
    """
    index = cut.index
    assert isinstance(index, Slice)  # noqa: S101 - `_only_cut` has looked
    start, stop = _place(index.start or ZERO), _place(index.stop)
    if start is None or stop is None or (start[0] and not stop[0]):
        return None
    return stop[0] and not start[0], stop[1] - start[1]


def _place(bound: Term | None) -> tuple[bool, Term] | None:
    """Return the position of a bound, and whether it counts from the end; None if that is not known."""
    if bound is None:
        return True, ZERO
    if bound.known is not None:
        return bound.known < 0, bound
    return None if all(factor < 0 for _, factor in bound.parts) else (False, bound)
