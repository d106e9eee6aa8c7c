"""Judge a model with adapters: rows together against rows alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from shapeguard.errors import CompositionError, OracleError, RowMismatch
from shapeguard.oracle.comparison import Tolerance, difference
from shapeguard.oracle.distribution import distribute
from shapeguard.oracle.execution import Runner, normalised_task_ids
from shapeguard.oracle.shrinking import shrink
from shapeguard.oracle.structure import leaves
from shapeguard.oracle.verdict import Case, RowDifference, RowReport, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapeguard.oracle.distribution import Setup, Share
    from shapeguard.oracle.structure import Leaf

DEFAULT = Tolerance()


class _Alone(NamedTuple):
    share: Share
    leaves: Mapping[str, Leaf]


def rowwise_report(
    model: Any,  # noqa: ANN401 - any model with adapters
    setup: Setup,
    inputs: Mapping[str, object],
    *,
    task_ids: object = None,
    atol: float = DEFAULT.atol,
    rtol: float = DEFAULT.rtol,
) -> RowReport:
    """Compare ``model(**inputs)`` under ``setup`` with every row run alone with its own adapters.

    ``inputs`` are keyword arguments, tensors batch-first; ``task_ids`` (a 1-d tensor of child
    indices or a list of names) go with ``MultiTask``. Leaves of the output whose first axis is the
    batch are compared, all others are not judged. The model keeps its active adapters, its mode
    and its weights; call ``model.eval()`` before, or dropout makes it random.

    Raises :class:`OracleError` if nothing can be judged: ``Average``, ``Fuse`` or ``Split`` in the
    setup, two equal runs that differ, a row that fails alone, an output without batch axis; and
    :class:`CompositionError` if sizes or ids do not fit the batch, or adapters does not accept the
    setup, and :class:`MissingExtraError` if torch or adapters is not installed.
    """
    runner = Runner(model, inputs)
    case = Case(setup, tuple(range(runner.rows)), normalised_task_ids(task_ids))
    tolerance = Tolerance(atol, rtol)
    report = _examine(runner, case, tolerance)
    if report.verdict in {Verdict.EQUAL, Verdict.REFUSED}:
        return report

    def fails_alike(smaller: Case) -> bool:
        return _same_failure(_examine(runner, smaller, tolerance), report)

    return replace(report, smallest=shrink(case, fails_alike))


def assert_rowwise_equal(
    model: Any,  # noqa: ANN401 - any model with adapters
    setup: Setup,
    inputs: Mapping[str, object],
    *,
    task_ids: object = None,
    atol: float = DEFAULT.atol,
    rtol: float = DEFAULT.rtol,
) -> None:
    """Raise :class:`RowMismatch` unless every row comes out as it does alone.

    A composed run that crashes or is refused is a mismatch, too. Arguments and further errors are
    those of :func:`rowwise_report`, whose report is the message.
    """
    report = rowwise_report(model, setup, inputs, task_ids=task_ids, atol=atol, rtol=rtol)
    if not report.ok:
        raise RowMismatch(str(report))


def _examine(runner: Runner, case: Case, tolerance: Tolerance) -> RowReport:
    shares = distribute(case.setup, len(case.rows), task_ids=case.task_ids)
    if not shares:
        message = "there is no row to judge"
        raise OracleError(message)
    runner.require_accepted(case.setup)
    alone = [_run_alone(runner, case, share) for share in shares]
    try:
        together = leaves(runner.together(case))
    except CompositionError as refusal:
        return _without_rows(Verdict.REFUSED, shares, refusal)
    except Exception as crash:  # noqa: BLE001 - whatever the composed run raises is the result
        return _without_rows(Verdict.CRASH, shares, crash)
    _require_determinism(together, leaves(runner.together(case)), tolerance)
    return _compare(together, alone, tolerance)


def _run_alone(runner: Runner, case: Case, share: Share) -> _Alone:
    try:
        return _Alone(share, leaves(runner.alone(case, share)))
    except CompositionError:
        raise
    except Exception as error:
        message = f"{share} fail, so there is nothing to compare with: {_text(error)}"
        raise OracleError(message) from error


def _require_determinism(
    first: Mapping[str, Leaf], second: Mapping[str, Leaf], tolerance: Tolerance
) -> None:
    for name, leaf in first.items():
        if difference(second[name], leaf, tolerance) > 0:
            message = f"two equal runs differ in {name}: call model.eval(), or fix the seed"
            raise OracleError(message)


def _compare(
    together: Mapping[str, Leaf], alone: Sequence[_Alone], tolerance: Tolerance
) -> RowReport:
    shares = tuple(each.share for each in alone)
    rows = sum(len(share.output_rows) for share in shares)
    names = _names_with_batch_axis(alone, together)
    worst: dict[int, RowDifference] = {}
    for name in names:
        for each in alone:
            for place, row in enumerate(each.share.output_rows):
                expected = each.leaves[name][place]
                found = _row_difference(together[name], row, rows, expected, tolerance)
                if found > 0 and (row not in worst or found > worst[row].difference):
                    worst[row] = RowDifference(row, found, name, each.share.chain)
    differences = tuple(worst[row] for row in sorted(worst))
    return RowReport(
        ok=not differences,
        verdict=Verdict.DIFFERENT if differences else Verdict.EQUAL,
        wrong_rows=tuple(each.row for each in differences),
        max_difference=max((each.difference for each in differences), default=0.0),
        against=shares,
        differences=differences,
    )


def _row_difference(leaf: Leaf, row: int, rows: int, expected: Leaf, tolerance: Tolerance) -> float:
    """Compare one row; a leaf that lost or gained rows has no right row."""
    if len(leaf.shape) == 0 or leaf.shape[0] != rows:
        return float("inf")
    return difference(leaf[row], expected, tolerance)


def _names_with_batch_axis(alone: Sequence[_Alone], together: Mapping[str, Leaf]) -> list[str]:
    names = [
        name
        for name in alone[0].leaves
        if all(_is_batch_first(each.leaves.get(name), each.share) for each in alone)
    ]
    missing = [name for name in names if name not in together]
    if missing or not names:
        what = f"has no {missing[0]}" if missing else "has no leaf with a batch axis"
        message = f"rows cannot be compared: the output {what}"
        raise OracleError(message)
    return names


def _is_batch_first(leaf: Leaf, share: Share) -> bool:
    return leaf is not None and len(leaf.shape) > 0 and leaf.shape[0] == len(share.output_rows)


def _without_rows(verdict: Verdict, shares: tuple[Share, ...], error: Exception) -> RowReport:
    return RowReport(
        ok=False,
        verdict=verdict,
        wrong_rows=(),
        max_difference=0.0,
        against=shares,
        error=_text(error),
    )


def _same_failure(report: RowReport, wanted: RowReport) -> bool:
    same_error = _error_type(report) == _error_type(wanted)
    return not report.ok and report.verdict is wanted.verdict and same_error


def _error_type(report: RowReport) -> str:
    return (report.error or "").partition(":")[0]


def _text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
