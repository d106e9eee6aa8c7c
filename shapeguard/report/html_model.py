"""The HTML page as plain values: the templates hold no logic about findings."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from shapeguard.finding import Suppressor
from shapeguard.report.html_cards import card
from shapeguard.report.html_overview import rule_help, tables
from shapeguard.report.sources import printable
from shapeguard.report.words import count, paragraphs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapeguard.finding import Finding, Suppressed
    from shapeguard.report import View
    from shapeguard.report.html_cards import Card
    from shapeguard.report.html_overview import RuleHelp, Table
    from shapeguard.report.sources import Sources

_BY: Final = {
    Suppressor.COMMENT: "a comment in the source",
    Suppressor.BASELINE: "the baseline",
}


@dataclass(frozen=True, slots=True)
class Quiet:
    """A finding that is not reported, in a line."""

    code: str
    name: str
    place: str
    message: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Page:
    """What both pages have: that of findings and that of a sweep.

    ``noun`` is what its cards are called, ``clean`` is said where there are none. ``groups`` are
    cards under the heading of a file, or of a verdict.
    """

    title: str
    heading: str
    subtitle: str
    noun: str
    clean: str
    tables: tuple[Table, ...]
    groups: tuple[tuple[str, tuple[Card, ...]], ...]
    rules: Mapping[str, RuleHelp]
    problems: tuple[str, ...] = ()
    quiet: tuple[Quiet, ...] = ()
    quiet_title: str = ""

    @property
    def number(self) -> int:
        """The number of cards."""
        return sum(len(cards) for _, cards in self.groups)


def page(findings: Sequence[Finding], view: View) -> Page:
    """Return the report of ``findings``, grouped by file, in the order given."""
    cards = [card(f"f{i}", finding, view.sources) for i, finding in enumerate(findings, 1)]
    files = grouped(cards)
    where = f" in {count(len(files), 'file')}" if cards else ""
    heading = f"{count(len(cards), 'finding')}{where}" if cards else "No findings"
    checked = [] if view.checked is None else [f"{count(view.checked, 'file')} checked"]
    hidden = [f"{len(view.suppressed):,} suppressed"] if view.suppressed else []
    return Page(
        title=heading,
        heading=heading,
        subtitle=" · ".join([*checked, *hidden]),
        noun="finding",
        clean="Nothing to report. No finding is no proof that all sizes work.",
        tables=tables(cards) if cards else (),
        groups=files,
        rules=rule_help(findings, view.pages),
        problems=tuple(map(paragraphs, view.problems)),
        quiet=tuple(_quiet(each, view.sources) for each in view.suppressed),
        quiet_title=_quiet_title(view.suppressed),
    )


def grouped(cards: Sequence[Card]) -> tuple[tuple[str, tuple[Card, ...]], ...]:
    """Return the cards by their group, in the order in which groups first come."""
    found: dict[str, list[Card]] = {}
    for each in cards:
        found.setdefault(each.group, []).append(each)
    return tuple((name, tuple(group)) for name, group in found.items())


def _quiet(each: Suppressed, sources: Sources) -> Quiet:
    finding = each.finding
    return Quiet(
        code=printable(finding.code),
        name=printable(finding.name),
        place=sources.place(finding.span),
        message=paragraphs(finding.message),
        by=_BY[each.by],
        reason=paragraphs(each.reason),
    )


def _quiet_title(suppressed: Sequence[Suppressed]) -> str:
    """Return how many findings are suppressed, and how many by what."""
    numbers = Counter(each.by for each in suppressed)
    by = ", ".join(f"{numbers[each]:,} by {_BY[each]}" for each in Suppressor if numbers[each])
    return f"{count(len(suppressed), 'suppressed finding')}: {by}" if suppressed else ""
