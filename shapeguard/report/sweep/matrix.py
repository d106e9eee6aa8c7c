"""What the formats of a sweep share: counts, tables of counts, and failures that look alike."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from shapeguard.outcome import GOOD, Verdict
from shapeguard.report.sources import printable
from shapeguard.report.words import count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from shapeguard.outcome import Outcome

REFERENCE: Final = "reference"
WORST_FIRST: Final = (
    Verdict.WRONG,
    Verdict.ACCEPTED,
    Verdict.ERROR,
    Verdict.UNJUDGED,
    Verdict.REFUSED,
    Verdict.CORRECT,
)


@dataclass(frozen=True, slots=True)
class Sweep:
    """All outcomes of a sweep, in order, and the versions of what was installed."""

    outcomes: tuple[Outcome, ...]
    versions: Mapping[str, str]

    @property
    def compares(self) -> bool:
        """Whether cases were run with the reference, too."""
        return any(each.code == REFERENCE for each in self.outcomes)

    @property
    def last(self) -> tuple[Outcome, ...]:
        """The outcomes that count: with the reference, where cases were run with it."""
        compares = self.compares
        return tuple(each for each in self.outcomes if (each.code == REFERENCE) == compares)

    @property
    def first(self) -> tuple[Outcome, ...]:
        """The outcomes of the installed library alone."""
        return tuple(each for each in self.outcomes if each.code != REFERENCE)


@dataclass(frozen=True, slots=True)
class Failure:
    """Cases that fail alike: their outcomes, an example first."""

    outcomes: tuple[Outcome, ...]

    @property
    def example(self) -> Outcome:
        """The case to look at: one whose smallest case is known, else the first."""
        shrunk = [each for each in self.outcomes if each.smallest]
        return (shrunk or list(self.outcomes))[0]

    @property
    def title(self) -> str:
        """The verdict, and what the cases have in common."""
        verdict, subject, detail = self.example.cause
        return printable(": ".join(part for part in (verdict, subject, detail) if part))

    @property
    def extent(self) -> str:
        """How many cases there are, in how many methods and families."""
        methods = {each.method for each in self.outcomes}
        families = {each.family for each in self.outcomes}
        parts = (
            count(len(self.outcomes), "case"),
            count(len(methods), "method"),
            f"{len(families)} {'family' if len(families) == 1 else 'families'}",
        )
        return ", ".join(parts)


def tally(outcomes: Iterable[Outcome]) -> Counter[Verdict]:
    """Count outcomes by verdict."""
    return Counter(each.verdict for each in outcomes)


def table(
    outcomes: Iterable[Outcome], row: Callable[[Outcome], str], column: Callable[[Outcome], str]
) -> dict[str, dict[str, Counter[Verdict]]]:
    """Count outcomes by row, column and verdict, in the order in which they come."""
    found: dict[str, dict[str, Counter[Verdict]]] = {}
    for each in outcomes:
        found.setdefault(row(each), {}).setdefault(column(each), Counter())[each.verdict] += 1
    return found


def good(counts: Counter[Verdict]) -> int:
    """Count the cases that are right or clearly refused."""
    return sum(counts[verdict] for verdict in GOOD)


def failures(outcomes: Sequence[Outcome]) -> list[Failure]:
    """Group the cases that are neither right nor clearly refused; the worst and largest first."""
    groups: dict[tuple[str, str, str], list[Outcome]] = {}
    for each in outcomes:
        if each.verdict not in GOOD:
            groups.setdefault(each.cause, []).append(each)
    found = [Failure(tuple(group)) for group in groups.values()]
    return sorted(
        found,
        key=lambda each: (WORST_FIRST.index(each.example.verdict), -len(each.outcomes)),
    )


def setting(outcome: Outcome) -> str:
    """Name the model and the setting of a case."""
    parts = (outcome.method, outcome.family, outcome.attention, f"padding {outcome.padding}")
    return printable(", ".join(parts))


def details(outcome: Outcome) -> list[str]:
    """Say what came of a case, in lines that can be shown."""
    lines: list[str] = []
    if outcome.verdict is Verdict.WRONG:
        amount = "lost, or of another shape" if outcome.difference is None else "differ"
        by = "" if outcome.difference is None else f" by up to {outcome.difference:.3g}"
        rows = ", ".join(map(str, outcome.wrong_rows))
        what = f"rows {rows} {amount}{by}" if rows else f"wrong{by}"
        lines.append(f"{what}; compared with {outcome.relation}")
    if outcome.error:
        place = f" at {outcome.place}" if outcome.place else ""
        lines.append(f"{outcome.error}{place}")
    if outcome.smallest:
        lines.append(f"smallest case: {outcome.smallest}")
    return [printable(line) for text in lines for line in text.splitlines()]
