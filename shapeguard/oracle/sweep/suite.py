"""The compositions of the sweep on one model, as an assertion for the test suite of a library."""

from __future__ import annotations

import difflib
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from shapeguard.errors import OracleError, RowMismatch, UsageError
from shapeguard.oracle.regression import Recipe
from shapeguard.oracle.sweep import subjects
from shapeguard.oracle.sweep.compositions import COMPOSITIONS
from shapeguard.oracle.sweep.examining import Examiner
from shapeguard.oracle.sweep.plan import OWN, PLAIN
from shapeguard.outcome import GOOD, Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapeguard.oracle.sweep.blocks import Composition

MOST_SHOWN = 12
_LEFT_OUT = ("bad-sizes", "bad-ids", "fusion")
"""Groups that are judged only if they are named: sizes that fit no batch, and what needs fusion layers."""


def assert_compositions_rowwise_equal(
    model: Any,  # noqa: ANN401 - any model with adapters
    inputs: Mapping[str, Any],
    patterns: Sequence[str] = (),
) -> None:
    """Raise :class:`RowMismatch` unless every composition of the sweep is right on a model, or refused.

    ``patterns`` choose compositions by name or group, as ``shapeguard probe --composition`` does; by
    default all are judged whose sizes describe the batch, but for fusions. The adapters of the
    model stand for a, b, c and d in turn; ``inputs`` are as in ``rowwise_report``.

    Raises :class:`OracleError` if the model cannot be judged, :class:`UsageError` for a pattern that
    nothing has.
    """
    subject = subjects.of_model(model, inputs, Recipe(type(model).__name__, ""))
    examiner = Examiner(subject)
    reason = examiner.unfit()
    if reason:
        raise OracleError(reason)
    chosen = _chosen(patterns)
    failed = [
        outcome
        for outcome in (examiner.examine(each, _blank(each)) for each in chosen)
        if outcome.verdict not in {*GOOD, Verdict.UNJUDGED}
    ]
    if failed:
        raise RowMismatch(_told(failed, len(chosen)))


def _chosen(patterns: Sequence[str]) -> list[Composition]:
    known = {*COMPOSITIONS, *(each.group for each in COMPOSITIONS.values())}
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in known):
            near = difflib.get_close_matches(pattern, known, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            message = f"no composition or group is named {pattern!r}{hint}"
            raise UsageError(message)
    return [each for each in COMPOSITIONS.values() if not each.whole and _is_wanted(each, patterns)]


def _is_wanted(composition: Composition, patterns: Sequence[str]) -> bool:
    if not patterns:
        return composition.group not in _LEFT_OUT
    names = (composition.name, composition.group)
    return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)


def _blank(composition: Composition) -> Outcome:
    return Outcome(
        method="own",
        family="own",
        attention=OWN,
        padding=OWN,
        composition=composition.name,
        group=composition.group,
        text=composition.name,
        verdict=Verdict.UNJUDGED,
        code=PLAIN,
    )


def _told(failed: Sequence[Outcome], judged: int) -> str:
    lines = [f"{len(failed)} of {judged} compositions fail:"]
    for each in failed[:MOST_SHOWN]:
        detail = each.error or f"differs from {each.relation}, rows {list(each.wrong_rows)}"
        lines.append(f"  {each.text}: {each.verdict}: {detail}")
    if len(failed) > MOST_SHOWN:
        lines.append(f"  and {len(failed) - MOST_SHOWN} more")
    lines.append("rowwise_report shows one of them closely")
    return "\n".join(lines)
