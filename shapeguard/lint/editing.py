"""Edits put into the bytes of a file: what they do not touch stays as it is, byte for byte."""

from __future__ import annotations

import io
import re
import tokenize
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from shapeguard.lint.source import UnreadableError, decode, lines_of, parse_outline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from shapeguard.finding import Edit, Finding, Position

_NEWLINE = re.compile(r"\r\n|\r|\n")
_UNNAMED = Path()


def apart(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings whose fixes touch no text that an earlier one changes."""
    taken: dict[str, list[tuple[Position, Position]]] = {}
    for each in findings:
        edits = each.fix.edits if each.fix is not None else ()
        if not any(_touches(edit, taken.get(edit.span.filename, ())) for edit in edits):
            for edit in edits:
                taken.setdefault(edit.span.filename, []).append((edit.span.start, edit.span.end))
            yield each


def _touches(edit: Edit, taken: Iterable[tuple[Position, Position]]) -> bool:
    """Say whether an edit overlaps another, or puts something in at the same place."""
    start, end = edit.span.start, edit.span.end
    return any((start, end) == (a, b) or (start < b and a < end) for a, b in taken)


def applied_to(data: bytes, edits: Iterable[Edit]) -> bytes | None:
    """Return the bytes of a file after edits that do not overlap.

    Encoding, byte order mark and line endings are kept; what an edit adds ends its lines as the line
    does in which it begins. None if the result is no Python, or cannot be encoded as the file is.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
        if text.encode(encoding) != data:
            return (
                None  # an encoding with two ways to say the same would change what was not edited
            )
        changed = _edited(text, edits)
        after = changed.encode(encoding)
        source = decode(after, _UNNAMED, "")
        if source.text != changed:
            return None  # the edit is in the line that declares the encoding
        parse_outline(source)
    except (SyntaxError, LookupError, UnreadableError, ValueError):
        return None
    return after


def _edited(text: str, edits: Iterable[Edit]) -> str:
    lines = lines_of(text)
    starts = [0, *accumulate(len(line) for line in lines)]

    def offset(place: Position) -> int:
        return starts[place.row - 1] + place.column - 1

    for edit in sorted(edits, key=lambda each: each.span, reverse=True):
        start, end = offset(edit.span.start), offset(edit.span.end)
        content = _NEWLINE.sub(_ending(lines, edit.span.start.row), edit.content)
        text = text[:start] + content + text[end:]
    return text


def _ending(lines: Sequence[str], row: int) -> str:
    """Return how a line ends; one without an end is the last, and takes that of the first."""
    for line in (*lines[row - 1 : row], *lines[:1]):
        ending = line[len(line.rstrip("\r\n")) :]
        if ending:
            return ending
    return "\n"
