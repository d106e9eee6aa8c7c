"""Walking ``ast`` trees: every function of every file that is read is walked, so it must be quick."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

N = TypeVar("N", bound=ast.AST)

_WORDS = frozenset(
    {"ctx", "op", "ops", "type_comment", "type_ignores", "kind", "id", "attr", "arg", "level"}
    | {"module", "asname", "conversion", "simple", "is_async", "rest"}
)
"""Fields that hold no code of their own, in whatever kind of node they are."""
_LEAVES = frozenset[type[ast.AST]]({ast.Name, ast.Constant, ast.alias, ast.Pass})

_fields_of: dict[type[ast.AST], tuple[str, ...]] = dict.fromkeys(_LEAVES, ())


def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    if kind not in _fields_of:
        _fields_of[kind] = tuple(name for name in kind._fields if name not in _WORDS)
    return _fields_of[kind]


def children(node: ast.AST) -> list[ast.AST]:
    """Return the nodes directly below a node, in the order of its fields; operators are none."""
    found: list[ast.AST] = []
    for name in _fields(type(node)):
        value: object = getattr(node, name, None)
        if isinstance(value, list):
            members = cast("list[object]", value)
            found.extend(each for each in members if isinstance(each, ast.AST))
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def walk(root: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and all below it, in no particular order."""
    pending = [root]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(children(node))


class Nodes:
    """All nodes of some code by their kinds, gathered once for all that is asked of them.

    ``root`` is the first one: the function, where it is the code of one.
    """

    def __init__(self, roots: Iterable[ast.AST]) -> None:
        pending = [*roots]
        self.root = pending[0] if pending else None
        self._kinds: dict[type[ast.AST], list[ast.AST]] = {}
        kinds, fields_of = self._kinds, _fields_of
        while pending:
            node = pending.pop()
            kind = type(node)
            if kind in kinds:
                kinds[kind].append(node)
            else:
                kinds[kind] = [node]
            for name in fields_of[kind] if kind in fields_of else _fields(kind):
                value: object = getattr(node, name, None)
                if type(value) is list:
                    members = cast("list[object]", value)
                    pending += [each for each in members if isinstance(each, ast.AST)]
                elif isinstance(value, ast.AST):
                    pending.append(value)

    def of(self, kind: type[N]) -> list[N]:
        """Return the nodes of just this kind, in no particular order."""
        return cast("list[N]", self._kinds.get(kind, []))

    def any_of(self, kinds: Iterable[type[ast.AST]]) -> Iterator[ast.AST]:
        """Yield the nodes of several kinds."""
        for kind in kinds:
            yield from self._kinds.get(kind, ())
