"""The page of a sweep: counts to filter by, and each distinct failure as a card like a finding."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from shapeguard.contracts.hazards import HAZARDS
from shapeguard.outcome import Verdict
from shapeguard.report.html_cards import Card, Chip
from shapeguard.report.html_code import listing
from shapeguard.report.html_model import Page, grouped
from shapeguard.report.html_overview import helps, table
from shapeguard.report.html_picture import Picture, rows_of_shares
from shapeguard.report.pages import hazard_pages
from shapeguard.report.sources import printable
from shapeguard.report.sweep.matrix import WORST_FIRST, details, failures, setting, tally
from shapeguard.report.words import CONSEQUENCE, count, paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.contracts.hazards import Hazard
    from shapeguard.outcome import Outcome
    from shapeguard.report.html_overview import RuleHelp, Table
    from shapeguard.report.html_picture import Group
    from shapeguard.report.sweep.matrix import Failure, Sweep

_HAZARDS: Final = {hazard.code: hazard for hazard in HAZARDS}
_SIZES: Final = re.compile(r"\b(batch_sizes|splits)=\[(-?\d{1,9}(?:, -?\d{1,9})*)\]")
_RUN_WITH: Final = {"plain": "the library alone", "reference": "the reference"}
_SETTINGS: Final = (
    ("method", "Methods"),
    ("family", "Families"),
    ("group", "Compositions"),
    ("attention", "Attention"),
    ("padding", "Padding"),
)
_SMALL: Final = {"attention", "padding"}


def page(sweep: Sweep) -> Page:
    """Return what the page shows besides its heat map."""
    numbers = {each.key: i for i, each in enumerate(sweep.outcomes)}
    found = [*failures(sweep.last), *(failures(sweep.first) if sweep.compares else ())]
    cards = [_card(f"f{i}", failure, numbers, sweep) for i, failure in enumerate(found, 1)]
    versions = ", ".join(f"{name} {version}" for name, version in sweep.versions.items())
    cases = count(len(sweep.last), "case")
    return Page(
        title=f"sweep of {cases}",
        heading=f"Sweep of {cases}{', with the reference' if sweep.compares else ''}",
        subtitle=printable(versions),
        noun="failure",
        clean="Every case is right or clearly refused.",
        tables=tuple(_tables(sweep)),
        groups=grouped(cards),
        rules=_rules(cards),
    )


def _tables(sweep: Sweep) -> Iterator[Table]:
    last, first = tally(sweep.last), tally(sweep.first)
    verdicts = table(
        "verdict",
        "Verdicts",
        [(verdict.value, last[verdict]) for verdict in reversed(WORST_FIRST)],
        notes={v.value: f"before: {first[v]:,}" for v in Verdict} if sweep.compares else {},
    )
    yield replace(verdicts, coloured=True, small=True)
    for kind, title in _SETTINGS:
        counts = Counter(printable(str(getattr(each, kind))) for each in sweep.last)
        if len(counts) > 1:
            yield replace(table(kind, title, counts.items()), small=kind in _SMALL)
    if sweep.compares:
        codes = Counter(each.code for each in sweep.outcomes)
        yield replace(table("code", "Run with", codes.items(), labels=_RUN_WITH), small=True)


def _rules(cards: list[Card]) -> dict[str, RuleHelp]:
    spoken = {code for card in cards for code in card.rules}
    return helps(each for each in hazard_pages() if each.code in spoken)


def _card(anchor: str, failure: Failure, numbers: dict[tuple[str, ...], int], sweep: Sweep) -> Card:
    example = failure.example
    hazard = next((_HAZARDS[code] for code in example.rules if code in _HAZARDS), None)
    verdict = example.verdict.value
    code = f", {_RUN_WITH[example.code]}" if sweep.compares else ""
    return Card(
        anchor=anchor,
        code=hazard.code if hazard else "",
        name=hazard.name if hazard else verdict,
        message=failure.title,
        severity=verdict,
        chips=(Chip(verdict, verdict.replace(" ", "-")), Chip(f"{failure.extent}{code}", "extent")),
        outcome=_outcome(hazard),
        place=printable(example.place),
        function="",
        group=f"{verdict}{code}",
        entry=(f"{len(failure.outcomes):,}", printable(example.method)),
        rules=example.rules,
        values=(),
        picture=_picture(example),
        facts=(setting(example), *details(example)),
        call=printable(example.text),
        test=listing(paragraphs(example.test)),
        cases=tuple(numbers[each.key] for each in failure.outcomes),
        cell=f"{printable(example.method)} {printable(example.composition)}",
    )


def _outcome(hazard: Hazard | None) -> str:
    return CONSEQUENCE[hazard.consequence] if hazard else ""


def _picture(example: Outcome) -> Picture | None:
    """Return the shares of the composition; the rows that are wrong below those of the outermost."""
    found = [
        (name, tuple(map(int, extents.split(", "))))
        for name, extents in _SIZES.findall(example.text)
    ]
    whole = example.text.startswith("BatchSplit(") and example.verdict is Verdict.WRONG
    groups: list[Group] = [
        rows_of_shares(name, extents, example.wrong_rows if whole and i == 0 else ())
        for i, (name, extents) in enumerate(reversed(found))
    ]
    return Picture(tuple(groups), (), (), "") if groups else None
