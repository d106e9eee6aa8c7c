"""The extents of a value one of which is 0 where it is empty, and the paths on which it is the value."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.propositions import TRUE
from shapeguard.lint.flow.domain.ranks import taken_to_exist
from shapeguard.lint.flow.domain.sequences import stepped
from shapeguard.lint.flow.domain.state import State
from shapeguard.lint.flow.domain.tensors import Slice
from shapeguard.lint.flow.domain.terms import ONE, ZERO, Term
from shapeguard.lint.flow.domain.values import Int, Sequence, as_tensor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.tensors import Tensor
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.events import Moment
    from shapeguard.lint.flow.trace import Trail


def extents_of(value: Value, axis: int | None = None) -> Iterator[tuple[int, Term, Trail]]:
    """Yield the axes that make a value empty where one is 0, with their extents and their history.

    A number and a list count as one axis.
    """
    match value:
        case Int(term, trail):
            yield 0, term, trail
        case Sequence():
            yield 0, merge.length(value, "list"), ()
        case Slice(start, Term() as stop, trail):
            yield 0, stepped(start or ZERO, stop, ONE), trail
        case _:
            tensor = as_tensor(value)
            if tensor is not None:
                yield from _axes_of(tensor, axis)


def _axes_of(tensor: Tensor, axis: int | None) -> Iterator[tuple[int, Term, Trail]]:
    sure = tensor.rank is not None
    there = {place for place, term in tensor.extents if sure or taken_to_exist(term)}
    known = there if axis is None else {tensor.axis(axis)}
    for place in sorted(known | ({0} if axis is None and tensor.rank != 0 else set())):
        cuts = [cut for cut in tensor.cuts if cut.axis == place]
        yield place, tensor.extent(place), cuts[-1].trail if cuts else ()


def paths_where(moment: Moment, condition: Predicate) -> Moment | None:
    """Return the moment on the paths on which a condition holds, or None if there is none."""
    if condition == TRUE:
        return moment
    reached = State(facts=moment.facts).assume(condition)
    return None if reached is None else replace(moment, facts=reached.facts)
