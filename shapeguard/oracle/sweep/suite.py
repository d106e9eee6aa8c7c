"""The compositions of the sweep on one model, as an assertion for the test suite of a library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shapeguard.errors import OracleError, RowMismatch
from shapeguard.oracle.regression import Recipe
from shapeguard.oracle.sweep import subjects
from shapeguard.oracle.sweep.choosing import matching_compositions
from shapeguard.oracle.sweep.compositions import COMPOSITIONS
from shapeguard.oracle.sweep.examining import Examiner
from shapeguard.oracle.sweep.plan import cases, own_job
from shapeguard.outcome import GOOD, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapeguard.outcome import Outcome

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
    chosen = cases(own_job(subject.recipe.title, _chosen(patterns)))
    outcomes = [examiner.examine(COMPOSITIONS[each.composition], each) for each in chosen]
    failed = [each for each in outcomes if each.verdict not in {*GOOD, Verdict.UNJUDGED}]
    if failed:
        raise RowMismatch(_told(failed, len(chosen)))


def _chosen(patterns: Sequence[str]) -> list[str]:
    found = matching_compositions(patterns, "composition or group is named")
    return found if patterns else [n for n in found if COMPOSITIONS[n].group not in _LEFT_OUT]


def _detail(outcome: Outcome) -> str:
    if outcome.verdict is Verdict.ACCEPTED:
        return ", though sizes or ids do not describe the batch"
    rows = f", rows {list(outcome.wrong_rows)}" if outcome.wrong_rows else ""
    return f": {outcome.error}" if outcome.error else f": differs from {outcome.relation}{rows}"


def _told(failed: Sequence[Outcome], judged: int) -> str:
    lines = [f"{len(failed)} of {judged} compositions fail:"]
    lines += [f"  {each.text}: {each.verdict}{_detail(each)}" for each in failed[:MOST_SHOWN]]
    if len(failed) > MOST_SHOWN:
        lines.append(f"  and {len(failed) - MOST_SHOWN} more")
    lines.append("rowwise_report shows one of them closely")
    return "\n".join(lines)
