"""``grouped``: the findings of each file below its name, for people who go through files."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from shapeguard.report import links
from shapeguard.report.styled import to_text
from shapeguard.report.words import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapeguard.finding import Finding
    from shapeguard.report import View
    from shapeguard.report.styled import Line


def render(findings: Sequence[Finding], view: View) -> str:
    """Return each file with one line a finding, ``row:column CODE message [confidence]``.

    A blank line ends each file.
    """
    files = groupby(findings, key=lambda finding: view.sources.absolute(finding.span.filename))
    lines = (line for _, group in files for line in _file(list(group), view))
    return to_text(lines, colour=view.colour, links=view.links)


def _file(findings: Sequence[Finding], view: View) -> Iterator[Line]:
    yield (links.file(findings[0].span.filename, view), (":", ""))
    starts = [each.span.start for each in findings]
    places = [f"{start.row}:{start.column}" for start in starts]
    wide = max(map(len, places))
    for finding, place in zip(findings, places, strict=True):
        yield (
            (f"  {place:<{wide}}  ", "dim"),
            links.code(finding, view),
            (f" {one_line(finding.message)} [{finding.confidence.value}]", ""),
        )
    yield ()
