"""Joins: operands out of step, and lists that may have no member."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accuracy.prototypes.prototype import Prototype, diagnosis
from shapeguard_rules.sg101 import ConditionallyNarrowedOperand

from shapeguard.lint.api import (
    Confidence,
    Consequence,
    Diagnosis,
    Index,
    Join,
    emptiness,
    mask_out_of_step,
    mismatches,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import (
        Event,
        Mismatch,
    )


class SparedOperand(ConditionallyNarrowedOperand):
    """An operand is narrowed on some paths only."""

    code = "H1"


class DifferentlyNarrowed(Prototype):
    """Operands of which different masks selected a part, or a mask of another extent."""

    code = "H2"
    name = "differently-narrowed"
    listens_to = (Join, Index)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report two operands, or a mask and what it selects from, that may be out of step."""
        if isinstance(event, Join):
            yield from (_out_of_step(each) for each in mismatches(event))
        elif isinstance(event, Index) and (found := mask_out_of_step(event)) is not None:
            yield _out_of_step(found)


def _out_of_step(found: Mismatch) -> Diagnosis:
    left, right = found.names
    message = f"`{left}` and `{right}` may be out of step along axis {found.axis}"
    return Diagnosis(message, Confidence.MEDIUM, Consequence.CRASH, found.trail)


class EmptyJoin(Prototype):
    """A list that may have no member is joined."""

    code = "H3"
    name = "empty-join"
    listens_to = (Join,)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report a list whose length may be 0."""
        assert isinstance(event, Join)
        if event.members is not None:
            found = emptiness(event, event.members, event.listed)
            if found is not None:
                yield diagnosis(event, event.listed, found)
