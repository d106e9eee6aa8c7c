"""What one file heard of an execution: kept by itself, so that a change costs what it has an effect on."""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from shapeguard.finding import Position
from shapeguard.lint.heard import Told  # noqa: TC001 - decoded by its annotation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shapeguard.finding import Finding, Span
    from shapeguard.lint.execution import Task
    from shapeguard.lint.flow.program import Function
    from shapeguard.lint.heard import Said
    from shapeguard.lint.outline import Outline
    from shapeguard.lint.project import Project


@dataclass(frozen=True, slots=True)
class Anchor:
    """An outermost function in which something is said, and on which lines it stood then.

    Lines above it may come and go, while what is said in it holds.
    """

    path: bytes
    shown: str
    piece: str
    first: int
    last: int

    def holds(self, span: Span) -> bool:
        """Say whether a place lies in the function."""
        return span.filename == self.shown and self.first <= span.start.row <= self.last


@dataclass(frozen=True, slots=True)
class Part:
    """What a file heard of an execution, and how that ended; see :class:`execution.Ended`."""

    told: Told
    place: str
    given_up: str
    anchors: tuple[Anchor, ...] = ()

    def packed(self) -> bytes:
        """Return it as bytes, for the cache."""
        return zlib.compress(msgspec.msgpack.encode(self), 1)

    def placed(self, project: Project) -> Told | None:
        """Return what was heard, on the lines of today; None if a function of it cannot be found."""
        rows: dict[Anchor, int] = {}
        for anchor in self.anchors:
            outline = project.outline(Path(os.fsdecode(anchor.path)))
            found = None if outline is None else outline.lines_of(anchor.piece)
            if found is None:
                return None
            rows[anchor] = found[0] - anchor.first

        def moved(span: Span) -> Span:
            by = next((by for anchor, by in rows.items() if anchor.holds(span)), 0)
            start, end = span.start, span.end
            return replace(
                span,
                start=Position(start.row + by, start.column),
                end=Position(end.row + by, end.column),
            )

        if not any(rows.values()):
            return self.told
        said = (replace(each, finding=_moved(each.finding, moved)) for each in self.told.said)
        return replace(self.told, said=tuple(said))


def _moved(finding: Finding, moved: Callable[[Span], Span]) -> Finding:
    fix = finding.fix
    if fix is not None:
        edits = (replace(each, span=moved(each.span)) for each in fix.edits)
        fix = replace(fix, edits=tuple(edits))
    trace = tuple(replace(each, span=moved(each.span)) for each in finding.trace)
    return replace(finding, span=moved(finding.span), trace=trace, fix=fix)


def _spans(said: Said) -> Iterator[Span]:
    finding = said.finding
    yield finding.span
    yield from (each.span for each in finding.trace)
    if finding.fix is not None:
        yield from (each.span for each in finding.fix.edits)


def anchors_of(project: Project, told: Told) -> tuple[Anchor, ...]:
    """Return where what is said stands.

    What rests on a place that is in no function rests on its file as a whole, which is noted.
    """
    found: dict[Anchor, None] = {}
    for span in dict.fromkeys(span for each in told.said for span in _spans(each)):
        outline = project.shown_as(span.filename)
        anchor = None if outline is None else _anchor(outline, span)
        if anchor is not None:
            found[anchor] = None
        elif outline is not None:
            project.tracker.file(outline.source.path)
    return tuple(found)


def _anchor(outline: Outline, span: Span) -> Anchor | None:
    piece = outline.piece_at(span.start.row)
    lines = None if piece is None else outline.lines_of(piece)
    if piece is None or lines is None or span.end.row > lines[1] + 1:
        return None
    return Anchor(os.fsencode(outline.source.path), span.filename, piece, *lines)


_DECODER: Final = msgspec.msgpack.Decoder(Part)


def unpacked(data: bytes) -> Part:
    """Return what was packed; raises ``zlib.error`` and ``msgspec.MsgspecError``."""
    return _DECODER.decode(zlib.decompress(data))


def place_of(project: Project, function: Function) -> str:
    """Return what tells a function apart from all others, wherever it stands in its file."""
    return f"{function.module.filename}:{project.owner(function).ids[function]}"


def key_of(task: Task) -> str:
    """Return what tells a task apart from all others: the function, and the class of ``self``.

    A class is told by its first method.
    """
    function = place_of(task.project, task.function)
    if task.owner is None or task.owner is task.function.owner:
        return function
    method = next(iter(task.owner.methods.values()))
    return f"{function} of {place_of(task.project, method)}"
