"""Lookups: the first or last of nothing, one member that decides for all, slices from the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accuracy.prototypes.prototype import Prototype, diagnosis

from shapeguard.lint.api import (
    Confidence,
    Consequence,
    Diagnosis,
    Index,
    Int,
    Lookup,
    Loop,
    Slice,
    emptiness,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Event


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
        for bound in (event.index.start, event.index.stop):
            if bound is None or bound.known is not None:
                continue
            coefficients = {coefficient for _, coefficient in bound.parts}
            if bound.constant == 0 and coefficients <= {-1}:
                found = emptiness(event, Int(bound.scaled(-1)), event.name)
                if found is not None:
                    yield diagnosis(event, event.name, found, Consequence.SILENT)
            elif any(getattr(atom, "name", "") == "remainder" for atom, _ in bound.parts):
                yield Diagnosis(
                    f"`{event.name}` is cut by a remainder, which may be 0",
                    Confidence.MEDIUM,
                    Consequence.SILENT,
                )
