"""Judge one case: a composed run against what its rows come out as alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from shapeguard.errors import OracleError
from shapeguard.oracle.alone import Alone
from shapeguard.oracle.blocks import MIXING, contains, kind, rebuilt
from shapeguard.oracle.comparison import Tolerance, difference
from shapeguard.oracle.distribution import distribute
from shapeguard.oracle.execution import heads_of
from shapeguard.oracle.losses import wrong_losses
from shapeguard.oracle.outputs import require_determinism, rows_of
from shapeguard.oracle.refusals import is_clear
from shapeguard.oracle.structure import leaves
from shapeguard.oracle.verdict import Relation, RowDifference, RowReport, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapeguard.oracle.alone import Known
    from shapeguard.oracle.blocks import Setup
    from shapeguard.oracle.distribution import Share
    from shapeguard.oracle.execution import Runner
    from shapeguard.oracle.outputs import Row
    from shapeguard.oracle.verdict import Case, ValueDifference


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about a case: within which tolerance, and about what besides the rows.

    ``unpadded`` compares with rows whose padding is taken away, ``gradients`` asks about them as
    well, ``twice`` that two equal runs are equal.
    """

    tolerance: Tolerance = Tolerance()  # noqa: RUF009 - frozen
    unpadded: bool = False
    gradients: bool = False
    twice: bool = True


class Judge:
    """Judges cases on one model and batch. A row alone is run once for each of its chains.

    ``truth`` is what rows are run alone in, by default the same model: another one of the same
    weights asks that both agree. With the same truth and ``unpadded`` judges can share what is ``known``.
    """

    def __init__(
        self,
        runner: Runner,
        question: Question,
        truth: Runner | None = None,
        known: Known | None = None,
    ) -> None:
        self.runner = runner
        self.question = question
        self._truth = truth or runner
        self._alone: Known = {} if known is None else known

    def examine(self, case: Case) -> RowReport:
        """Judge a case, and where adapters are averaged, the identity that an average must keep.

        Raises :class:`OracleError` if nothing can be judged and :class:`CompositionError` if the
        setup does not fit the rows or adapters does not accept it.
        """
        report = self._examine(case)
        same = identity(case.setup)
        if report.ok and same is not None:
            of_same = self._examine(replace(case, setup=same))
            if not of_same.ok:
                return replace(of_same, relation=Relation.IDENTITY)
        return report

    def _examine(self, case: Case) -> RowReport:
        shares = distribute(case.setup, len(case.rows), task_ids=case.task_ids)
        if not shares:
            message = "there is no row to judge"
            raise OracleError(message)
        self.runner.require_accepted(case.setup)
        alone = self._alone_for(case)
        with self.runner.torch.no_grad():
            report = self._compared(case, shares, alone)
        if report.ok and self.question.gradients:
            from shapeguard.oracle.gradients import (  # noqa: PLC0415 - torch, when it is needed
                wrong_gradients,
            )

            values = wrong_gradients(self.runner, case, shares, alone, self.question.tolerance)
            report = with_values(report, values, Relation.GRADIENT)
        return report

    def _compared(self, case: Case, shares: Sequence[Share], alone: Alone) -> RowReport:
        expected = expected_rows(case, shares, alone)
        try:
            together = self.runner.together(case)
        except Exception as error:  # noqa: BLE001 - whatever the composed run raises is the result
            return failed(error, shares)
        tolerance = self.question.tolerance
        if self.question.twice:
            require_determinism(together, self.runner.together(case), tolerance)
        report = self._rows_compared(together, expected, case, shares)
        if not report.ok:
            return report
        values = wrong_losses(together, case, shares, alone, (self.runner.inputs, tolerance))
        return with_values(report, values, Relation.LOSS)

    def _rows_compared(
        self, together: object, expected: Sequence[Row], case: Case, shares: Sequence[Share]
    ) -> RowReport:
        names = sorted({name for row in expected for name in row})
        found = rows_of(together, names, len(expected))
        _require_leaves(together, names)
        differences: list[RowDifference] = []
        for share in shares:
            for output_row, input_row in zip(share.output_rows, share.input_rows, strict=True):
                padding = self._padding(case.rows[input_row])
                pair = (found[output_row], expected[output_row])
                worst = _worst(*pair, padding, self.question.tolerance)
                if worst is not None:
                    differences.append(RowDifference(output_row, worst[1], worst[0], share.chain))
        return _of_differences(differences, shares, self._relation(case.setup, shares))

    def _relation(self, setup: Setup, shares: Sequence[Share]) -> Relation:
        mixed = contains(setup, MIXING) and not any(
            contains(each, MIXING) for share in shares for each in share.chain
        )
        if mixed:
            return Relation.IDENTITY
        if self._truth is not self.runner:
            return Relation.EAGER
        return Relation.UNPADDED if self.question.unpadded else Relation.ALONE

    def _padding(self, row: int) -> int:
        return self.runner.padding(row) if self.question.unpadded else 0

    def _alone_for(self, case: Case) -> Alone:
        key = (case.layers, heads_of(self.runner.model, case.setup) is not None)
        if key not in self._alone:
            self._alone[key] = Alone(
                self._truth, layers=key[0], unpadded=self.question.unpadded, follow_heads=key[1]
            )
        return self._alone[key]


def identity(setup: Setup) -> Setup | None:
    """Let every ``Average`` be one of copies of its first child; None if it has no other ``Average``."""
    if isinstance(setup, str) or not contains(setup, frozenset({"Average"})):
        return None
    children: list[Setup] = list(setup)
    if kind(setup) == "Average":
        children = children[:1] * len(children)
    changed = [identity(child) or child for child in children]
    if all(new is old for new, old in zip(changed, setup, strict=True)):
        return None
    return rebuilt(setup, changed)


def expected_rows(case: Case, shares: Sequence[Share], alone: Alone) -> list[Row]:
    """Run every output row alone. Raises the errors of :meth:`Alone.of`, and OracleError without leaves."""
    rows: dict[int, Row] = {}
    for share in shares:
        for output_row, input_row in zip(share.output_rows, share.input_rows, strict=True):
            rows[output_row] = alone.of(share.chain, case.rows[input_row]).leaves
    if not any(rows.values()):
        message = "rows cannot be compared: the output has no leaf with a batch axis"
        raise OracleError(message)
    return [rows[place] for place in sorted(rows)]


def _of_differences(
    differences: list[RowDifference], shares: Sequence[Share], relation: Relation
) -> RowReport:
    differences.sort(key=lambda each: each.row)
    return RowReport(
        ok=not differences,
        verdict=Verdict.WRONG if differences else Verdict.CORRECT,
        wrong_rows=tuple(each.row for each in differences),
        max_difference=max((each.difference for each in differences), default=0.0),
        against=tuple(shares),
        differences=tuple(differences),
        relation=relation if differences else None,
    )


def failed(error: Exception, shares: Sequence[Share]) -> RowReport:
    """Report a composed run that ended with an error."""
    verdict = Verdict.REFUSED if is_clear(error) else Verdict.ERROR
    text = f"{type(error).__name__}: {error}"
    return RowReport(ok=False, verdict=verdict, against=tuple(shares), error=text)


def with_values(
    report: RowReport, values: tuple[ValueDifference, ...], relation: Relation
) -> RowReport:
    """Add wrong losses or gradients, if there are any."""
    if not values:
        return report
    largest = max(value.difference for value in values)
    return replace(
        report,
        ok=False,
        verdict=Verdict.WRONG,
        max_difference=largest,
        values=values,
        relation=relation,
    )


def _worst(
    found: Row, expected: Row, padding: int, tolerance: Tolerance
) -> tuple[str, float] | None:
    """Return the leaf that differs most; one that lost or gained rows is absent, and differs infinitely."""
    worst: tuple[str, float] | None = None
    for name, leaf in expected.items():
        amount = float("inf")
        if name in found:
            amount = difference(_without_padding(found[name], leaf, padding), leaf, tolerance)
        if amount > 0 and (worst is None or amount > worst[1]):
            worst = (name, amount)
    return worst


def _without_padding(found: Any, expected: Any, padding: int) -> Any:  # noqa: ANN401 - leaves
    """Cut the places of padding off; they are at the end of the first axis of a row, if it has tokens."""
    if not padding or len(found.shape) == 0 or len(expected.shape) != len(found.shape):
        return found
    surplus = int(found.shape[0]) - int(expected.shape[0])
    return found[: expected.shape[0]] if surplus == padding else found


def _require_leaves(together: object, names: Sequence[str]) -> None:
    held: Mapping[str, Any] = leaves(together)
    if getattr(together, "head_outputs", None) is not None:
        return
    missing = [name for name in names if name not in held]
    if missing:
        message = f"rows cannot be compared: the composed output has no {missing[0]}"
        raise OracleError(message)
