"""What can go wrong with extents at run time, and the code of the rule that says so.

Codes SG5xx belong to contract violations, SG6xx to the row oracle; ``lint`` names the rules that see
the same hazard in source text, before the program runs. Codes are never reused.
"""

from __future__ import annotations

from dataclasses import dataclass

from shapeguard.finding import Consequence


@dataclass(frozen=True, slots=True)
class Hazard:
    """A kind of broken contract: rule code and name, what follows, and what usually helps."""

    code: str
    name: str
    hint: str
    consequence: Consequence = Consequence.CRASH
    lint: tuple[str, ...] = ()


MISMATCHED_AXIS = Hazard(
    "SG501",
    "mismatched-axis",
    "One of the two tensors was cut or replicated and the other was not: "
    "slice both under the same condition.",
    lint=("SG101",),
)
STALE_SHARE_METADATA = Hazard(
    "SG502",
    "stale-share-metadata",
    "After a join the metadata of one share was kept for the whole batch: "
    "drop it, or let it describe the joined rows.",
    lint=("SG101",),
)
ILL_FITTING_SPLIT_SIZES = Hazard(
    "SG503",
    "ill-fitting-split-sizes",
    "Give one size >= 0 for each child; the sizes add up to the rows of the batch. "
    "0 is a valid size.",
)
HALF_PRESENT_FIELD = Hazard(
    "SG504",
    "half-present-field",
    "Some shares went through a child that sets this field and others did not: "
    "set it for every share before they are joined.",
)
WRONG_RANK = Hazard(
    "SG505",
    "wrong-rank",
    "A dimension was added or lost: squeeze() without dim also drops axes of extent 1.",
)
WRONG_TYPE = Hazard(
    "SG506",
    "wrong-type",
    "Pass a value of the annotated type.",
)
BROKEN_RELATION = Hazard(
    "SG507",
    "broken-relation",
    "The extents that meet here were bound by different values: see the table.",
)
ILL_FITTING_SLICE = Hazard(
    "SG508",
    "ill-fitting-slice",
    "The bounds were computed for another batch: compare them with the rows that are left.",
    consequence=Consequence.SILENT,
)
ILL_FITTING_TASK_IDS = Hazard(
    "SG509",
    "ill-fitting-task-ids",
    "Give one task id for each row; with fewer ids rows are dropped.",
    consequence=Consequence.SILENT,
)
SHAPE_ERROR_INSIDE = Hazard(
    "SG510",
    "shape-error-inside",
    "What the method makes of its arguments does not meet: see the error that this one was raised from.",
    lint=("SG101", "SG102", "SG103"),
)

ROWS_DIFFER = Hazard(
    "SG601",
    "rows-differ",
    "Something of one share reached another: a mask, metadata of the first or last state, a norm "
    "applied twice. Shapes cannot show it.",
    consequence=Consequence.SILENT,
    lint=("SG104",),
)
ROWS_LOST = Hazard(
    "SG602",
    "rows-lost",
    "The output has other rows than the composition: a share was dropped, cut or not replicated.",
    consequence=Consequence.SILENT,
    lint=("SG201",),
)
COMPOSED_RUN_FAILS = Hazard(
    "SG603",
    "composed-run-fails",
    "Every row runs alone, so the join is at fault: treat the share that is empty or of another "
    "kind on every path, or refuse the composition with a clear error.",
    lint=("SG101", "SG104"),
)
BROKEN_IDENTITY = Hazard(
    "SG604",
    "broken-identity",
    "Copies of one adapter, averaged or split, must be that adapter: check what weights add up to.",
    consequence=Consequence.SILENT,
)
WRONG_LOSS = Hazard(
    "SG605",
    "wrong-loss",
    "The loss of the batch is not the mean of its rows: a mean over an empty share is NaN.",
    consequence=Consequence.NAN,
    lint=("SG302",),
)
WRONG_GRADIENT = Hazard(
    "SG606",
    "wrong-gradient",
    "An adapter learns from rows that are not its own, or does not from some that are.",
    consequence=Consequence.SILENT,
)
BAD_INPUT_ACCEPTED = Hazard(
    "SG607",
    "bad-input-accepted",
    "Sizes or ids that do not describe the batch ran without a word: check number, type, sign and sum.",
    consequence=Consequence.SILENT,
    lint=("SG201",),
)

HAZARDS: tuple[Hazard, ...] = (
    MISMATCHED_AXIS,
    STALE_SHARE_METADATA,
    ILL_FITTING_SPLIT_SIZES,
    HALF_PRESENT_FIELD,
    WRONG_RANK,
    WRONG_TYPE,
    BROKEN_RELATION,
    ILL_FITTING_SLICE,
    ILL_FITTING_TASK_IDS,
    SHAPE_ERROR_INSIDE,
    ROWS_DIFFER,
    ROWS_LOST,
    COMPOSED_RUN_FAILS,
    BROKEN_IDENTITY,
    WRONG_LOSS,
    WRONG_GRADIENT,
    BAD_INPUT_ACCEPTED,
)
