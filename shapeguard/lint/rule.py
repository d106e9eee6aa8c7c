"""What a rule is, and what it says: a diagnosis of one event."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from shapeguard.finding import Confidence, Consequence
from shapeguard.lint.flow.domain.terms import ONE
from shapeguard.lint.flow.evidence.reasons import Reason, may_be, may_break
from shapeguard.lint.options import Options
from shapeguard.lint.sizes import witness_of_mismatch, witness_of_zero

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from shapeguard.finding import Severity, Witness
    from shapeguard.lint.flow.events import Demand, Event
    from shapeguard.lint.flow.evidence.reasons import Emptiness
    from shapeguard.lint.flow.evidence.selections import Mismatch
    from shapeguard.lint.flow.trace import Site, Trail
    from shapeguard.lint.repairs import Repair


@dataclass(frozen=True)
class Diagnosis:
    """What a rule says about one event; the engine makes a Finding of it.

    ``rank`` orders diagnoses of the same place, which different callers may produce: the smallest
    is shown. ``evidence`` is what the diagnosis rests on: a mere belief is dropped where every caller
    refutes it. ``at`` is a part of what happened, in the same function, where that is what is meant.
    """

    message: str
    confidence: Confidence
    consequence: Consequence
    trail: Trail = ()
    witness: Witness | None = None
    fix: Repair | None = None
    rank: int = 0
    evidence: Emptiness | None = None
    at: Site | None = None


def confidence_of(found: Emptiness, event: Event) -> Confidence:
    """Return how sure a diagnosis is: by the kind of evidence and the length of the chain."""
    if found.kind is Reason.UNLIKELY or not found.near:
        return Confidence.LOW
    here = found.kind is Reason.EXPLICIT and len(event.moment.path) <= 1
    return Confidence.HIGH if here else Confidence.MEDIUM


def nothing_left(
    event: Event, name: str, found: Emptiness, message: str, consequence: Consequence
) -> Diagnosis:
    """Return the diagnosis of an operand called ``name`` that may have an extent of 0.

    ``message`` is the sentence in front of the reason, such as "`xs` may be empty".
    """
    return Diagnosis(
        message=f"{message}: {found.reason}",
        confidence=confidence_of(found, event),
        consequence=consequence,
        trail=found.trail,
        witness=witness_of_zero(name, found),
        evidence=found,
    )


def out_of_step(found: Mismatch, message: str) -> Diagnosis:
    """Return the diagnosis of two operands whose extents may differ."""
    return Diagnosis(
        message,
        Confidence.MEDIUM,
        Consequence.CRASH,
        found.trail,
        witness_of_mismatch(found),
    )


def unmet(event: Demand) -> Diagnosis | None:
    """Return the diagnosis of the first requirement of a call that may not hold, or None."""
    for requirement in event.requirements:
        lone = requirement.lone
        found = (
            may_break(requirement.condition, event.moment)
            if lone is None
            else may_be(lone, ONE, event.moment)
        )
        if found is not None:
            found = found if requirement.sure else replace(found, kind=Reason.UNLIKELY)
            if lone is not None:
                single = found.reason.replace("nothing, or no more than 1", "a single one")
                found = replace(found, reason=single, extent=None)
            return nothing_left(event, event.name, found, requirement.text, Consequence.CRASH)
    return None


@dataclass(frozen=True, slots=True)
class Sign:
    """What a function shows before it is executed: what it calls, by last names, or other ``marks``.

    One of them is enough for an ``event`` of which a rule can say something.
    """

    event: type[Event]
    marks: AbstractSet[str]


class Rule(ABC):
    """One hazard. The class attributes are what reports and documentation say about it.

    ``gives_way_to`` are the codes of rules that are more special: what one of them finds at the same
    place is shown, and this is not said as well. ``declares`` is the type of its options.
    ``shown_by`` tells by what a function shows that the rule can say something of an event in it;
    without a sign the gate admits every function in which an event of that kind can happen.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity]
    since: ClassVar[str]
    preview: ClassVar[bool] = False
    gives_way_to: ClassVar[frozenset[str]] = frozenset()
    listens_to: ClassVar[tuple[type[Event], ...]]
    shown_by: ClassVar[tuple[Sign, ...]] = ()
    declares: ClassVar[type[Options]] = Options

    def __init__(self, options: Options | None = None) -> None:
        self.options = self.declares() if options is None else options

    @abstractmethod
    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Yield a diagnosis for each hazard that the event shows; yield nothing without evidence."""
