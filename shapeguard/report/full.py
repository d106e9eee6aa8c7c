"""``full``: each finding with its source, its trace and its witness, for people in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shapeguard.report import links
from shapeguard.report.diffs import unified
from shapeguard.report.sources import printable, width
from shapeguard.report.styled import to_text
from shapeguard.report.words import CONSEQUENCE, SEVERITY_STYLE, sizes, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapeguard.finding import Finding, Fix, Span, Step, Witness
    from shapeguard.report import View
    from shapeguard.report.sources import Sources
    from shapeguard.report.styled import Line, Segment
    from shapeguard.report.words import Cell

_CONTEXT: Final = 2
_LONGEST: Final = 160
_BEFORE: Final = 40
_DIM: Final = "dim"
_WRONG: Final = "bold red"
_HEADING: Final = "bold cyan"
_BLANK: Final[Line] = ()
# By how a line of a diff begins; the names of files begin as what is added and removed does.
_DIFF: Final = {"---": "bold", "+++": "bold", "@@": "cyan", "-": "red", "+": "green"}


def render(findings: Sequence[Finding], view: View) -> str:
    """Return all findings, a blank line after each."""
    lines = (line for finding in findings for line in (*explained(finding, view), _BLANK))
    return to_text(lines, colour=view.colour, links=view.links)


def explained(finding: Finding, view: View) -> Iterator[Line]:
    """Yield all that there is to say of one finding."""
    first, *rest = finding.message.splitlines() or [""]
    yield (
        links.code(finding, view, f"{finding.severity.value}[{printable(finding.code)}]"),
        (f" {printable(finding.name)}: ", "bold"),
        (printable(first), ""),
    )
    yield from (((f"  {printable(line)}", ""),) for line in rest)
    where = f" in {printable(finding.function)}" if finding.function else ""
    yield ((" --> ", _HEADING), links.place(finding.span, view), (where, ""))
    style = SEVERITY_STYLE[finding.severity]
    yield from frame(finding.span, view.sources, style, context=_CONTEXT, indent="  ")
    for number, step in enumerate(finding.trace, 1):
        yield from _step(number, step, len(finding.trace), view)
    if finding.witness:
        yield from _witness(finding.witness)
    yield from _facts(finding)
    if finding.fix:
        yield from _fix(finding.fix, view.sources)
    yield from _help(finding, view)


def _step(number: int, step: Step, last: int, view: View) -> Iterator[Line]:
    if number == 1:
        yield (("  trace, from source to sink:", _HEADING),)
    yield (
        (f"  {number:>{len(str(last))}}. ", _HEADING),
        links.place(step.span, view),
        (f"  {printable(step.message)}", ""),
    )
    yield from frame(step.span, view.sources, "cyan", context=0, indent="     ")


def frame(span: Span, sources: Sources, style: str, *, context: int, indent: str) -> Iterator[Line]:
    """Yield the source around the first line of ``span``, which is underlined.

    ``context`` is the number of lines before and after; of a line that is very long stands what is
    near the span. Nothing, if the file cannot be read.
    """
    lines = sources.lines(span.filename)
    row = span.start.row
    if not 0 < row <= len(lines):
        return
    shown = range(max(1, row - context), min(len(lines), row + context) + 1)
    gutter = len(str(shown[-1]))
    for number in shown:
        line = lines[number - 1]
        start, end = _columns(span, line) if number == row else (0, 0)
        before, marked, after = map(printable, _excerpt(line, start, end))
        yield ((f"{indent}{number:>{gutter}} | ", _DIM), (before + marked + after, ""))
        if number == row:
            marks = "^" * max(width(marked), 1)
            blanks = " " * width(before)
            yield ((f"{indent}{'':{gutter}} | ", _DIM), (blanks, ""), (marks, style))


def _columns(span: Span, line: str) -> tuple[int, int]:
    """Return where the part of ``span`` on its first line starts and ends, counted from 0."""
    start = max(0, span.start.column - 1)
    end = span.end.column - 1 if span.end.row == span.start.row else len(line.rstrip())
    return start, max(start, end)


def _excerpt(line: str, start: int, end: int) -> tuple[str, str, str]:
    """Return what of a line stands before, in and after its columns ``start`` to ``end``.

    At most ``_LONGEST`` characters stay, from a little before ``start``; ``…`` is for the rest.
    """
    first = max(0, min(start - _BEFORE, len(line) - _LONGEST))
    last = first + _LONGEST
    left, right = "…" if first else "", "…" if last < len(line) else ""
    return (
        left + line[first:start],
        line[start : min(end, last)],
        line[max(start, end) : last] + right,
    )


def _witness(witness: Witness) -> Iterator[Line]:
    yield (("  witness: ", _HEADING), (sizes(witness), "bold"))
    yield from _operands(witness)
    for line in witness.text.splitlines():
        yield ((f"    {printable(line)}", ""),)


def _operands(witness: Witness) -> Iterator[Line]:
    """Yield one row an operand, the axes in columns."""
    rows = [(name, [_cell(cell) for cell in cells]) for name, cells in table(witness)]
    name_width = max((width(name) for name, _ in rows), default=0)
    columns = max((len(cells) for _, cells in rows), default=0)
    widths = [
        max((width(row[i][0]) for _, row in rows if i < len(row)), default=0)
        for i in range(columns)
    ]
    for name, row in rows:
        padded = [_pad(cell, widths[i] + 2) for i, cell in enumerate(row)]
        yield (_pad((f"    {name}", ""), name_width + 6), ("[ ", _DIM), *padded, ("]", _DIM))


def _cell(cell: Cell) -> Segment:
    return (str(cell), _WRONG if cell.state in {"empty", "conflict"} else "")


def _pad(segment: Segment, cells_wide: int) -> Segment:
    text, style = segment
    return (text + " " * (cells_wide - width(text)), style)


def _facts(finding: Finding) -> Iterator[Line]:
    consequence = CONSEQUENCE[finding.consequence]
    if consequence:
        yield (("  consequence: ", _HEADING), (f"{finding.consequence.value}: {consequence}", ""))
    yield (("  confidence: ", _HEADING), (finding.confidence.value, ""))


def _fix(fix: Fix, sources: Sources) -> Iterator[Line]:
    """Yield what the fix does, and all of its lines as a diff."""
    said = f"{printable(fix.message)} ({fix.applicability.value} fix)"
    yield (("  fix: ", _HEADING), (said, ""))
    for line in unified(fix, sources):
        style = next((style for begin, style in _DIFF.items() if line.startswith(begin)), "")
        yield (("    ", ""), (line, style))


def _help(finding: Finding, view: View) -> Iterator[Line]:
    line: Line = (("  help: ", _HEADING), (f"shapeguard rule {printable(finding.code)}", ""))
    if finding.url:
        line = (*line, (" or ", ""), links.address(finding, view))
    yield line
