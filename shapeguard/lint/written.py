"""Expressions as they are written, read from the text of their file when they are asked for."""

from __future__ import annotations

import ast
import functools
from typing import TYPE_CHECKING

from shapeguard.lint.source import tree_of

if TYPE_CHECKING:
    from shapeguard.lint.source import SourceFile


class Written:
    """What writes out an expression when it is called, so that no tree is kept; None is an ellipsis."""

    __slots__ = ("_end", "_first", "_last", "_source", "_start")

    def __init__(self, source: SourceFile, node: ast.expr | None) -> None:
        self._source = source
        self._first, self._start, self._last, self._end = 0, 0, 0, 0
        if node is not None:
            self._first, self._start = node.lineno, node.col_offset
            self._last, self._end = node.end_lineno or 0, node.end_col_offset or 0

    def __call__(self) -> str:
        """Return the expression as ``ast`` writes it."""
        return _written_out(self._source, self._first, self._start, self._last, self._end)


@functools.lru_cache(maxsize=1024)
def _written_out(source: SourceFile, first: int, start: int, last: int, end: int) -> str:
    """Write out an expression; what is no constant, or newer than this Python, is an ellipsis."""
    if not last:
        return "..."
    lines = [line.encode("utf-8", "surrogatepass") for line in source.lines[first - 1 : last]]
    lines[-1] = lines[-1][:end]
    lines[0] = lines[0][start:]
    tree = tree_of(f"({b''.join(lines).decode('utf-8', 'surrogatepass')}\n)")
    match None if tree is None else tree.body:
        case [ast.Expr(value=value)]:
            return ast.unparse(value)
        case _:
            return "..."
