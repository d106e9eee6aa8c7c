"""Joins: operands out of step, and lists that may have no member."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accuracy.prototypes.prototype import Prototype, diagnosis
from shapeguard_rules.sg101 import ConditionallyNarrowedOperand

from shapeguard.lint.api import (
    Confidence,
    Consequence,
    Diagnosis,
    Join,
    emptiness,
    mismatches,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Event


class SparedOperand(ConditionallyNarrowedOperand):
    """An operand is narrowed on some paths only."""

    code = "H1"


class DifferentlyNarrowed(Prototype):
    """Operands of which different masks selected a part."""

    code = "H2"
    name = "differently-narrowed"
    listens_to = (Join,)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report two operands whose masks may select different numbers of positions."""
        assert isinstance(event, Join)
        for found in mismatches(event):
            left, right = found.names
            yield Diagnosis(
                f"`{left}` and `{right}` are narrowed by different masks",
                Confidence.MEDIUM,
                Consequence.CRASH,
                found.trail,
            )


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
