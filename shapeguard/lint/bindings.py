"""The names that a function binds, seen from afar: where they are read, and what is called by them.

Read from ``ast`` alone, as :mod:`shapeguard.lint.marks` is.
"""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

from shapeguard.lint.walking import Nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    _Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    Loops = Sequence[ast.For | ast.AsyncFor]

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
COMPUTED = "<computed>"
"""Stands for what a method is called on, if that is no dotted name."""
SUPER = "<super>"
"""Stands for ``super()`` there."""


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
    loops: Loops = [*nodes.of(ast.For), *nodes.of(ast.AsyncFor)]
    if not loops or not _is_read_behind(nodes, loops, frozenset()):
        return False
    return _is_read_behind(nodes, loops, _bound_where_read(nodes, loops))


def _is_read_behind(nodes: Nodes, loops: Loops, left_out: AbstractSet[int]) -> bool:
    names, given = nodes.of(ast.Name), _parameters(nodes.root)
    read: dict[str, int] = {}
    changed = {id(each.target) for each in nodes.of(ast.AugAssign)}
    for name in names:
        if name.id in given or id(name) in left_out:
            continue
        if isinstance(name.ctx, ast.Load) or id(name) in changed:
            read[name.id] = max(read.get(name.id, 0), name.lineno)
    return any(
        name.lineno <= _end(loop) < read[name.id]
        for loop in loops
        for name in names
        if isinstance(name.ctx, ast.Store) and name.id in read and loop.lineno <= name.lineno
    )


def _bound_where_read(nodes: Nodes, loops: Loops) -> set[int]:
    """Return the names within loops and comprehensions that these bind themselves, by identity."""
    found: set[int] = set()
    for loop in loops:
        found |= _named(loop.body, [loop.target])
    lists: Sequence[_Comprehension] = [*nodes.of(ast.ListComp), *nodes.of(ast.SetComp)]
    for each in (*lists, *nodes.of(ast.DictComp), *nodes.of(ast.GeneratorExp)):
        around = {id(name) for name in Nodes([each.generators[0].iter]).of(ast.Name)}
        found |= _named([each], [it.target for it in each.generators]) - around
    return found


def _named(code: Iterable[ast.AST], targets: Iterable[ast.expr]) -> set[int]:
    """Return where code has the names that some targets bind, by identity."""
    names = set(_stored(Nodes(targets)))
    return {id(each) for each in Nodes(code).of(ast.Name) if each.id in names}


def _parameters(node: ast.AST | None) -> set[str]:
    """Return the names of the parameters of a function."""
    if not isinstance(node, FunctionNode):
        return set()
    taken = node.args
    return {each.arg for each in (*taken.posonlyargs, *taken.args, *taken.kwonlyargs)}


def _end(loop: ast.For | ast.AsyncFor) -> int:
    """Return the last line of the body of a loop; its ``else`` is behind it."""
    return loop.body[-1].end_lineno or loop.lineno


def sites(nodes: Nodes) -> dict[str, tuple[str, ...]]:
    """Map the last names of what is called to what they are called on: ``a.b`` of ``a.b.f()``, or nothing."""
    found: dict[str, tuple[str, ...]] = {}
    for node in nodes.of(ast.Call):
        match node.func:
            case ast.Name(id=name):
                holder = ""
            case ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr=name):
                holder = SUPER
            case ast.Attribute(value=value, attr=name):
                # thousands of functions call the same
                holder = sys.intern(dotted(value) or COMPUTED)
            case _:
                continue
        known = found.get(name, ())
        if holder not in known:
            found[name] = (*known, holder)
    return found


def dotted(node: ast.expr) -> str | None:
    """Return ``a.b.c`` for a chain of attributes, or None."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join((node.id, *reversed(parts))) if isinstance(node, ast.Name) else None
