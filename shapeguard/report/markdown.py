"""``markdown``: a comment on a pull request. What was found by rule, then each finding, folded.

It never exceeds what GitHub takes in one comment; findings are left out whole, the least sure of the
least severe first, and counted.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from shapeguard.report.diffs import unified
from shapeguard.report.full import frame
from shapeguard.report.markdown_text import block, code, element, escaped, prose
from shapeguard.report.pages import page_without_rule
from shapeguard.report.styled import inert, to_text
from shapeguard.report.words import CONSEQUENCE, count, gist, table, urgency, web_address

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapeguard.finding import Finding, Fix, Step, Witness
    from shapeguard.report import View
    from shapeguard.report.sources import Sources
    from shapeguard.report.words import Cell

# Of UTF-8. GitHub refuses a comment of more than 65,536 characters, and a summary of a job of more than
# 1 MiB; the rest is for what is put around.
_LONGEST: Final = 60_000
_CONTEXT: Final = 2


def render(findings: Sequence[Finding], view: View) -> str:
    """Return the comment, whatever is in the findings shown as text."""
    head = "\n".join(_head(findings, view))
    if not findings:
        return head
    # What goes to the log of a job must not be a command there.
    sections = ["\n".join(map(inert, _finding(each, view))) for each in findings]
    kept = _fitting(findings, sections, _LONGEST - len(head.encode()))
    left_out = len(findings) - len(kept)
    tail = [_left_out(left_out)] if left_out else []
    return "\n".join([head, *(sections[i] for i in kept), *tail])


def _fitting(findings: Sequence[Finding], sections: Sequence[str], room: int) -> list[int]:
    """Return which sections fit, in their order, the most severe and surest being asked first."""
    kept: list[int] = []
    room -= len(_left_out(len(findings)).encode()) + 1
    for number in sorted(range(len(findings)), key=lambda i: urgency(findings[i])):
        size = len(sections[number].encode()) + 1
        if size <= room:
            kept.append(number)
            room -= size
    return sorted(kept)


def _left_out(number: int) -> str:
    verb = "is" if number == 1 else "are"
    return (
        f"**{count(number, 'finding')} {verb} not shown here**, to keep to the length of a comment; "
        "the formats `full` and `html` show all.\n"
    )


def _head(findings: Sequence[Finding], view: View) -> Iterator[str]:
    checked = "" if view.checked is None else f" in {count(view.checked, 'file')}"
    if findings:
        files = len({each.span.filename for each in findings})
        yield f"### shapeguard: {count(len(findings), 'finding')} in {count(files, 'file')}"
        yield ""
        if view.checked is not None:
            yield f"{count(view.checked, 'file')} checked."
            yield ""
        yield from _summary(findings)
    else:
        yield f"**shapeguard** found nothing{checked}. No finding is no proof that all sizes work."
        yield ""
    if view.problems:
        number = count(len(view.problems), "problem")
        yield f"**Not everything was checked**: {number}, named in the log of the run."
        yield ""


def _summary(findings: Sequence[Finding]) -> Iterator[str]:
    yield "| code | name | findings | severity |"
    yield "|---|---|---:|---|"
    numbers = Counter((each.code, each.name, each.severity) for each in findings)
    for (rule, name, severity), number in sorted(numbers.items()):
        yield f"| {escaped(rule)} | {escaped(name)} | {number} | {severity.value} |"
    yield ""


def _finding(finding: Finding, view: View) -> Iterator[str]:
    sources = view.sources
    yield "<details>"
    title = f"<b>{escaped(finding.code)}</b> {escaped(finding.name)}"
    yield f"<summary>{title} {element(sources.place(finding.span))}</summary>"
    yield ""
    yield f"**{finding.severity.value}**: {prose(finding.message)}"
    yield ""
    yield from _facts(finding)
    lines = frame(finding.span, sources, "", context=_CONTEXT, indent="")
    excerpt = to_text(lines, colour=False).splitlines()
    if excerpt:
        yield from (*block(excerpt, "python"), "")
    yield from _trace(finding.trace, sources)
    if finding.witness:
        yield from _witness(finding.witness, finding.message)
    if finding.fix:
        yield from _fix(finding.fix, sources)
    yield from _help(finding, view)
    yield "</details>"
    yield ""


def _facts(finding: Finding) -> Iterator[str]:
    """Yield where it is, what happens, and how sure that is, on one line."""
    where = [f"In {code(finding.function)}"] if finding.function else []
    consequence = CONSEQUENCE[finding.consequence]
    happens = [f"{finding.consequence.value}: {consequence}"] if consequence else []
    yield " · ".join([*where, *happens, f"confidence {finding.confidence.value}"])
    yield ""


def _trace(trace: Sequence[Step], sources: Sources) -> Iterator[str]:
    if trace:
        yield "**Trace**, from source to sink:"
        yield ""
        for number, step in enumerate(trace, 1):
            yield f"{number}. {code(sources.place(step.span))} {prose(step.message)}"
        yield ""


def _witness(witness: Witness, message: str) -> Iterator[str]:
    shown, rows = gist(witness, message), table(witness)
    if shown or rows:
        yield f"**Witness**: {prose(shown)}"
        yield ""
    width = max((len(cells) for _, cells in rows), default=0)
    if rows:
        yield f"| operand | {' | '.join(f'axis {axis}' for axis in range(width))} |"
        yield f"|---{'|---' * width}|"
        for name, cells in rows:
            filled = [*map(_cell, cells), *[""] * (width - len(cells))]
            yield f"| {code(name)} | {' | '.join(filled)} |"
        yield ""


def _cell(cell: Cell) -> str:
    """Return one axis; what is empty or does not fit is bold."""
    shown = escaped(str(cell))
    return f"**{shown}**" if cell.state in {"empty", "conflict"} else shown


def _fix(fix: Fix, sources: Sources) -> Iterator[str]:
    yield f"**Fix** ({fix.applicability.value}): {prose(fix.message)}"
    yield ""
    lines = list(unified(fix, sources))
    if lines:
        yield from (*block(lines, "diff"), "")


def _help(finding: Finding, view: View) -> Iterator[str]:
    """Yield where to read on, or what usually helps where no rule has the code."""
    address = web_address(finding.url)
    if address:
        yield f"**Help**: [{escaped(finding.code)}](<{address}>)"
    elif finding.code in view.pages:
        yield f"**Help**: {code(f'shapeguard rule {finding.code}')}"
    else:
        yield f"**Help**: {prose(page_without_rule(finding).text)}"
    yield ""
