"""Walking libcst trees, without visitors: what a pass over a function costs is paid often."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, cast

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SHOWN = 80
_LAYOUT = ("whitespace", "lpar", "rpar", "leading_lines", "lines_after", "header", "footer")


@functools.cache
def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """Return the fields of a node that can hold code, and not only how it is laid out."""
    names = getattr(kind, "__dataclass_fields__", {})
    return tuple(name for name in names if not name.startswith(_LAYOUT))


def children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield the nodes directly below a node, in the order of the source."""
    for name in _fields(type(node)):
        value = getattr(node, name)
        if isinstance(value, cst.CSTNode):
            yield value
        elif isinstance(value, list | tuple):
            members = cast("Sequence[object]", value)
            yield from (each for each in members if isinstance(each, cst.CSTNode))


@functools.cache
def parse_annotation(text: str) -> cst.BaseExpression | None:
    """Parse an annotation given as text, or return None if it is none."""
    try:
        return cst.parse_expression(text)
    except cst.ParserSyntaxError:
        return None


def source(node: cst.CSTNode) -> str:
    """Return the text of a node, for messages: short, on one line."""
    text = " ".join(cst.Module([]).code_for_node(node).split())
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."
