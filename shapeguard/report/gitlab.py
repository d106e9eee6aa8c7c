"""``gitlab``: a Code Quality report, for GitLab's merge requests and pipelines.

It has a place for findings alone: what could not be checked stands in the log of the job.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from shapeguard.finding import Severity
from shapeguard.report.columns import extent
from shapeguard.report.sources import printable
from shapeguard.report.words import gist, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapeguard.finding import Finding, Position
    from shapeguard.report import View

_SEVERITY: Final = {
    Severity.ERROR: "critical",
    Severity.WARNING: "major",
    Severity.INFO: "info",
}


def render(findings: Sequence[Finding], view: View) -> str:
    """Return the findings as one JSON array, indented, ASCII only and without byte order mark."""
    seen: set[str] = set()
    return json.dumps([_issue(each, view, seen) for each in findings], indent=2) + "\n"


def _issue(finding: Finding, view: View, seen: set[str]) -> dict[str, Any]:
    span = extent(finding.span)
    path = view.sources.exact(span.filename)
    return {
        "type": "issue",
        "check_name": printable(finding.code),
        "description": _description(finding),
        "categories": ["Bug Risk"],
        "severity": _SEVERITY[finding.severity],
        "fingerprint": _fingerprint(finding, path, seen),
        "location": {
            "path": path,
            "positions": {"begin": _position(span.start), "end": _position(span.end)},
        },
    }


def _description(finding: Finding) -> str:
    """Return the message and the witness on one line: a list of GitLab shows no more."""
    witness = one_line(gist(finding.witness, finding.message)) if finding.witness else ""
    said = one_line(finding.message) or one_line(finding.name)
    return f"{said} ({witness})" if witness else said


def _fingerprint(finding: Finding, path: str, seen: set[str]) -> str:
    """Return a name that no other finding of the report has, without line numbers.

    GitLab shows findings of one fingerprint as one.
    """
    parts = (path, finding.code, finding.function, finding.message)
    name = finding.fingerprint or _digest("\0".join(parts))
    number = 1
    unique = name
    while unique in seen:
        number += 1
        unique = _digest(f"{name}\0{number}")
    seen.add(unique)
    return unique


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:32]


def _position(position: Position) -> dict[str, int]:
    return {"line": position.row, "column": position.column}
