"""What a fix changes, as a unified diff of the files that it touches."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from shapeguard.report.sources import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapeguard.finding import Edit, Fix, Position
    from shapeguard.report.sources import Sources


def unified(fix: Fix, sources: Sources) -> Iterator[str]:
    """Yield the printable lines of the diff; none for a file that cannot be read."""
    edits: dict[str, list[Edit]] = {}
    for edit in fix.edits:
        edits.setdefault(edit.span.filename, []).append(edit)
    for filename, own in edits.items():
        before = sources.lines(filename)
        after = _applied(before, own)
        name = sources.name(filename)
        lines = difflib.unified_diff(before, after, f"a/{name}", f"b/{name}", n=2, lineterm="")
        yield from map(printable, lines) if before else ()


def _applied(lines: tuple[str, ...], edits: Iterable[Edit]) -> list[str]:
    """Return the lines after the edits, the last of which is made first: so places stay."""
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    text = "".join(f"{line}\n" for line in lines)

    def offset(position: Position) -> int:
        row = min(max(position.row, 1), len(starts))
        return starts[row - 1] + position.column - 1

    for edit in sorted(edits, key=lambda each: each.span, reverse=True):
        text = text[: offset(edit.span.start)] + edit.content + text[offset(edit.span.end) :]
    return text.removesuffix("\n").split("\n")
