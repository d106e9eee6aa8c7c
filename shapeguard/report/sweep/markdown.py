"""``markdown``: a matrix of method and kind of composition for each family, then the failures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shapeguard.outcome import Verdict
from shapeguard.report.markdown_text import code, escaped
from shapeguard.report.sweep.matrix import details, failures, good, setting, table, tally

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Sequence

    from shapeguard.outcome import Outcome
    from shapeguard.report.sweep.matrix import Failure, Sweep

LETTERS: Final = {
    Verdict.WRONG: "W",
    Verdict.ERROR: "E",
    Verdict.ACCEPTED: "A",
    Verdict.UNJUDGED: "U",
}


def render(sweep: Sweep) -> str:
    """Return the document."""
    return "\n".join(_lines(sweep)) + "\n"


def _lines(sweep: Sweep) -> Iterator[str]:
    versions = ", ".join(f"{name} {version}" for name, version in sweep.versions.items())
    yield from ["# Sweep of compositions", "", f"{escaped(versions)}.", ""]
    yield from _verdicts(sweep)
    yield from ["", "## Matrix", ""]
    yield (
        "Cases that are right or clearly refused, of all; then how many are W: wrong, E: an obscure "
        "error, A: bad input accepted, U: not to be judged. One number: all of them are good."
    )
    for family in dict.fromkeys(each.family for each in sweep.outcomes):
        yield from ["", f"### {escaped(family)}", ""]
        yield from _matrix(sweep, family)
    yield from ["", "## Distinct failures", ""]
    found = failures(sweep.last)
    if not found:
        yield "None."
    for failure in found:
        yield from _failure(failure)


def _verdicts(sweep: Sweep) -> Iterator[str]:
    columns = {"cases": tally(sweep.first)}
    if sweep.compares:
        columns["with the reference"] = tally(sweep.last)
    yield f"| verdict | {' | '.join(columns)} |"
    yield f"|---|{'---:|' * len(columns)}"
    for verdict in Verdict:
        yield f"| {verdict} | {' | '.join(f'{each[verdict]:,}' for each in columns.values())} |"


def _matrix(sweep: Sweep, family: str) -> Iterator[str]:
    before = _of_family(sweep.first, family)
    after = _of_family(sweep.last, family) if sweep.compares else None
    groups = list(dict.fromkeys(group for row in before.values() for group in row))
    yield f"| method | {' | '.join(groups)} |"
    yield f"|---|{'---|' * len(groups)}"
    for method, row in before.items():
        cells: list[str] = []
        for group in groups:
            text = _cell(row.get(group))
            new = _cell(after.get(method, {}).get(group)) if after is not None else text
            cells.append(text if new == text else f"{text} → {new}")
        yield f"| {escaped(method)} | {' | '.join(cells)} |"


def _of_family(outcomes: Sequence[Outcome], family: str) -> dict[str, dict[str, Counter[Verdict]]]:
    chosen = [each for each in outcomes if each.family == family]
    return table(chosen, lambda each: each.method, lambda each: each.group)


def _cell(counts: Counter[Verdict] | None) -> str:
    if counts is None:
        return ""
    right, number = good(counts), counts.total()
    if right == number:
        return str(number)
    bad = [f"{letter}{counts[v]}" for v, letter in LETTERS.items() if counts[v]]
    return f"{right}/{number} {' '.join(bad)}"


def _failure(failure: Failure) -> Iterator[str]:
    example = failure.example
    yield f"- **{escaped(failure.title)}** ({failure.extent})"
    yield f"  - e.g. {escaped(setting(example))}: {code(example.text)}"
    yield from (f"  - {escaped(line)}" for line in details(example))
