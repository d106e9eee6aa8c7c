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

from shapeguard.finding import (
    Confidence,
    Consequence,
    Operand,
    Severity,
    Witness,
)
from shapeguard.lint.conditions import DOUBTFUL
from shapeguard.lint.flow.domain.merge import leaves, may_be_none
from shapeguard.lint.flow.domain.propositions import Predicate, unknowns
from shapeguard.lint.flow.domain.ranks import lost_axes, tests_rank
from shapeguard.lint.flow.domain.tensors import Kind, Slice, Tensor, Trait
from shapeguard.lint.flow.domain.terms import Operation, Symbol, Term, atoms
from shapeguard.lint.flow.domain.values import (
    Block,
    Choice,
    Int,
    Missing,
    Sequence,
    Shape,
    Unknown,
    Value,
)
from shapeguard.lint.flow.events import (
    Annotation,
    Call,
    Compose,
    Condition,
    Definition,
    Demand,
    Divide,
    Event,
    Handover,
    Identity,
    Index,
    Join,
    KeyLookup,
    Lookup,
    Loop,
    Mutate,
    Reduce,
    Represent,
    Reshape,
    Resize,
    Return,
    Split,
    Walk,
)
from shapeguard.lint.flow.events.hints import (
    Checking,
    Decoration,
    Enforcement,
    Hint,
    Role,
    Signature,
)
from shapeguard.lint.flow.evidence.afterthoughts import is_asked_too_late
from shapeguard.lint.flow.evidence.agreement import Disagreement, disagreements
from shapeguard.lint.flow.evidence.answers import only_answer
from shapeguard.lint.flow.evidence.axis_words import Misreading, misreadings
from shapeguard.lint.flow.evidence.batches import (
    extent_of_before,
    passed_whole,
    whole_beside_share,
)
from shapeguard.lint.flow.evidence.beliefs import is_compared
from shapeguard.lint.flow.evidence.defaults import let_through, zero_of_its_own
from shapeguard.lint.flow.evidence.emptiness import (
    emptiness,
    may_be_empty,
    may_hold_zero,
    too_few,
    zero_on_path,
)
from shapeguard.lint.flow.evidence.keys import key_may_be_none, untested
from shapeguard.lint.flow.evidence.pairing import Unpaired, unpaired
from shapeguard.lint.flow.evidence.pieces import fewer_than_asked_for
from shapeguard.lint.flow.evidence.positions import beyond_end
from shapeguard.lint.flow.evidence.promises import Contradiction, contradictions
from shapeguard.lint.flow.evidence.reasons import (
    Emptiness,
    Reason,
    is_below_zero,
    may_be,
    may_be_negative,
    may_be_zero,
    may_break,
    may_fall_short,
)
from shapeguard.lint.flow.evidence.replication import compared_with_another, of_another_batch
from shapeguard.lint.flow.evidence.returning import other_rank
from shapeguard.lint.flow.evidence.selections import (
    Mismatch,
    mask_of_before,
    mask_out_of_step,
    mismatches,
)
from shapeguard.lint.flow.evidence.signatures import COMPOSING, Departure, departures
from shapeguard.lint.flow.evidence.slices import slices_out_of_step
from shapeguard.lint.flow.evidence.stand_ins import StandIn, stand_in
from shapeguard.lint.flow.evidence.states import Fate, Field, fields_out_of_step, returns_nothing
from shapeguard.lint.flow.evidence.zeros import made_zero
from shapeguard.lint.flow.models import vocabulary
from shapeguard.lint.flow.shapes.weighing import weighted_along
from shapeguard.lint.flow.trace import Site, Trail
from shapeguard.lint.marks import ALONG, READ_BEHIND, SUBSCRIPT, method
from shapeguard.lint.metadata import all_below
from shapeguard.lint.options import Options
from shapeguard.lint.repairs import (
    Change,
    Repair,
    code_of,
    counted_from_start,
    narrowed_on_all_paths,
    safe,
    skipped_if_empty,
    skipped_if_zero,
    unsafe,
    with_argument,
    with_keyword,
    with_name,
    written,
)
from shapeguard.lint.rule import (
    Diagnosis,
    Rule,
    Sign,
    confidence_of,
    nothing_left,
    out_of_step,
    unmet,
)
from shapeguard.lint.sizes import (
    witness_of,
    witness_of_extents,
    witness_of_mismatch,
    witness_of_zero,
)

__all__ = [
    "ALONG",
    "COMPOSING",
    "DOUBTFUL",
    "READ_BEHIND",
    "SUBSCRIPT",
    "Annotation",
    "Block",
    "Call",
    "Change",
    "Checking",
    "Choice",
    "Compose",
    "Condition",
    "Confidence",
    "Consequence",
    "Contradiction",
    "Decoration",
    "Definition",
    "Demand",
    "Departure",
    "Diagnosis",
    "Disagreement",
    "Divide",
    "Emptiness",
    "Enforcement",
    "Event",
    "Fate",
    "Field",
    "Handover",
    "Hint",
    "Identity",
    "Index",
    "Int",
    "Join",
    "KeyLookup",
    "Kind",
    "Lookup",
    "Loop",
    "Mismatch",
    "Misreading",
    "Missing",
    "Mutate",
    "Operand",
    "Operation",
    "Options",
    "Predicate",
    "Reason",
    "Reduce",
    "Repair",
    "Represent",
    "Reshape",
    "Resize",
    "Return",
    "Role",
    "Rule",
    "Sequence",
    "Severity",
    "Shape",
    "Sign",
    "Signature",
    "Site",
    "Slice",
    "Split",
    "StandIn",
    "Symbol",
    "Tensor",
    "Term",
    "Trail",
    "Trait",
    "Unknown",
    "Unpaired",
    "Value",
    "Walk",
    "Witness",
    "all_below",
    "atoms",
    "beyond_end",
    "code_of",
    "compared_with_another",
    "confidence_of",
    "contradictions",
    "counted_from_start",
    "departures",
    "disagreements",
    "emptiness",
    "extent_of_before",
    "fewer_than_asked_for",
    "fields_out_of_step",
    "is_asked_too_late",
    "is_below_zero",
    "is_compared",
    "key_may_be_none",
    "leaves",
    "let_through",
    "lost_axes",
    "made_zero",
    "mask_of_before",
    "mask_out_of_step",
    "may_be",
    "may_be_empty",
    "may_be_negative",
    "may_be_none",
    "may_be_zero",
    "may_break",
    "may_fall_short",
    "may_hold_zero",
    "method",
    "mismatches",
    "misreadings",
    "narrowed_on_all_paths",
    "nothing_left",
    "of_another_batch",
    "only_answer",
    "other_rank",
    "out_of_step",
    "passed_whole",
    "returns_nothing",
    "safe",
    "skipped_if_empty",
    "skipped_if_zero",
    "slices_out_of_step",
    "stand_in",
    "tests_rank",
    "too_few",
    "unknowns",
    "unmet",
    "unpaired",
    "unsafe",
    "untested",
    "vocabulary",
    "weighted_along",
    "whole_beside_share",
    "with_argument",
    "with_keyword",
    "with_name",
    "witness_of",
    "witness_of_extents",
    "witness_of_mismatch",
    "witness_of_zero",
    "written",
    "zero_of_its_own",
    "zero_on_path",
]
