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

The rules measured are those that are asked by default; rules in preview are not. A finding counts if
its rule speaks about the hazard of the case and it stands within two lines of a bug, or on the lines of
a near-miss. *Found* is found at the default confidence, medium; `+1 low` is what `--min-confidence low`
adds.
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
Every file of some packages, findings of medium confidence and more. Each was read in its source: it is
*right* if a maintainer would guard or mend the place. The verdicts, with their reasons, are in
`tests/accuracy/manifests/verdicts.toml`.
"""


@dataclass(frozen=True)
class Whole:
    """Findings in all files of one release."""

    name: str
    files: int
    lines: int
    findings: int
    right: int
    wrong: int
    not_analysed: int


@dataclass(frozen=True)
class Ours:
    """What stands beside the lines to beat: the built-in rules on the same files."""

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
        *_silence(whole),
        "## Known misses\n",
        *tables.wrong(each for each in held if each.answer is not Answer.SURE),
        "## Disturbed near-misses\n",
        *tables.wrong(each for each in near if each.answer not in {Answer.SILENT, Answer.OTHER}),
    ]
    return "\n".join(parts)


_AIMS = {Visibility.FUNCTION: (60, 75), Visibility.PACKAGE: (40, 55)}
"""Per cent of the bugs, by where their evidence stands, that are to be found; with low confidence too."""
_DISTURBED = 4
"""Per cent of the near-misses of which something may be said."""
_FREQUENCY = 0.5
"""Findings in 1,000 lines of a package that are not to be exceeded."""
_RIGHT = 80
"""Per cent of these findings that are to be right."""


def _aims(scored: Sequence[Scored]) -> Iterator[str]:
    """Yield how the figures stand to the aims."""
    known = [each for each in scored if each.answer is not Answer.UNKNOWN]
    for visible, (aim, with_low) in _AIMS.items():
        bugs = [
            each for each in known if isinstance(each.case, Bug) and each.case.visible is visible
        ]
        found = sum(each.answer is Answer.SURE for each in bugs)
        yield _at_least(f"Found of the bugs that show in the {visible}", found, len(bugs), aim)
        found += sum(each.answer is Answer.UNSURE for each in bugs)
        yield _at_least("  - with low confidence shown too", found, len(bugs), with_low)
    near = [each for each in known if isinstance(each.case, NearMiss)]
    hit = sum(each.answer is Answer.SURE for each in near)
    share = 100 * hit / max(len(near), 1)
    yield (
        f"- Near-misses disturbed: {share:.0f} % ({hit} of {len(near)}); the aim of at most "
        f"{_DISTURBED} % is {_verdict(met=share <= _DISTURBED)}."
    )
    yield ""


def _at_least(what: str, count: int, total: int, aim: int) -> str:
    share = 100 * count / max(total, 1)
    item = what if what.startswith(" ") else f"- {what}"
    verdict = _verdict(met=share >= aim)
    return f"{item}: {share:.0f} % ({count} of {total}); the aim of {aim} % is {verdict}."


def _verdict(*, met: bool) -> str:
    return "met" if met else "**missed**"


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
        (
            "built-in rules, about the hazard of the case",
            hit(held, Answer.SURE),
            hit(near, Answer.SURE),
            "",
        )
    ]
    rows.append(("built-in rules, any", hit(held, *any_class), hit(near, *any_class), ours.matches))
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
            rate(each.findings, each.lines),
            each.right,
            each.wrong,
            each.not_analysed,
        )
        for each in whole
    ]
    head = (
        "release",
        "files",
        "lines",
        "findings (per 1,000 lines)",
        "right",
        "wrong",
        "files late",
    )
    return tables.table(head, rows)


def _silence(whole: Sequence[Whole]) -> Iterator[str]:
    """Yield how often and how rightly something is said in all packages together."""
    findings, lines = sum(each.findings for each in whole), sum(each.lines for each in whole)
    right, wrong = sum(each.right for each in whole), sum(each.wrong for each in whole)
    often = 1000 * findings / max(lines, 1)
    yield (
        f"- {often:.2f} findings in 1,000 lines of all together ({findings} in {lines:,}); the aim of at most "
        f"{_FREQUENCY} is {_verdict(met=often <= _FREQUENCY)}."
    )
    yield _at_least("Right of those that were read", right, right + wrong, _RIGHT)
    yield f"- Not read yet: {findings - right - wrong}.\n"
