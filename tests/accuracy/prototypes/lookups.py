"""Lookups: the first or last of nothing, one member that decides for all, slices from the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accuracy.prototypes.prototype import Prototype, diagnosis

from shapeguard.lint.api import (
    Consequence,
    Index,
    Int,
    Lookup,
    Loop,
    Slice,
    emptiness,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import (
        Diagnosis,
        Event,
    )
    from shapeguard.lint.flow.domain.terms import Term


class FirstOfNothing(Prototype):
    """A member is read by its position, or a loop variable behind its loop."""

    code = "H13"
    name = "first-of-nothing"
    listens_to = (Lookup, Loop)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report a holder that may have no member, or a loop that may not run."""
        if isinstance(event, Lookup):
            found = emptiness(event, event.holder, event.name, event.axis)
            if found is not None:
                yield diagnosis(event, event.name, found)
        elif isinstance(event, Loop) and event.bound:
            found = emptiness(event, Int(event.times), event.name)
            if found is not None:
                yield diagnosis(event, event.name, found)


class OneDecides(FirstOfNothing):
    """One member decides for all: the first or last of a list that may have none."""

    code = "H4"
    name = "one-decides"
    listens_to = (Lookup,)


class SliceFromTheEnd(Prototype):
    """``x[-n:]``, ``x[:-n]`` or ``x[:r]`` with a number that may be 0."""

    code = "H8"
    name = "slice-from-the-end"
    listens_to = (Index,)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report a bound that counts from the end, or a remainder, where it may be 0."""
        assert isinstance(event, Index)
        if not isinstance(event.index, Slice):
            return
        for number in _from_the_end(event.index):
            found = emptiness(event, Int(number), event.name)
            if found is not None:
                yield diagnosis(event, event.name, found, Consequence.SILENT)


def _from_the_end(index: Slice) -> Iterator[Term]:
    """Yield the numbers that a slice counts back by, and a remainder that it stops at."""
    for bound in (index.start, index.stop):
        if bound is not None and bound.constant == 0 and bound.parts:
            if all(factor < 0 for _, factor in bound.parts):
                yield bound.scaled(-1)
            elif bound is index.stop and _is_remainder(bound):
                yield bound


def _is_remainder(bound: Term) -> bool:
    return [getattr(atom, "name", "") for atom, _ in bound.parts] == ["remainder"]
