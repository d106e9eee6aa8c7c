"""What a fix changes: as a unified diff of the files that it touches, or as one edit of a file."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from shapeguard.finding import Edit, Span
from shapeguard.report.sources import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from shapeguard.finding import Fix, Position
    from shapeguard.report.sources import Sources


def unified(fix: Fix, sources: Sources) -> Iterator[str]:
    """Yield the printable lines of the diff; none for a file that cannot be read."""
    import difflib  # noqa: PLC0415 - few findings have a fix, and every report loads this

    edits: dict[str, list[Edit]] = {}
    for edit in fix.edits:
        edits.setdefault(edit.span.filename, []).append(edit)
    for filename, own in edits.items():
        before = sources.lines(filename)
        after = _applied(before, own)
        name = sources.name(filename)
        lines = difflib.unified_diff(before, after, f"a/{name}", f"b/{name}", n=2, lineterm="")
        yield from map(printable, lines) if before else ()


def replacement(edits: Sequence[Edit], sources: Sources) -> Edit | None:
    """Return one edit that does what ``edits`` of one file do together.

    None where there are none, or several of a file that cannot be read.
    """
    if len(edits) <= 1:
        return edits[0] if edits else None
    ordered = sorted(edits, key=lambda each: each.span)
    text = _Text(sources.lines(ordered[0].span.filename))
    if not text.whole:
        return None
    pieces = [ordered[0].content]
    for last, edit in pairwise(ordered):
        pieces += [text.between(last.span.end, edit.span.start), edit.content]
    first, end = ordered[0].span, max(each.span.end for each in ordered)
    return Edit(Span(first.filename, first.start, end), "".join(pieces))


def _applied(lines: tuple[str, ...], edits: Iterable[Edit]) -> list[str]:
    """Return the lines after the edits, the last of which is made first: so places stay."""
    text = _Text(lines)
    changed = text.whole
    for edit in sorted(edits, key=lambda each: each.span, reverse=True):
        start, end = text.offset(edit.span.start), text.offset(edit.span.end)
        changed = changed[:start] + edit.content + changed[end:]
    return changed.removesuffix("\n").split("\n")


class _Text:
    """The text of a file, in which positions are offsets."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        self.whole = "".join(f"{line}\n" for line in lines)
        self._starts = [0]
        for line in lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def offset(self, position: Position) -> int:
        row = min(max(position.row, 1), len(self._starts))
        return self._starts[row - 1] + position.column - 1

    def between(self, start: Position, end: Position) -> str:
        return self.whole[self.offset(start) : self.offset(end)]
