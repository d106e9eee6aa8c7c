"""The counts on top of the HTML page, by which its script filters, and the help of rules below."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shapeguard.report.html_prose import markdown
from shapeguard.report.pages import page_without_rule
from shapeguard.report.sources import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from markupsafe import Markup

    from shapeguard.finding import Finding
    from shapeguard.report.html_cards import Card
    from shapeguard.report.pages import RulePage


@dataclass(frozen=True, slots=True)
class Facet:
    """One value that cards can be filtered by. ``share`` is its part of the largest, in percent."""

    value: str
    label: str
    note: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Table:
    """The values of one kind, with their counts.

    ``coloured`` if each value has a look of its own, ``small`` if there are never more than a few.
    """

    kind: str
    title: str
    facets: tuple[Facet, ...]
    coloured: bool = False
    small: bool = False


@dataclass(frozen=True, slots=True)
class RuleHelp:
    """What a rule says of itself; ``label`` is its code."""

    anchor: str
    label: str
    name: str
    summary: str
    facts: str
    text: Markup


def tables(cards: Sequence[Card]) -> tuple[Table, ...]:
    """Return the tables of findings: rule, file, severity, confidence, consequence."""
    names = {each.code: each.name for each in cards}
    values = {kind: Counter(_values(cards, kind)) for kind in ("rule", "file")}
    return (
        _small(cards, "severity", ("error", "warning", "info"), coloured=True),
        _small(cards, "confidence", ("high", "medium", "low"), coloured=False),
        _small(cards, "consequence", ("crash", "nan", "silent", "no consequence"), coloured=True),
        table("rule", "Rules", _most_first(values["rule"]), notes=names),
        table("file", "Files", _most_first(values["file"])),
    )


def table(
    kind: str,
    title: str,
    counts: Iterable[tuple[str, int]],
    *,
    notes: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
) -> Table:
    """Return a table of ``counts``, in their order."""
    rows = list(counts)
    most = max((number for _, number in rows), default=0) or 1
    return Table(
        kind,
        title,
        tuple(
            Facet(
                value,
                (labels or {}).get(value, value),
                (notes or {}).get(value, ""),
                number,
                round(100 * number / most, 1),
            )
            for value, number in rows
        ),
    )


def _values(cards: Iterable[Card], kind: str) -> list[str]:
    return [value for each in cards for name, value in each.values if name == kind]


def _small(cards: Sequence[Card], kind: str, order: Sequence[str], *, coloured: bool) -> Table:
    counts = Counter(_values(cards, kind))
    rows = [(value, counts[value]) for value in order if counts[value]]
    return replace(table(kind, kind.capitalize(), rows), coloured=coloured, small=True)


def _most_first(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))


def rule_help(findings: Iterable[Finding], pages: Mapping[str, RulePage]) -> dict[str, RuleHelp]:
    """Return the help of each rule that has spoken, once, by its code."""
    found: dict[str, RulePage] = {}
    for finding in findings:
        if finding.code not in found:
            found[finding.code] = pages.get(finding.code) or page_without_rule(finding)
    return helps(found[code] for code in sorted(found))


def helps(pages: Iterable[RulePage]) -> dict[str, RuleHelp]:
    """Return the help of rules, by code, in the order given."""
    return {page.code: _help(f"r{i}", page) for i, page in enumerate(pages, 1)}


def _help(anchor: str, page: RulePage) -> RuleHelp:
    since = f" · since {page.since}" if page.since else ""
    return RuleHelp(
        anchor=anchor,
        label=printable(page.code),
        name=printable(page.name),
        summary=printable(page.summary),
        facts=printable(f"{page.severity.value}{since}{' · preview' if page.preview else ''}"),
        text=markdown(page.text),
    )
