"""``concise``: one line a finding, for editors, hooks and grep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.report import links
from shapeguard.report.styled import to_text
from shapeguard.report.words import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapeguard.finding import Finding
    from shapeguard.report import View
    from shapeguard.report.styled import Line


def render(findings: Sequence[Finding], view: View) -> str:
    """Return ``path:row:column: CODE message [confidence]`` for each finding."""
    return to_text(
        (_line(finding, view) for finding in findings), colour=view.colour, links=view.links
    )


def _line(finding: Finding, view: View) -> Line:
    return (
        links.place(finding.span, view),
        (": ", ""),
        links.code(finding, view),
        (f" {one_line(finding.message)} [{finding.confidence.value}]", ""),
    )
