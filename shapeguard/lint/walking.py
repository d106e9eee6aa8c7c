"""Walking ``ast`` trees: every function of every file that is read is walked, so it must be quick."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORDS = frozenset({"ctx", "op", "ops", "type_comment", "type_ignores", "kind"})
"""Fields that hold no code of their own."""

_fields_of: dict[type[ast.AST], tuple[str, ...]] = {}


def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    if kind not in _fields_of:
        _fields_of[kind] = tuple(name for name in kind._fields if name not in _WORDS)
    return _fields_of[kind]


def children(node: ast.AST) -> list[ast.AST]:
    """Return the nodes directly below a node, in the order of its fields; operators are none."""
    found: list[ast.AST] = []
    for name in _fields(type(node)):
        value: object = getattr(node, name, None)
        if isinstance(value, ast.AST):
            found.append(value)
        elif isinstance(value, list):
            members = cast("list[object]", value)
            found.extend(each for each in members if isinstance(each, ast.AST))
    return found


def walk(root: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and all below it, in no particular order."""
    pending = [root]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(children(node))
