"""Cases against findings: found, found by another class, disturbed, or not to be told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from accuracy.hazards import codes_of

from shapeguard.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from accuracy.cases import Case
    from accuracy.measure import Found, Measured
    from accuracy.releases import Release

    Known = Callable[[Release, str], Measured | None]


class Answer(StrEnum):
    """What the linter says at the place of a case."""

    SURE = "found"
    UNSURE = "found with low confidence"
    OTHER = "found as another class"
    SILENT = "nothing found"
    UNKNOWN = "not measured"


@dataclass(frozen=True)
class Scored:
    """One case, the answer, the findings at its place, and why there is no answer if there is none."""

    case: Case
    answer: Answer
    found: tuple[Found, ...] = ()
    note: str = ""


def score(cases: Iterable[Case], known: Known, *, preview: bool = False) -> Iterator[Scored]:
    """Score every case whose file was checked, with the rules in preview if they are asked for."""
    for case in cases:
        measured = known(case.release, case.file)
        if measured is None:
            continue
        if measured.note:
            yield Scored(case, Answer.UNKNOWN, note=measured.note)
            continue
        asked = (each for each in measured.found if preview or not each.preview)
        here = tuple(each for each in asked if case.covers(each.rows))
        yield Scored(case, _answer(case, here), here, _given_up(case, measured))


def _answer(case: Case, found: Sequence[Found]) -> Answer:
    same = [each.confidence for each in found if each.code in codes_of(case.hazard)]
    if any(confidence >= Confidence.MEDIUM for confidence in same):
        return Answer.SURE
    if same:
        return Answer.UNSURE
    return Answer.OTHER if found else Answer.SILENT


def _given_up(case: Case, measured: Measured) -> str:
    """Say that the function of a case was given up because it needs too much work."""
    name = case.function.rsplit(".", 1)[-1]
    return "function given up" if any(name in each for each in measured.given_up) else ""
