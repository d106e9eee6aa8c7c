"""``rdjson``: the diagnostic format of reviewdog, which comments on what a change touches.

It has a place for findings alone: what could not be checked stands in the log of the run. Columns
count bytes of UTF-8; ends are exclusive.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from shapeguard.finding import Severity
from shapeguard.report import columns
from shapeguard.report.diffs import replacement
from shapeguard.report.sources import encodable, printable
from shapeguard.report.tool import address
from shapeguard.report.words import gist, paragraphs, web_address

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapeguard.finding import Finding, Fix, Position, Span
    from shapeguard.report import View
    from shapeguard.report.sources import Sources

_SEVERITY: Final = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.INFO: "INFO"}


def render(findings: Sequence[Finding], view: View) -> str:
    """Return one diagnostic result, indented, ASCII only."""
    url = address()
    result = {
        "source": {"name": "shapeguard", **({"url": url} if url else {})},
        "severity": _SEVERITY[_worst(findings)],
        "diagnostics": [_diagnostic(each, view.sources) for each in findings],
    }
    return json.dumps(result, indent=2) + "\n"


def _worst(findings: Sequence[Finding]) -> Severity:
    severities = {finding.severity for finding in findings}
    return next((each for each in Severity if each in severities), Severity.INFO)


def _diagnostic(finding: Finding, sources: Sources) -> dict[str, Any]:
    url = web_address(finding.url)
    diagnostic = {
        "message": _message(finding, sources),
        "location": {
            "path": sources.exact(finding.span.filename),
            "range": _range(finding.span, sources),
        },
        "severity": _SEVERITY[finding.severity],
        "code": {"value": printable(finding.code), **({"url": url} if url else {})},
    }
    suggestion = _suggestion(finding.fix, finding.span.filename, sources) if finding.fix else None
    return {**diagnostic, "suggestions": [suggestion]} if suggestion else diagnostic


def _message(finding: Finding, sources: Sources) -> str:
    lines = [paragraphs(finding.message).strip() or printable(finding.name)]
    witness = gist(finding.witness, finding.message) if finding.witness else ""
    if witness.strip():
        lines.append(f"Witness: {paragraphs(witness)}")
    if finding.trace and finding.trace[0].span.start != finding.span.start:
        lines.append(f"The trace begins at {sources.place(finding.trace[0].span)}.")
    if finding.fix:
        lines.append(f"Fix ({finding.fix.applicability.value}): {paragraphs(finding.fix.message)}")
    return "\n".join(lines)


def _suggestion(fix: Fix, filename: str, sources: Sources) -> dict[str, Any] | None:
    """Return the whole fix as one suggestion, since a reader accepts each by itself.

    A fix of other files, too, is none: half of it would not help.
    """
    if any(edit.span.filename != filename for edit in fix.edits):
        return None
    replaced = replacement(fix.edits, sources)
    if replaced is None or encodable(replaced.content) != replaced.content:
        return None
    return {"range": _range(replaced.span, sources), "text": replaced.content}


def _range(span: Span, sources: Sources) -> dict[str, Any]:
    real = columns.extent(span)
    return {
        "start": _position(real.start, span.filename, sources),
        "end": _position(real.end, span.filename, sources),
    }


def _position(position: Position, filename: str, sources: Sources) -> dict[str, int]:
    line = columns.line_at(position, filename, sources)
    return {"line": position.row, "column": columns.utf8(line, position.column)}
