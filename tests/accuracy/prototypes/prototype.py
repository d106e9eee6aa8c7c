"""What all prototypes share: an operand with evidence becomes a diagnosis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.api import (
    Consequence,
    Diagnosis,
    Rule,
    Severity,
    confidence_of,
    witness_of_zero,
)

if TYPE_CHECKING:
    from shapeguard.lint.api import Emptiness, Event


class Prototype(Rule):
    """A rule without a page: its code is the hazard's."""

    severity = Severity.WARNING
    since = "0.1.0"
    preview = True


def diagnosis(
    event: Event, name: str, found: Emptiness, consequence: Consequence = Consequence.CRASH
) -> Diagnosis:
    """Return what a prototype says about an operand that may be empty."""
    return Diagnosis(
        message=f"`{name}` may be empty: {found.reason}",
        confidence=confidence_of(found, event),
        consequence=consequence,
        trail=found.trail,
        witness=witness_of_zero(name, found),
        evidence=found,
    )
