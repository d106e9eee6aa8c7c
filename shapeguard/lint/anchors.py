"""Where a finding stands, by functions: lines above one may come and go while what is said in it holds."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from shapeguard.finding import Position

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from shapeguard.finding import Finding, Span
    from shapeguard.lint.outline import Outline
    from shapeguard.lint.pieces import Lines
    from shapeguard.lint.project import Project

LinesOf = Callable[[Path, str], "Lines | None"]
"""Tells of an outermost function in a file on which lines it stands today."""


class Anchor(Struct, frozen=True):
    """An outermost function in which something is said, and on which lines it stood then."""

    path: bytes
    shown: str
    piece: str
    first: int
    last: int

    def holds(self, span: Span) -> bool:
        """Say whether a place lies in the function."""
        return span.filename == self.shown and self.first <= span.start.row <= self.last


def anchors_of(project: Project, findings: Iterable[Finding]) -> tuple[Anchor, ...]:
    """Return where findings stand.

    What rests on a place that is in no function rests on its file as a whole, which is noted.
    """
    found: dict[Anchor, None] = {}
    for span in dict.fromkeys(span for each in findings for span in _spans(each)):
        outline = project.shown_as(span.filename)
        anchor = None if outline is None else _anchor(outline, span)
        if anchor is not None:
            found[anchor] = None
        elif outline is not None:
            project.tracker.file(outline.source.path)
        else:
            found[Anchor(b"", span.filename, "", 0, 0)] = None  # nobody can tell where it stands
    return tuple(found)


def placed(
    findings: Sequence[Finding], anchors: Iterable[Anchor], lines_of: LinesOf
) -> Sequence[Finding] | None:
    """Return findings on the lines of today; None if a function of them cannot be found."""
    rows: dict[Anchor, int] = {}
    for anchor in anchors:
        found = lines_of(Path(os.fsdecode(anchor.path)), anchor.piece)
        if found is None:
            return None
        rows[anchor] = found[0] - anchor.first
    if not any(rows.values()):
        return findings

    def moved(span: Span) -> Span:
        by = next((by for anchor, by in rows.items() if anchor.holds(span)), 0)
        start, end = span.start, span.end
        return replace(
            span,
            start=Position(start.row + by, start.column),
            end=Position(end.row + by, end.column),
        )

    return [_moved(each, moved) for each in findings]


def _spans(finding: Finding) -> Iterator[Span]:
    yield finding.span
    yield from (each.span for each in finding.trace)
    if finding.fix is not None:
        yield from (each.span for each in finding.fix.edits)


def _moved(finding: Finding, moved: Callable[[Span], Span]) -> Finding:
    fix = finding.fix
    if fix is not None:
        edits = (replace(each, span=moved(each.span)) for each in fix.edits)
        fix = replace(fix, edits=tuple(edits))
    trace = tuple(replace(each, span=moved(each.span)) for each in finding.trace)
    return replace(finding, span=moved(finding.span), trace=trace, fix=fix)


def _anchor(outline: Outline, span: Span) -> Anchor | None:
    piece = outline.places.piece_at(span.start.row)
    lines = None if piece is None else outline.places.lines_of(piece)
    if piece is None or lines is None or span.end.row > lines[1] + 1:
        return None
    return Anchor(os.fsencode(outline.source.path), span.filename, piece, *lines)
