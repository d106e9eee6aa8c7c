"""The names that a function binds, seen from afar: where they are read, and what is called by them.

Read from ``ast`` alone, as :mod:`shapeguard.lint.marks` is.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


def bound(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the names that the nodes of a function bind, imports left out."""
    for node in nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                yield name
            case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                yield name
            case _:
                pass


def calls_value(nodes: Sequence[ast.AST]) -> bool:
    """Say whether what is called is told by no name."""
    calls = [each.func for each in nodes if isinstance(each, ast.Call)]
    names = {each.id for each in calls if isinstance(each, ast.Name)}
    made = any(isinstance(each, ast.Call | ast.Subscript) for each in calls)
    return made or (bool(names) and not names.isdisjoint(_stored(nodes)))


def _stored(nodes: Sequence[ast.AST]) -> set[str]:
    stored = (each for each in nodes if isinstance(each, ast.Name))
    return _parameters(nodes[0]) | {each.id for each in stored if isinstance(each.ctx, ast.Store)}


def is_read_behind(nodes: Sequence[ast.AST]) -> bool:
    """Say whether a name that a ``for`` loop binds may be read behind it, and is no parameter."""
    names = [each for each in nodes if isinstance(each, ast.Name)]
    given = _parameters(nodes[0])
    read: dict[str, int] = {}
    changed = {id(each.target) for each in nodes if isinstance(each, ast.AugAssign)}
    for name in names:
        if name.id not in given and (isinstance(name.ctx, ast.Load) or id(name) in changed):
            read[name.id] = max(read.get(name.id, 0), name.lineno)
    loops = [each for each in nodes if isinstance(each, ast.For | ast.AsyncFor)]
    return any(
        name.lineno <= _end(loop) < read[name.id]
        for loop in loops
        for name in names
        if isinstance(name.ctx, ast.Store) and name.id in read and loop.lineno <= name.lineno
    )


def _parameters(node: ast.AST) -> set[str]:
    """Return the names of the parameters of a function."""
    if not isinstance(node, FunctionNode):
        return set()
    taken = node.args
    return {each.arg for each in (*taken.posonlyargs, *taken.args, *taken.kwonlyargs)}


def _end(loop: ast.For | ast.AsyncFor) -> int:
    """Return the last line of the body of a loop; its ``else`` is behind it."""
    return loop.body[-1].end_lineno or loop.lineno
