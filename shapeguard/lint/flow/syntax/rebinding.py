"""Names that every iteration of a loop binds anew, whatever they stood for before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.syntax.trees import remembered, walk
from shapeguard.lint.flow.syntax.usage import target_names

if TYPE_CHECKING:
    from collections.abc import Iterator

_INSIDE = frozenset({cst.FunctionDef, cst.ClassDef, cst.Lambda})


@remembered(1024)
def bound_anew(function: cst.FunctionDef, loop: cst.For | cst.While) -> frozenset[str]:
    """Return the names that an iteration binds before anything can see them, if it comes to its end.

    They are the targets of the loop, and what a statement of its block assigns before any other mentions
    it. What a function inside mentions can be seen at any time.
    """
    targets = _bound(loop.target) if isinstance(loop, cst.For) else set[str]()
    return frozenset(targets | _assigned(loop) - _seen_inside(function))


def _assigned(loop: cst.For | cst.While) -> set[str]:
    """Return the names that the block of a loop assigns where they are mentioned first."""
    found: set[str] = set()
    mentioned = set[str]() if isinstance(loop, cst.For) else set(_mentioned(loop.test))
    for line in loop.body.body:
        for part in line.body if isinstance(line, cst.SimpleStatementLine) else ():
            if isinstance(part, cst.Assign):
                mentioned.update(_mentioned(part.value))
                bound = {name for each in part.targets for name in _bound(each.target)}
                found |= bound - mentioned
            mentioned.update(_mentioned(part))
        mentioned.update(_mentioned(line))
    return found


def _bound(target: cst.CSTNode) -> set[str]:
    """Return the names that a target binds, if it is made of nothing else: ``x[k], k`` reads one of them."""
    names = set(target_names(target))
    return names if names.issuperset(_mentioned(target)) else set()


def _mentioned(node: cst.CSTNode) -> Iterator[str]:
    return (each.value for each in walk(node) if type(each) is cst.Name)


@remembered(1024)
def _seen_inside(function: cst.FunctionDef) -> frozenset[str]:
    """Return the names that stand in functions inside a function."""
    inside = (each for each in walk(function.body) if type(each) in _INSIDE)
    return frozenset(name for each in inside for name in _mentioned(each))
