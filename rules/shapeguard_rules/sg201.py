"""Sizes of shares taken beside what consumers them, of which there may be another number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.api import (
    Confidence,
    Consequence,
    Diagnosis,
    Loop,
    Rule,
    Severity,
    Walk,
    Witness,
    unpaired,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Event


class SizesBesideConsumers(Rule):
    """Shares are handed out by a list of sizes, whose length nobody compares."""

    code = "SG201"
    name = "sizes-unlike-consumers"
    severity = Severity.WARNING
    since = "0.1.0"
    listens_to = (Loop, Walk)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report sizes of which there may be more or fewer than what takes the shares."""
        assert isinstance(event, Loop | Walk)  # noqa: S101 - listens_to
        found = unpaired(event)
        if found is None or (found.related and not found.compared):
            return
        only = ": only their sum is compared" if found.compared else ""
        names = (f"len({found.sizes})", f"len({found.consumers})")
        sizes = tuple((name, (number,)) for name, number in zip(names, found.counts, strict=True))
        yield Diagnosis(
            message=f"there may be another number of `{found.sizes}` than of `{found.consumers}`{only}",
            confidence=Confidence.MEDIUM,
            consequence=Consequence.SILENT,
            trail=found.evidence.trail,
            witness=Witness(sizes, (), ", ".join(f"{name}={number}" for name, (number,) in sizes)),
            evidence=found.evidence,
        )
