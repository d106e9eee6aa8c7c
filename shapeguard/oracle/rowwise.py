"""Judge a model with adapters: rows together against rows alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from shapeguard.errors import RowMismatch
from shapeguard.oracle.codes import codes_of
from shapeguard.oracle.comparison import Tolerance
from shapeguard.oracle.execution import Runner, count_layers, normalised_task_ids
from shapeguard.oracle.judging import Judge, Question
from shapeguard.oracle.shrinking import shrink
from shapeguard.oracle.verdict import Case, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapeguard.oracle.blocks import Setup
    from shapeguard.oracle.verdict import RowReport

DEFAULT = Tolerance()


def rowwise_report(  # noqa: PLR0913 - given by keyword
    model: Any,  # noqa: ANN401 - any model with adapters
    setup: Setup,
    inputs: Mapping[str, object],
    *,
    task_ids: object = None,
    atol: float = DEFAULT.atol,
    rtol: float = DEFAULT.rtol,
    unpadded: bool = False,
    gradients: bool = False,
) -> RowReport:
    """Compare ``model(**inputs)`` under ``setup`` with every row run alone with its own adapters.

    ``inputs`` are keyword arguments, tensors batch-first; ``task_ids`` (a 1-d tensor of child
    indices or a list of names) go with ``MultiTask``. Leaves of the output whose first axis is the
    batch are compared, and a mean loss with the losses of the rows; all others are not judged.
    ``unpadded`` takes from every row alone the padding that its ``attention_mask`` marks at the
    end; ``gradients`` asks that each adapter's gradient is that of its own rows. Heads follow the
    setup where every adapter has one. The model keeps its active adapters, its mode and its
    weights; dropout is off while it is judged.

    Source: metamorphic testing (Chen, Cheung and Yiu 1998, HKUST-CS98-01).

    Raises :class:`OracleError` if nothing can be judged: two equal runs that differ, a row that
    fails alone, an output without batch axis, adapters that change nothing;
    :class:`CompositionError` if sizes or ids do not fit the batch, or adapters does not accept the
    setup; and :class:`MissingExtraError` if torch or adapters is not installed.
    """
    runner = Runner(model, inputs)
    case = Case(setup, tuple(range(runner.rows)), normalised_task_ids(task_ids))
    question = Question(Tolerance(atol, rtol), unpadded=unpadded, gradients=gradients)
    report = Judge(runner, question).examine(case)
    if report.verdict in {Verdict.CORRECT, Verdict.REFUSED}:
        return report
    smallest = smallest_case(runner, case, question, report)
    return replace(report, smallest=smallest, codes=codes_of(runner, smallest, report))


def assert_rowwise_equal(  # noqa: PLR0913 - given by keyword
    model: Any,  # noqa: ANN401 - any model with adapters
    setup: Setup,
    inputs: Mapping[str, object],
    *,
    task_ids: object = None,
    atol: float = DEFAULT.atol,
    rtol: float = DEFAULT.rtol,
    unpadded: bool = False,
    gradients: bool = False,
) -> None:
    """Raise :class:`RowMismatch` unless every row comes out as it does alone.

    A composed run that crashes or is refused is a mismatch, too. Arguments and further errors are
    those of :func:`rowwise_report`, whose report is the message.
    """
    report = rowwise_report(
        model,
        setup,
        inputs,
        task_ids=task_ids,
        atol=atol,
        rtol=rtol,
        unpadded=unpadded,
        gradients=gradients,
    )
    if not report.ok:
        raise RowMismatch(str(report))


def smallest_case(runner: Runner, case: Case, question: Question, report: RowReport) -> Case:
    """Shrink a failing case to one with fewer rows, adapters, blocks and layers that fails alike."""
    judge = Judge(runner, replace(question, twice=False, effects=False))

    def fails_alike(smaller: Case) -> bool:
        return _same_failure(judge.examine(smaller), report)

    return shrink(case, fails_alike, layers=count_layers(runner.model))


def _same_failure(report: RowReport, wanted: RowReport) -> bool:
    same = (report.verdict, report.relation, _error_type(report))
    return not report.ok and same == (wanted.verdict, wanted.relation, _error_type(wanted))


def _error_type(report: RowReport) -> str:
    return (report.error or "").partition(":")[0]
