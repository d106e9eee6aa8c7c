"""Joins: operands out of step, and lists that may have no member."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from accuracy.prototypes.prototype import Prototype, diagnosis
from shapeguard_rules.sg101 import ConditionallyNarrowedOperand

from shapeguard.lint.api import (
    Confidence,
    Consequence,
    Diagnosis,
    Join,
    Tensor,
    emptiness,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Event


class SparedOperand(ConditionallyNarrowedOperand):
    """An operand is narrowed on some paths only."""

    code = "H1"


class DifferentlyNarrowed(Prototype):
    """Operands are narrowed by different masks or index lists."""

    code = "H2"
    name = "differently-narrowed"
    listens_to = (Join,)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report two operands whose last cuts of one axis were made by different indices."""
        assert isinstance(event, Join)
        tensors = [each for each in event.operands if isinstance(each, Tensor) and each.cuts]
        for left, right in combinations(tensors, 2):
            mine, theirs = left.cuts[-1], right.cuts[-1]
            if mine.axis != theirs.axis or mine.axis == event.axis:
                continue
            if mine.before == theirs.before and mine.index != theirs.index:
                yield Diagnosis(
                    f"`{left.name}` and `{right.name}` are narrowed by different indices",
                    Confidence.MEDIUM,
                    Consequence.CRASH,
                    (*mine.trail, *theirs.trail),
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
