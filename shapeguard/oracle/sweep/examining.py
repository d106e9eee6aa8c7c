"""Examine the cases of one model in one setting: each gets a verdict, and what broke first."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shapeguard.errors import CompositionError, OracleError
from shapeguard.oracle.blocks import describe
from shapeguard.oracle.distribution import distribute
from shapeguard.oracle.execution import count_layers
from shapeguard.oracle.judging import Judge, Question
from shapeguard.oracle.outputs import require_determinism
from shapeguard.oracle.refusals import is_clear
from shapeguard.oracle.regression import regression_test
from shapeguard.oracle.shrinking import shrink
from shapeguard.oracle.sweep.blocks import make
from shapeguard.oracle.sweep.places import place_of
from shapeguard.oracle.verdict import Case, RowReport
from shapeguard.outcome import GOOD, Relation, Verdict
from shapeguard.reference import upstream

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapeguard.oracle.execution import Runner
    from shapeguard.oracle.sweep.blocks import Composition
    from shapeguard.oracle.sweep.subjects import Subject
    from shapeguard.outcome import Outcome

ROWS = 3

_OWN = frozenset({Relation.IDENTITY, Relation.LOSS})
"""What a case may differ from that is no row alone, in whatever setting."""


@dataclass(frozen=True, slots=True)
class Level:
    """One of the relations that are asked for, from the weakest to the strongest."""

    relation: Relation
    judge: Judge


class Examiner:
    """Judges compositions on one subject.

    The strongest relation is asked first, since most cases keep it: every row alone, without its
    padding, with attention ``eager``. For a case that does not, the first weaker one that breaks, too,
    says where it went wrong.
    """

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self._levels = _levels(subject)
        self._strongest = self._levels[-1].judge
        self._rows = tuple(row % subject.runner.rows for row in range(ROWS))

    def unfit(self) -> str:
        """Say why nothing can be judged on this model: it is random, or fails, or is wrong by itself."""
        bare = Case(upstream.composition().Stack(), self._rows)
        question = replace(self._strongest.question, twice=True)
        judge = Judge(self.subject.runner, question, self.subject.truth)
        try:
            report = judge.examine(bare)
            self._require_determinism()
        except (CompositionError, OracleError) as error:
            return str(error)
        if report.ok:
            return ""
        return f"without adapters the model itself is not the same in a batch as alone: {report}"

    def examine(
        self, composition: Composition, outcome: Outcome, *, smallest: bool = False
    ) -> Outcome:
        """Fill in the verdict of a case; ``smallest`` also looks for the smallest that fails alike."""
        start = time.perf_counter()
        try:
            names = self.subject.names
            setup = make(composition.spec, upstream.composition(), names, self.subject.tokens)
        except Exception as error:  # noqa: BLE001 - whatever the library raises is the result
            return _failed(outcome, error)
        ids = composition.task_ids
        tasks = None if ids is None else tuple(_renamed(each, names) for each in ids)
        case = Case(setup, self._rows, tasks)
        judged = self._judged(case, replace(outcome, text=_text(case)))
        if smallest:
            judged = self._shrunk(case, judged)
        return replace(judged, seconds=time.perf_counter() - start)

    def _require_determinism(self) -> None:
        runner = self.subject.runner
        for name in dict.fromkeys(self.subject.names.values()):
            case = Case(name, self._rows)
            try:
                with runner.torch.no_grad():
                    first, second = runner.together(case), runner.together(case)
            except Exception:  # noqa: BLE001, S112 - the cases with this adapter tell of it
                continue
            require_determinism(first, second, self._strongest.question.tolerance)

    def _judged(self, case: Case, outcome: Outcome) -> Outcome:
        if not _is_valid(case):
            return self._invalid(case, outcome)
        try:
            report = self._strongest.examine(case)
        except CompositionError as error:
            return _failed(outcome, error)
        except OracleError as error:
            return self._unjudged(case, outcome, error)
        if report.verdict is Verdict.WRONG:
            return self._wrong(case, outcome, report)
        if report.error is None:
            return replace(outcome, verdict=report.verdict)
        return _failed(outcome, self._error_of(case), report.verdict)

    def _invalid(self, case: Case, outcome: Outcome) -> Outcome:
        error = self._error_of(case)
        if error is None:
            return replace(outcome, verdict=Verdict.ACCEPTED)
        return _failed(outcome, error)

    def _unjudged(self, case: Case, outcome: Outcome, reason: OracleError) -> Outcome:
        """Where rows fail even alone, a clear refusal of all of them together still is one."""
        error = self._error_of(case)
        if error is not None and is_clear(error):
            return _failed(outcome, error)
        return replace(outcome, verdict=Verdict.UNJUDGED, error=str(reason))

    def _error_of(self, case: Case) -> Exception | None:
        try:
            with self.subject.runner.torch.no_grad():
                self.subject.runner.together(case)
        except Exception as error:  # noqa: BLE001 - whatever the library raises is the result
            return error
        return None

    def _wrong(self, case: Case, outcome: Outcome, strongest: RowReport) -> Outcome:
        level, report = self._first_broken(case, strongest)
        own = report.relation if report.relation in _OWN else None
        infinite = report.max_difference == float("inf")
        return replace(
            outcome,
            verdict=Verdict.WRONG,
            relation=own or level.relation,
            wrong_rows=report.wrong_rows,
            difference=None if infinite else report.max_difference,
        )

    def _first_broken(self, case: Case, strongest: RowReport) -> tuple[Level, RowReport]:
        for level in self._levels[:-1]:
            try:
                report = level.judge.examine(case)
            except (CompositionError, OracleError):
                continue
            if report.verdict is Verdict.WRONG:
                return level, report
        return self._levels[-1], strongest

    def _shrunk(self, case: Case, outcome: Outcome) -> Outcome:
        def fails_alike(smaller: Case) -> bool:
            found = self._judged(smaller, outcome)
            return (found.verdict, found.relation, found.place) == (
                outcome.verdict,
                outcome.relation,
                outcome.place,
            )

        if outcome.verdict in {*GOOD, Verdict.UNJUDGED}:
            return outcome
        if not _is_valid(case):  # there is nothing that it could be a part of
            return replace(outcome, smallest=str(case), test=self._test_of_invalid(case))
        found = shrink(case, fails_alike, layers=count_layers(self.subject.runner.model))
        return replace(outcome, smallest=str(found), test=self._test_of(found))

    def _test_of_invalid(self, case: Case) -> str:
        report = RowReport(ok=False, verdict=Verdict.ACCEPTED)
        tolerance = self._strongest.question.tolerance
        return regression_test(self.subject.recipe, case, report, tolerance)

    def _test_of(self, case: Case) -> str:
        report = self._strongest.examine(case)
        if report.verdict is Verdict.WRONG:
            level, report = self._first_broken(case, report)
            relation = report.relation if report.relation in _OWN else level.relation
            report = replace(report, relation=relation)
        tolerance = self._strongest.question.tolerance
        return regression_test(self.subject.recipe, case, report, tolerance)


def _levels(subject: Subject) -> list[Level]:
    plain, unpadded = Question(twice=False), Question(twice=False, unpadded=True)
    levels = [Level(Relation.ALONE, _judge(subject, plain, subject.runner))]
    if subject.unpadded:
        levels.append(Level(Relation.UNPADDED, _judge(subject, unpadded, subject.runner)))
    if subject.truth is not subject.runner:
        question = unpadded if subject.unpadded else plain
        levels.append(Level(Relation.EAGER, _judge(subject, question, subject.truth)))
    return levels


def _judge(subject: Subject, question: Question, truth: Runner) -> Judge:
    known = subject.known.setdefault((truth, question.unpadded), {})
    return Judge(subject.runner, question, truth, known)


def _is_valid(case: Case) -> bool:
    """Whether sizes and ids describe the rows."""
    try:
        distribute(case.setup, len(case.rows), task_ids=case.task_ids)
    except CompositionError:
        return False
    return True


def _failed(outcome: Outcome, error: Exception | None, verdict: Verdict | None = None) -> Outcome:
    if error is None:
        reason = "the composed run failed once and ran the second time"
        return replace(outcome, verdict=Verdict.UNJUDGED, error=reason)
    found = verdict or (Verdict.REFUSED if is_clear(error) else Verdict.ERROR)
    text = f"{type(error).__name__}: {error}"
    return replace(outcome, verdict=found, error=text, place=place_of(error))


def _renamed(task: int | str, names: Mapping[str, str]) -> int | str:
    return names.get(task, task) if isinstance(task, str) else task


def _text(case: Case) -> str:
    tasks = "" if case.task_ids is None else f", task_ids={list(case.task_ids)}"
    return f"{describe(case.setup)}{tasks}"
