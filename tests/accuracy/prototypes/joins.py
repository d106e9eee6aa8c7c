"""Joins: operands out of step, and lists that may have no member."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accuracy.prototypes.prototype import Prototype, diagnosis
from shapeguard_rules.sg101 import ConditionallyNarrowedOperand
from shapeguard_rules.sg102 import DifferentlyNarrowedOperands
from shapeguard_rules.sg105 import WholeBatchBesideShare

from shapeguard.lint.api import Join, emptiness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Diagnosis, Event


class SparedOperand(ConditionallyNarrowedOperand):
    """An operand is narrowed on some paths only."""

    code = "H1"


class DifferentlyNarrowed(DifferentlyNarrowedOperands):
    """Operands of which different masks selected a part, or a mask of another extent."""

    code = "H2"


class LeftWhole(WholeBatchBesideShare):
    """Something of the whole batch where other things are of a share of it."""

    code = "H5"


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
