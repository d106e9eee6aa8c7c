"""Run the jobs of a sweep, one after another; what a job yields holds no tensors."""

from __future__ import annotations

import logging
import warnings
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.errors import OracleError
from shapeguard.oracle.refusals import is_clear
from shapeguard.oracle.sweep import subjects
from shapeguard.oracle.sweep.compositions import COMPOSITIONS
from shapeguard.oracle.sweep.examining import Examiner
from shapeguard.oracle.sweep.places import place_of
from shapeguard.oracle.sweep.plan import REFERENCE, blank
from shapeguard.outcome import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from shapeguard.oracle.sweep.plan import Cell, Job
    from shapeguard.oracle.sweep.subjects import Subject
    from shapeguard.outcome import Outcome


def run(job: Job) -> Iterator[Outcome]:
    """Build the model of a job and judge its cases, each in turn. Raises nothing that a model raises."""
    with _quiet():
        for code in dict.fromkeys(cell.code for cell in job.cells):
            with ExitStack() as stack:
                if code == REFERENCE:
                    from shapeguard import reference  # noqa: PLC0415 - brings adapters

                    stack.enter_context(reference.installed())
                subject_in = _subject_of(job)
                for cell in job.cells:
                    if cell.code == code:
                        yield from _run_cell(job, cell, subject_in)


def _subject_of(job: Job) -> Callable[[str, str], Subject]:
    """Return what builds the model of a job in a setting."""
    if job.factory:
        return lambda _attention, _padding: subjects.own(job.factory)
    return subjects.BuiltIn(job.method, job.family).subject


def _run_cell(job: Job, cell: Cell, subject_in: Callable[[str, str], Subject]) -> Iterator[Outcome]:
    cases = [blank(job, cell, name) for name in cell.compositions]
    try:
        subject = subject_in(cell.attention, cell.padding)
    except Exception as error:  # noqa: BLE001 - whatever a model raises is the result
        verdict = Verdict.REFUSED if _refuses(error) else Verdict.UNJUDGED
        text = f"the model cannot be built: {type(error).__name__}: {error}"
        place = place_of(error)
        yield from (replace(each, verdict=verdict, error=text, place=place) for each in cases)
        return
    examiner = Examiner(subject)
    reason = examiner.unfit()
    for case in cases:
        if reason:
            yield case.unjudged(reason)
        else:
            composition = COMPOSITIONS[case.composition]
            yield examiner.examine(composition, case, smallest=cell.smallest)


def _refuses(error: Exception) -> bool:
    return is_clear(error) and not isinstance(error, OracleError)


@contextmanager
def _quiet() -> Generator[None]:
    """Silence what libraries warn of, which they do once more for each case."""
    loggers = [logging.getLogger(name) for name in ("adapters", "transformers")]
    levels = [each.level for each in loggers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            for each in loggers:
                each.setLevel(logging.CRITICAL)
            yield
        finally:
            for each, level in zip(loggers, levels, strict=True):
                each.setLevel(level)
