"""The page of figures, ``docs/accuracy.md``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accuracy import tables
from accuracy.cases import Bug, NearMiss, Visibility
from accuracy.scoring import Answer
from accuracy.semgrep import MEANING, REQUIREMENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from accuracy.cases import Case
    from accuracy.scoring import Scored
    from accuracy.semgrep import Line

_INTRODUCTION = """\
# Accuracy

*Written by `make accuracy`. Do not edit: change the manifests, the rules or the engine, and run it.*

{bugs} bugs and {near} near-misses in {releases} releases of {packages} packages, each read line by
line in the unpacked release, are in `tests/accuracy/manifests/`. The runner downloads the releases,
unpacks them and checks each file in the context of its package, as text: nothing of them is imported.
A source distribution is the exception to "nothing runs": pip reads its metadata with its build script.

The rules measured are *prototypes*, one class for each hazard in `tests/accuracy/prototypes/`: what
events and evidence carry, without the care that a rule takes with its words. A finding counts if it is
of the class of the case and stands within two lines of a bug, or on the lines of a near-miss. *Found*
is found at the default confidence, medium; `+1 low` is what `--min-confidence low` adds.
"""

_VISIBILITY = """\
Where the evidence stands: in the function of the bug, elsewhere in the package, or only in callers
outside, which no reader of the package can know. The last are counted, and nobody is held to them.
"""

_BEAT = """\
Three rules for semgrep ({version}) over the files of all cases. *Bugs* are those that
can be known inside the package. A rule without hazard class counts wherever it hits.
"""

_WHOLE = """\
Every file of some packages, findings of medium confidence and more. Prototypes are not tuned for
silence; the built-in rules are.
"""


@dataclass(frozen=True)
class Whole:
    """Findings in all files of one release."""

    name: str
    files: int
    lines: int
    built_in: int
    prototypes: int
    not_analysed: int


@dataclass(frozen=True)
class Ours:
    """What stands beside the lines to beat: the prototypes on the same files."""

    matches: int


def text_of_page(
    scored: Sequence[Scored], beat: Sequence[Line], ours: Ours, whole: Sequence[Whole]
) -> str:
    """Return the text of the page."""
    held = [each for each in scored if held_to(each.case)]
    near = [each for each in scored if isinstance(each.case, NearMiss)]
    parts = [
        _introduction(scored),
        "## Bugs\n",
        _VISIBILITY,
        *tables.bugs(scored),
        *_aims(scored),
        "## Near-misses\n",
        *tables.near_misses(scored),
        "## The line to beat\n",
        _BEAT.format(version=REQUIREMENT.replace("==", " ")),
        *_beaten(held, near, beat, ours),
        "## Whole packages\n",
        _WHOLE,
        *_whole(whole),
        "## Known misses\n",
        *tables.wrong(each for each in held if each.answer is not Answer.SURE),
        "## Disturbed near-misses\n",
        *tables.wrong(each for each in near if each.answer not in {Answer.SILENT, Answer.OTHER}),
    ]
    return "\n".join(parts)


_AIMS = {Visibility.FUNCTION: 75, Visibility.PACKAGE: 55}
"""Per cent of the bugs, by where their evidence stands, that are to be found."""
_SILENT = 90
"""Per cent of the near-misses of which nothing is to be said."""


def _aims(scored: Sequence[Scored]) -> Iterator[str]:
    """Yield how the figures stand to the aims."""
    known = [each for each in scored if each.answer is not Answer.UNKNOWN]
    for visible, aim in _AIMS.items():
        bugs = [
            each for each in known if isinstance(each.case, Bug) and each.case.visible is visible
        ]
        found = sum(each.answer is Answer.SURE for each in bugs)
        yield _aimed(f"Found of the bugs that show in the {visible}", found, len(bugs), aim)
    near = [each for each in known if isinstance(each.case, NearMiss)]
    silent = sum(each.answer in {Answer.SILENT, Answer.OTHER} for each in near)
    yield _aimed("Near-misses without evidence", silent, len(near), _SILENT)
    yield ""


def _aimed(what: str, count: int, total: int, aim: int) -> str:
    share = 100 * count / max(total, 1)
    verdict = "met" if share >= aim else "**missed**"
    return f"- {what}: {share:.0f} % ({count} of {total}); the aim of {aim} % is {verdict}."


def held_to(case: Case) -> bool:
    """Say whether the linter is held to a case: a bug that can be known inside the package."""
    return isinstance(case, Bug) and case.visible is not Visibility.OUTSIDE


def _introduction(scored: Sequence[Scored]) -> str:
    return _INTRODUCTION.format(
        bugs=sum(isinstance(each.case, Bug) for each in scored),
        near=sum(isinstance(each.case, NearMiss) for each in scored),
        releases=len({each.case.release for each in scored}),
        packages=len({each.case.package for each in scored}),
    )


def _beaten(
    held: Sequence[Scored], near: Sequence[Scored], beat: Sequence[Line], ours: Ours
) -> Iterator[str]:
    def hit(scored: Sequence[Scored], *answers: Answer) -> int:
        return sum(each.answer in answers for each in scored)

    any_class = (Answer.SURE, Answer.UNSURE, Answer.OTHER)
    rows: list[tuple[object, ...]] = [
        ("prototypes, of the class of the case", hit(held, Answer.SURE), hit(near, Answer.SURE), "")
    ]
    rows.append(
        ("prototypes, any class", hit(held, *any_class), hit(near, *any_class), ours.matches)
    )
    rows.extend(
        (f"semgrep: {MEANING[line.rule]}", line.bugs, line.near_misses, line.matches)
        for line in beat
    )
    head = ("", f"bugs, of {len(held)}", f"near-misses, of {len(near)}", "findings in all")
    return tables.table(head, rows)


def _whole(whole: Sequence[Whole]) -> Iterator[str]:
    def rate(count: int, lines: int) -> str:
        return f"{count} ({1000 * count / max(lines, 1):.2f})"

    rows = [
        (
            each.name,
            each.files,
            f"{each.lines:,}",
            rate(each.built_in, each.lines),
            rate(each.prototypes, each.lines),
            each.not_analysed,
        )
        for each in whole
    ]
    head = (
        "release",
        "files",
        "lines",
        "built-in rules (per 1,000 lines)",
        "prototypes",
        "files late",
    )
    return tables.table(head, rows)
