"""What the HTML template shows, as plain values: the template holds no logic about findings."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from shapeguard.finding import Consequence
from shapeguard.report.html_code import excerpt
from shapeguard.report.sources import printable
from shapeguard.report.words import CONSEQUENCE, count, paragraphs, table, whole_trace

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shapeguard.finding import Finding, Witness
    from shapeguard.report import View
    from shapeguard.report.html_code import CodeLine
    from shapeguard.report.sources import Sources
    from shapeguard.report.words import Cell

_CONTEXT: Final = 3


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
class WitnessView:
    """The sizes, and one row of cells an operand."""

    sizes: tuple[tuple[str, tuple[int, ...]], ...]
    operands: tuple[tuple[str, tuple[Cell, ...]], ...]
    text: str


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding, ready to show."""

    anchor: str
    code: str
    name: str
    message: str
    severity: str
    confidence: str
    consequence: str
    consequence_text: str
    filename: str
    place: str
    function: str
    steps: tuple[StepView, ...]
    witness: WitnessView | None
    fix: str
    url: str | None
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Facet:
    """One value that findings can be filtered by, with its number of findings."""

    kind: str
    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Page:
    """The whole report."""

    title: str
    subtitle: str
    facets: tuple[Facet, ...]
    files: tuple[tuple[str, tuple[FindingView, ...]], ...]


def page(findings: Sequence[Finding], view: View) -> Page:
    """Return the report of ``findings``, grouped by file, in the order given."""
    shown = [_finding(f"f{i}", finding, view.sources) for i, finding in enumerate(findings, 1)]
    files: dict[str, list[FindingView]] = {}
    for finding in shown:
        files.setdefault(finding.filename, []).append(finding)
    checked = "" if view.checked is None else f"{count(view.checked, 'file')} checked"
    where = f" in {count(len(files), 'file')}" if shown else ""
    return Page(
        title=f"{count(len(shown), 'finding')}{where}" if shown else "No findings",
        subtitle=checked,
        facets=tuple(_facets(shown)),
        files=tuple((name, tuple(group)) for name, group in files.items()),
    )


def _facets(findings: Sequence[FindingView]) -> Iterable[Facet]:
    for kind in ("severity", "consequence", "confidence"):
        values = Counter(str(getattr(finding, kind)) for finding in findings)
        for value, number in values.most_common():
            label = f"{value} confidence" if kind == "confidence" else value
            yield Facet(kind, value, label, number)
    codes = Counter((finding.code, finding.name) for finding in findings)
    for (code, name), number in sorted(codes.items()):
        yield Facet("code", code, f"{code} {name}", number)


def _finding(anchor: str, finding: Finding, sources: Sources) -> FindingView:
    no_consequence = finding.consequence is Consequence.NONE
    fix = finding.fix
    return FindingView(
        anchor=anchor,
        code=finding.code,
        name=finding.name,
        message=paragraphs(finding.message),
        severity=finding.severity.value,
        confidence=finding.confidence.value,
        consequence="no consequence" if no_consequence else finding.consequence.value,
        consequence_text=CONSEQUENCE[finding.consequence],
        filename=sources.name(finding.span.filename),
        place=sources.place(finding.span),
        function=printable(finding.function),
        steps=_steps(anchor, finding, sources),
        witness=_witness(finding.witness) if finding.witness else None,
        fix=f"{paragraphs(fix.message)} ({fix.applicability.value})" if fix else "",
        url=finding.url,
        fingerprint=finding.fingerprint,
    )


def _steps(anchor: str, finding: Finding, sources: Sources) -> tuple[StepView, ...]:
    trace = whole_trace(finding)
    return tuple(
        StepView(
            anchor=f"{anchor}-{number}",
            number=number,
            role="sink" if number == len(trace) else "source" if number == 1 else "",
            message=paragraphs(step.message),
            place=sources.place(step.span),
            lines=excerpt(step.span, sources, context=_CONTEXT),
        )
        for number, step in enumerate(trace, 1)
    )


def _witness(witness: Witness) -> WitnessView:
    return WitnessView(
        sizes=tuple((printable(name), extents) for name, extents in witness.sizes),
        operands=tuple((name, tuple(cells)) for name, cells in table(witness)),
        text=paragraphs(witness.text),
    )
