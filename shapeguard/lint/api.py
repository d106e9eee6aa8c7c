"""Everything that a rule or an op-model pack may import.

A rule is one class in one file. It names the events that it listens to and turns one event into
diagnoses; the engine does the rest::

    class JoinOfNothing(Rule):
        code = "XY101"
        name = "join-of-nothing"
        severity = Severity.ERROR
        since = "1.0"
        listens_to = (Join,)

        def check(self, event: Event) -> Iterator[Diagnosis]:
            ...

The module docstring is the page of the rule. Packs are found by the entry-point groups
``shapeguard.rules`` (a tuple of rule classes) and ``shapeguard.models`` (a tuple of op models).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from shapeguard.finding import (
    Confidence,
    Consequence,
    Operand,
    Severity,
    Witness,
)
from shapeguard.lint.flow.domain.propositions import Predicate
from shapeguard.lint.flow.domain.ranks import lost_axes, tests_rank
from shapeguard.lint.flow.domain.tensors import Kind, Slice, Tensor, Trait
from shapeguard.lint.flow.domain.terms import Operation, Symbol, Term, atoms
from shapeguard.lint.flow.domain.values import Choice, Int, Sequence, Value
from shapeguard.lint.flow.events import (
    Annotation,
    Call,
    Definition,
    Demand,
    Divide,
    Event,
    Identity,
    Index,
    Join,
    Lookup,
    Loop,
    Mutate,
    Reduce,
    Reshape,
    Resize,
    Return,
    Split,
)
from shapeguard.lint.flow.evidence.agreement import Disagreement, disagreements
from shapeguard.lint.flow.evidence.emptiness import (
    emptiness,
    may_be_empty,
    may_hold_zero,
    too_few,
    zero_on_path,
)
from shapeguard.lint.flow.evidence.reasons import (
    Emptiness,
    Reason,
    may_be,
    may_be_negative,
    may_be_zero,
    may_break,
    may_fall_short,
)
from shapeguard.lint.flow.evidence.replication import compared_with_another, of_another_batch
from shapeguard.lint.flow.evidence.returning import other_rank
from shapeguard.lint.flow.evidence.selections import Mismatch, mask_out_of_step, mismatches
from shapeguard.lint.flow.models import vocabulary
from shapeguard.lint.flow.trace import Trail
from shapeguard.lint.repairs import (
    Change,
    Repair,
    code_of,
    counted_from_start,
    safe,
    unsafe,
    with_argument,
    with_keyword,
    written,
)
from shapeguard.lint.sizes import witness_of, witness_of_zero

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "Annotation",
    "Call",
    "Change",
    "Choice",
    "Confidence",
    "Consequence",
    "Definition",
    "Demand",
    "Diagnosis",
    "Disagreement",
    "Divide",
    "Emptiness",
    "Event",
    "Identity",
    "Index",
    "Int",
    "Join",
    "Kind",
    "Lookup",
    "Loop",
    "Mismatch",
    "Mutate",
    "Operand",
    "Operation",
    "Predicate",
    "Reason",
    "Reduce",
    "Repair",
    "Reshape",
    "Resize",
    "Return",
    "Rule",
    "Sequence",
    "Severity",
    "Slice",
    "Split",
    "Symbol",
    "Tensor",
    "Term",
    "Trail",
    "Trait",
    "Value",
    "Witness",
    "atoms",
    "code_of",
    "compared_with_another",
    "confidence_of",
    "counted_from_start",
    "disagreements",
    "emptiness",
    "lost_axes",
    "mask_out_of_step",
    "may_be",
    "may_be_empty",
    "may_be_negative",
    "may_be_zero",
    "may_break",
    "may_fall_short",
    "may_hold_zero",
    "mismatches",
    "nothing_left",
    "of_another_batch",
    "other_rank",
    "safe",
    "tests_rank",
    "too_few",
    "unmet",
    "unsafe",
    "vocabulary",
    "with_argument",
    "with_keyword",
    "witness_of",
    "witness_of_zero",
    "written",
    "zero_on_path",
]


@dataclass(frozen=True)
class Diagnosis:
    """What a rule says about one event; the engine makes a Finding of it.

    ``rank`` orders diagnoses of the same place, which different callers may produce: the smallest
    is shown. ``evidence`` is what the diagnosis rests on: a mere belief is dropped where every caller
    refutes it.
    """

    message: str
    confidence: Confidence
    consequence: Consequence
    trail: Trail = ()
    witness: Witness | None = None
    fix: Repair | None = None
    rank: int = 0
    evidence: Emptiness | None = None


def confidence_of(found: Emptiness, event: Event) -> Confidence:
    """Return how sure a diagnosis is: by the kind of evidence and the length of the chain."""
    if not found.near:
        return Confidence.LOW
    known = found.kind is Reason.EXPLICIT and len(event.moment.path) <= 1
    return Confidence.HIGH if known else Confidence.MEDIUM


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


def unmet(event: Demand) -> Diagnosis | None:
    """Return the diagnosis of the first requirement of a call that may not hold, or None."""
    for requirement in event.requirements:
        found = may_break(requirement.condition, event.moment)
        if found is not None:
            return nothing_left(event, event.name, found, requirement.text, Consequence.CRASH)
    return None


class Rule(ABC):
    """One hazard. The class attributes are what reports and documentation say about it."""

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity]
    since: ClassVar[str]
    preview: ClassVar[bool] = False
    listens_to: ClassVar[tuple[type[Event], ...]]

    @abstractmethod
    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Yield a diagnosis for each hazard that the event shows; yield nothing without evidence."""
