"""Syntax that is newer than the running Python: hidden, so that an outline can be made all the same.

libcst reads the syntax of later Pythons, ``ast`` only that of its own. What is new is replaced by
blanks in the text that ``ast`` gets; every line and column stays where it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from shapeguard.lint.flow.syntax.trees import children, code_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from libcst.metadata import CodeRange


_NEWER = (cst.TypeParameters, cst.TypeAlias, cst.FormattedString, cst.TemplatedString)


def hidden(text: str, lines: list[str]) -> str | None:
    """Return a text in which what a newer Python has brought is blank; None if libcst fails, too.

    These are the parameters of types (``def f[T](x)``), the word ``type`` of a statement, several
    exceptions without parentheses, and f-strings, which may hold any string by now. ``lines`` are
    those of the text.
    """
    try:
        wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    except (cst.ParserSyntaxError, RecursionError):
        return None
    try:
        where = wrapper.resolve(PositionProvider)
    except RecursionError:
        return text
    changed = [*lines]
    for node in _newer(wrapper.module):
        _hide(changed, node, where[node])
    return "".join(changed)


def _newer(module: cst.Module) -> Iterator[cst.CSTNode]:
    pending: list[cst.CSTNode] = [module]
    while pending:
        node = pending.pop()
        match node:
            case cst.ExceptHandler(type=cst.Tuple(lpar=()) as bare):
                yield bare
            case _:
                pass
        if isinstance(node, _NEWER):
            yield node
        else:
            pending.extend(children(node))


def _hide(lines: list[str], node: cst.CSTNode, place: CodeRange) -> None:
    match node:
        case cst.TypeParameters():
            instead = ""
        case cst.TypeAlias(name=name, value=value):
            written = f"{name.value} = {code_of(value)}"
            instead = "pass" if "\n" in written or "\r" in written else written
        case cst.Tuple():
            instead = "()"
        case _:
            instead = '""'
    first = (place.start.line - 1, place.start.column)
    _blank(lines, first, (place.end.line - 1, place.end.column), instead)


def _blank(lines: list[str], first: tuple[int, int], last: tuple[int, int], instead: str) -> None:
    """Write ``instead`` over a part of the text, and blanks over its rest.

    A line that ended in it is continued, for what stands behind it belongs to the same statement.
    """
    for row in range(first[0], last[0] + 1):
        line = lines[row].rstrip("\r\n")
        ending = lines[row][len(line) :]
        start = first[1] if row == first[0] else 0
        stop = last[1] if row == last[0] else len(line)
        written = instead if row == first[0] else ""
        rest = "" if row == last[0] else "\\"
        blank = " " * max(stop - start - len(written) - len(rest), 0)
        lines[row] = f"{line[:start]}{written}{blank}{rest}{line[stop:]}{ending}"
