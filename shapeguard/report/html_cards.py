"""What one card of the HTML page shows, as plain values: a finding, or cases of a sweep that fail alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from shapeguard.finding import Consequence
from shapeguard.report.diffs import unified
from shapeguard.report.html_code import diff_lines, excerpt
from shapeguard.report.html_picture import picture
from shapeguard.report.sources import printable
from shapeguard.report.words import CONSEQUENCE, paragraphs, web_address, whole_trace

if TYPE_CHECKING:
    from shapeguard.finding import Finding, Fix
    from shapeguard.report.html_code import CodeLine
    from shapeguard.report.html_picture import Picture
    from shapeguard.report.sources import Sources

_CONTEXT: Final = 3
_CONTEXT_BETWEEN: Final = 2
"""Lines around a step, fewer where it is neither the first nor the last."""


@dataclass(frozen=True, slots=True)
class StepView:
    """One numbered station of a trace. ``role`` is ``source``, ``sink`` or empty."""

    anchor: str
    number: int
    role: str
    message: str
    place: str
    lines: tuple[CodeLine, ...]


@dataclass(frozen=True, slots=True)
class FixView:
    """What repairs a finding: in words, and as a diff of (kind, line)."""

    message: str
    applicability: str
    diff: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """A word about a card; ``look`` is what it is coloured by."""

    text: str
    look: str


@dataclass(frozen=True, slots=True)
class Card:
    """One finding, ready to show. ``values`` is what it can be filtered by, kind and value.

    ``rules`` are codes, the first its own. ``entry`` is what the list at the side says of it. A card of a sweep has no steps: ``facts`` say what came of
    its cases, ``call`` is the composition, ``test`` a regression test of the smallest case, and
    ``cases`` the numbers of its cases in the data of the page.
    """

    anchor: str
    code: str
    name: str
    message: str
    severity: str
    chips: tuple[Chip, ...]
    outcome: str
    place: str
    function: str
    group: str
    entry: tuple[str, str]
    rules: tuple[str, ...]
    values: tuple[tuple[str, str], ...]
    steps: tuple[StepView, ...] = ()
    picture: Picture | None = None
    fix: FixView | None = None
    url: str | None = None
    fingerprint: str = ""
    facts: tuple[str, ...] = ()
    call: str = ""
    test: tuple[CodeLine, ...] = ()
    cases: tuple[int, ...] = ()
    cell: str = ""


def card(anchor: str, finding: Finding, sources: Sources) -> Card:
    """Return the card of a finding."""
    no_consequence = finding.consequence is Consequence.NONE
    consequence = "no consequence" if no_consequence else finding.consequence.value
    severity, confidence = finding.severity.value, finding.confidence.value
    file = sources.name(finding.span.filename)
    code = printable(finding.code)
    return Card(
        anchor=anchor,
        code=code,
        name=printable(finding.name),
        message=paragraphs(finding.message),
        severity=severity,
        chips=(
            Chip(severity, severity),
            Chip(consequence, consequence.replace(" ", "-")),
            Chip(f"{confidence} confidence", f"{confidence}-confidence"),
        ),
        outcome=CONSEQUENCE[finding.consequence],
        place=sources.place(finding.span),
        function=printable(finding.function),
        group=file,
        entry=(
            f":{finding.span.start.row}",
            printable(finding.function.rpartition(".")[2]),
        ),
        rules=(finding.code,),
        values=(
            ("rule", code),
            ("file", file),
            ("severity", severity),
            ("confidence", confidence),
            ("consequence", consequence),
        ),
        steps=_steps(anchor, finding, sources),
        picture=picture(finding.witness, finding.message) if finding.witness else None,
        fix=_fix(finding.fix, sources) if finding.fix else None,
        url=web_address(finding.url),
        fingerprint=printable(finding.fingerprint),
    )


def _fix(fix: Fix, sources: Sources) -> FixView:
    return FixView(
        paragraphs(fix.message), fix.applicability.value, diff_lines(unified(fix, sources))
    )


def _steps(anchor: str, finding: Finding, sources: Sources) -> tuple[StepView, ...]:
    trace = whole_trace(finding)
    said = finding.message if len(trace) == 1 else None
    return tuple(
        StepView(
            anchor=f"{anchor}-{number}",
            number=number,
            role="sink" if number == len(trace) else "source" if number == 1 else "",
            message=paragraphs(step.message) if said != step.message else "",
            place=sources.place(step.span),
            lines=excerpt(
                step.span,
                sources,
                context=_CONTEXT if number in {1, len(trace)} else _CONTEXT_BETWEEN,
            ),
        )
        for number, step in enumerate(trace, 1)
    )
