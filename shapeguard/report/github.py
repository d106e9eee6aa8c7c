"""``github``: workflow commands, from which GitHub Actions makes annotations.

GitHub takes ten annotations of each level from a step. So what was not checked comes first, then the
most severe and surest findings; the others are lines of the log only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shapeguard.finding import Severity
from shapeguard.report.columns import extent
from shapeguard.report.sources import printable
from shapeguard.report.words import count, gist, one_line, paragraphs, urgency

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapeguard.finding import Finding
    from shapeguard.report import View

_LEVEL: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_IN_MESSAGE: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY: Final = {**_IN_MESSAGE, ord(":"): "%3A", ord(","): "%2C"}


def render(findings: Sequence[Finding], view: View) -> str:
    """Return one command a line."""
    ordered = sorted(findings, key=urgency)
    return "".join((*_problems(view), *(_annotation(each, view) for each in ordered)))


def _problems(view: View) -> list[str]:
    """Return one annotation for all that could not be checked: more would leave no room."""
    if not view.problems:
        return []
    lines = [f"{count(len(view.problems), 'problem')}:", *map(printable, view.problems)]
    return [_command("error", {"title": "shapeguard did not check everything"}, "\n".join(lines))]


def _annotation(finding: Finding, view: View) -> str:
    span = extent(finding.span)
    properties = {
        "title": one_line(f"{finding.code} {finding.name}"),
        "file": view.sources.name(span.filename),
        "line": str(span.start.row),
        "endLine": str(span.end.row),
    }
    if span.start.row == span.end.row:  # of more lines, GitHub takes no columns
        properties |= {"col": str(span.start.column), "endColumn": str(span.end.column)}
    return _command(_LEVEL[finding.severity], properties, _message(finding, view))


def _message(finding: Finding, view: View) -> str:
    """Return the message, which is all that the log shows: with the place, and the witness."""
    lines = [f"{view.sources.place(finding.span)}: {paragraphs(finding.message)}"]
    witness = gist(finding.witness, finding.message) if finding.witness else ""
    if witness.strip():
        lines.append(f"Witness: {paragraphs(witness)}")
    lines.append(f"Confidence: {finding.confidence.value}")
    return "\n".join(lines)


def _command(level: str, properties: dict[str, str], message: str) -> str:
    given = ",".join(f"{key}={value.translate(_IN_PROPERTY)}" for key, value in properties.items())
    return f"::{level} {given}::{message.translate(_IN_MESSAGE)}\n"
