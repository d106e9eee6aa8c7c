"""Columns, from code points to the units that other programs count in.

A column of a finding is 1-based and counts code points of its line, without a byte order mark and
without the end of the line. What lies past the end of the line counts as one unit each; so does
everything, where the line is not known. Lone surrogates have the width that their encoding has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.finding import Position, Span

if TYPE_CHECKING:
    from shapeguard.report.sources import Sources


def utf8(line: str, column: int) -> int:
    """Return the 1-based column in bytes of UTF-8."""
    return _units(line, column, "utf-8", 1) + 1


def utf16(line: str, column: int) -> int:
    """Return the 1-based column in code units of UTF-16, as browsers and the JVM count."""
    return utf16_offset(line, column) + 1


def utf16_offset(line: str, column: int) -> int:
    """Return the 0-based offset in code units of UTF-16, as the language server protocol counts."""
    return _units(line, column, "utf-16-le", 2)


def _units(line: str, column: int, encoding: str, size: int) -> int:
    """Return the number of units of ``size`` bytes before a column."""
    before = max(column, 1) - 1
    known = line[:before]
    return len(known.encode(encoding, "surrogatepass")) // size + before - len(known)


def line_at(position: Position, filename: str, sources: Sources) -> str:
    """Return the line of a position, empty where it is not known."""
    lines = sources.lines(filename)
    return lines[position.row - 1] if 0 < position.row <= len(lines) else ""


def extent(span: Span) -> Span:
    """Return the span with rows and columns of at least 1 and an end that is not before its start.

    A span without a real end, of a running program, becomes empty.
    """
    start = Position(max(1, span.start.row), max(1, span.start.column))
    end = Position(max(1, span.end.row), max(1, span.end.column))
    return Span(span.filename, start, max(start, end))
