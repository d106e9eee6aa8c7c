"""The summary of a sweep for a terminal: counts by method, then the distinct failures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shapeguard.outcome import Verdict
from shapeguard.report.sources import printable
from shapeguard.report.sweep.matrix import WORST_FIRST, details, failures, setting, table

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Mapping, Sequence

    from shapeguard.outcome import Outcome
    from shapeguard.report.sweep.matrix import Failure, Sweep

SHOWN: Final = 8
_HEADS: Final = {
    Verdict.CORRECT: "correct",
    Verdict.REFUSED: "refused",
    Verdict.WRONG: "wrong",
    Verdict.ERROR: "error",
    Verdict.ACCEPTED: "accepted",
    Verdict.UNJUDGED: "unjudged",
}
_BOLD: Final = "\x1b[1m{}\x1b[0m"


def summary(sweep: Sweep, *, colour: bool = False, verbose: bool = False) -> str:
    """Return the summary; ``verbose`` shows every failure and each of its cases."""
    lines = [*_table(sweep), "", *_failures(sweep, colour=colour, verbose=verbose)]
    return "\n".join(lines) + "\n"


def _table(sweep: Sweep) -> Iterator[str]:
    before = _counts(sweep.first)
    after = _counts(sweep.last) if sweep.compares else None
    names = [*before, "all"]
    width = max(len(printable(name)) for name in names)
    rows = [["method", *_HEADS.values()]]
    for name in names:
        cells = [_cell(name, verdict, before, after) for verdict in _HEADS]
        rows.append([printable(name), *cells])
    widths = [max(len(row[place]) for row in rows) for place in range(1, len(rows[0]))]
    for row in rows:
        cells = [cell.rjust(size) for cell, size in zip(row[1:], widths, strict=True)]
        yield "  ".join([row[0].ljust(max(width, len("method"))), *cells])


def _counts(outcomes: Sequence[Outcome]) -> dict[str, Counter[Verdict]]:
    return {
        name: columns["all"]
        for name, columns in table(outcomes, lambda each: each.method, lambda _: "all").items()
    }


def _cell(
    name: str,
    verdict: Verdict,
    before: Mapping[str, Counter[Verdict]],
    after: Mapping[str, Counter[Verdict]] | None,
) -> str:
    old = _number(name, verdict, before)
    if after is None:
        return f"{old:,}"
    new = _number(name, verdict, after)
    return f"{old:,}" if new == old else f"{old:,} -> {new:,}"


def _number(name: str, verdict: Verdict, counts: Mapping[str, Counter[Verdict]]) -> int:
    if name == "all":
        return sum(each[verdict] for each in counts.values())
    return counts[name][verdict] if name in counts else 0


def _failures(sweep: Sweep, *, colour: bool, verbose: bool) -> Iterator[str]:
    found = failures(sweep.last)
    where = " with the reference" if sweep.compares else ""
    if not found:
        yield f"Every case{where} is right or clearly refused."
        return
    yield f"{len(found)} distinct failures{where}:"
    for verdict in WORST_FIRST:
        alike = [each for each in found if each.example.verdict is verdict]
        for failure in alike if verbose else alike[:SHOWN]:
            yield ""
            yield from _failure(failure, colour=colour, verbose=verbose)
        if len(alike) > SHOWN and not verbose:
            yield f"\nand {len(alike) - SHOWN} more of {verdict!s}; -v shows all"


def _failure(failure: Failure, *, colour: bool, verbose: bool) -> Iterator[str]:
    title = f"{failure.title} ({failure.extent})"
    yield _BOLD.format(title) if colour else title
    yield from _case(failure.example)
    if verbose:
        for outcome in failure.outcomes:
            if outcome is not failure.example:
                yield f"  also {setting(outcome)}: {printable(outcome.text)}"


def _case(outcome: Outcome) -> Iterator[str]:
    yield f"  e.g. {setting(outcome)}: {printable(outcome.text)}"
    yield from (f"    {line}" for line in details(outcome))
