"""``concise``: one line a finding, for editors, hooks and grep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.report.sources import printable
from shapeguard.report.styled import to_text
from shapeguard.report.words import SEVERITY_STYLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapeguard.finding import Finding
    from shapeguard.report import View
    from shapeguard.report.styled import Line


def render(findings: Sequence[Finding], view: View) -> str:
    """Return ``path:row:column: CODE message [confidence]`` for each finding."""
    return to_text((_line(finding, view) for finding in findings), colour=view.colour)


def _line(finding: Finding, view: View) -> Line:
    message = printable(" ".join(finding.message.split()))
    return (
        (view.sources.place(finding.span), "bold"),
        (": ", ""),
        (finding.code, SEVERITY_STYLE[finding.severity]),
        (f" {message} [{finding.confidence.value}]", ""),
    )
