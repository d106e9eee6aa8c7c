"""The names that a function binds, seen from afar: where they are read, and what is called by them.

Read from ``ast`` alone, as :mod:`shapeguard.lint.marks` is.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.walking import Nodes

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


def bound(nodes: Nodes) -> Iterator[str]:
    """Yield the names that some code binds, imports left out; of a function its own is none."""
    yield from (each.id for each in nodes.of(ast.Name) if isinstance(each.ctx, ast.Store))
    yield from (each.arg for each in nodes.of(ast.arg))
    yield from (each.name for each in nodes.of(ast.FunctionDef) if each is not nodes.root)
    yield from (each.name for each in nodes.of(ast.AsyncFunctionDef) if each is not nodes.root)
    named = [each.name for each in nodes.of(ast.ExceptHandler)]
    named += [each.name for each in nodes.of(ast.MatchAs)]
    named += [each.name for each in nodes.of(ast.MatchStar)]
    named += [each.rest for each in nodes.of(ast.MatchMapping)]
    yield from (name for name in named if name is not None)


def calls_value(nodes: Nodes) -> bool:
    """Say whether what is called is told by no name."""
    calls = [each.func for each in nodes.of(ast.Call)]
    if any(isinstance(each, ast.Call | ast.Subscript) for each in calls):
        return True
    names = {each.id for each in calls if isinstance(each, ast.Name)}
    return bool(names) and not names.isdisjoint((*_parameters(nodes.root), *_stored(nodes)))


def _stored(nodes: Nodes) -> Iterator[str]:
    yield from (each.id for each in nodes.of(ast.Name) if isinstance(each.ctx, ast.Store))


def is_read_behind(nodes: Nodes) -> bool:
    """Say whether a name that a ``for`` loop binds may be read behind it, and is no parameter."""
    loops: list[ast.For | ast.AsyncFor] = [*nodes.of(ast.For), *nodes.of(ast.AsyncFor)]
    if not loops:
        return False
    names, given = nodes.of(ast.Name), _parameters(nodes.root)
    read: dict[str, int] = {}
    changed = {id(each.target) for each in nodes.of(ast.AugAssign)}
    for name in names:
        if name.id not in given and (isinstance(name.ctx, ast.Load) or id(name) in changed):
            read[name.id] = max(read.get(name.id, 0), name.lineno)
    return any(
        name.lineno <= _end(loop) < read[name.id]
        for loop in loops
        for name in names
        if isinstance(name.ctx, ast.Store) and name.id in read and loop.lineno <= name.lineno
    )


def _parameters(node: ast.AST | None) -> set[str]:
    """Return the names of the parameters of a function."""
    if not isinstance(node, FunctionNode):
        return set()
    taken = node.args
    return {each.arg for each in (*taken.posonlyargs, *taken.args, *taken.kwonlyargs)}


def _end(loop: ast.For | ast.AsyncFor) -> int:
    """Return the last line of the body of a loop; its ``else`` is behind it."""
    return loop.body[-1].end_lineno or loop.lineno
