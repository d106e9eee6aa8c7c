"""Source text for the HTML report: highlighted by pygments, the span of a step marked; diffs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final

from pygments.lexers import get_lexer_by_name  # pyright: ignore[reportUnknownVariableType] - partly typed
from pygments.token import Comment, Keyword, Name, Number, Operator, String

from shapeguard.report.sources import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pygments.token import _TokenType  # pyright: ignore[reportPrivateUsage] - the type has no public name

    from shapeguard.finding import Span
    from shapeguard.report.sources import Sources

_LONGEST: Final = 12
_DIFF: Final = {"+": "add", "-": "del", "@": "hunk"}
_CLASSES: Final = {
    Comment: "co",
    String: "st",
    Number: "nu",
    Keyword: "ke",
    Operator.Word: "ke",
    Name.Function: "fu",
    Name.Class: "fu",
    Name.Decorator: "de",
    Name.Builtin: "bu",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """Text of one colour on one line; ``marked`` where it belongs to the step's span."""

    text: str
    css: str
    marked: bool


@dataclass(frozen=True, slots=True)
class CodeLine:
    """One numbered line of an excerpt; ``current`` where the step's span lies on it."""

    number: int
    current: bool
    pieces: tuple[Piece, ...]


def excerpt(span: Span, sources: Sources, *, context: int) -> tuple[CodeLine, ...]:
    """Return the lines of ``span`` with ``context`` lines around; none if there is no such file.

    A span of many lines is cut after its first dozen.
    """
    lines = sources.lines(span.filename)
    if not 0 < span.start.row <= len(lines):
        return ()
    last = min(span.end.row, span.start.row + _LONGEST)
    shown = range(max(1, span.start.row - context), min(len(lines), last + context) + 1)
    tokens = _tokens(lines)
    return tuple(
        CodeLine(
            number=row,
            current=span.start.row <= row <= span.end.row,
            pieces=tuple(_pieces(tokens[row - 1], *_marked_columns(span, row, lines[row - 1]))),
        )
        for row in shown
    )


def listing(text: str) -> tuple[CodeLine, ...]:
    """Return Python source text line by line, with no line current."""
    tokens = _tokens(tuple(text.splitlines())) if text else ()
    return tuple(
        CodeLine(number, current=False, pieces=tuple(_pieces(line, 0, 0)))
        for number, line in enumerate(tokens, 1)
    )


def diff_lines(lines: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return each line of a unified diff with its kind: ``add``, ``del``, ``hunk``, ``file`` or empty."""
    return tuple(
        ("file" if line[:4] in {"--- ", "+++ "} else _DIFF.get(line[:1], ""), line)
        for line in lines
    )


@lru_cache(maxsize=64)
def _tokens(lines: tuple[str, ...]) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Return (class, text) pairs line by line; joined, the texts of a line are the line."""
    result: list[list[tuple[str, str]]] = [[]]
    # The unprocessed tokens: get_tokens() strips blank lines and so shifts the numbers.
    for _, kind, value in get_lexer_by_name("python").get_tokens_unprocessed("\n".join(lines)):
        first, *rest = value.split("\n")
        result[-1].append((_css(kind), first))
        result.extend([(_css(kind), text)] for text in rest)
    return tuple(tuple(line) for line in result)


def _css(kind: _TokenType) -> str:
    """Return the class of the nearest ancestor of ``kind`` that has one."""
    ancestor: _TokenType | None = kind
    while ancestor is not None and ancestor not in _CLASSES:
        ancestor = ancestor.parent
    return _CLASSES[ancestor] if ancestor is not None else ""


def _marked_columns(span: Span, row: int, line: str) -> tuple[int, int]:
    """Return the 0-based columns between which ``span`` covers ``line``."""
    indent = len(line) - len(line.lstrip())
    start = span.start.column - 1 if row == span.start.row else indent
    end = span.end.column - 1 if row == span.end.row else len(line.rstrip())
    return (start, end) if span.start.row <= row <= span.end.row else (0, 0)


def _pieces(tokens: tuple[tuple[str, str], ...], start: int, end: int) -> Iterator[Piece]:
    """Yield the pieces of a line; neighbours of one look are one piece."""
    cut = ((css, mark, text) for css, text, mark in _cut(tokens, start, end) if text)
    for (css, marked), run in groupby(cut, lambda each: each[:2]):
        yield Piece(printable("".join(text for _, _, text in run)), css, marked)


def _cut(
    tokens: tuple[tuple[str, str], ...], start: int, end: int
) -> Iterator[tuple[str, str, bool]]:
    column = 0
    for css, text in tokens:
        cuts = sorted({0, len(text), *(c - column for c in (start, end))})
        for left, right in pairwise(cuts):
            if left >= 0 and right <= len(text):
                yield css, text[left:right], start <= column + left and column + right <= end
        column += len(text)
