"""Counts of the values of which a mask selects some, asked for or walked over on the way to an operation.

Where ``counts[c] == 0`` leaves a pass of the loop out, or the loop is over the values that occur, nobody
has forgotten that ``labels == c`` may select nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.syntax.questions import guards, path_to
from shapeguard.lint.flow.syntax.readings import places, with_bound
from shapeguard.lint.flow.syntax.trees import walk
from shapeguard.lint.flow.syntax.usage import called, target_names
from shapeguard.lint.flow.syntax.walks import assigned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.trace import Site

_COUNTS = frozenset({"bincount", "histc", "Counter", "count_nonzero", "sum", "unique"})
_OCCURRING = frozenset({"bincount", "nonzero", "flatnonzero", "unique", "unique_consecutive"})


def is_counted_before(site: Site, mask: cst.BaseExpression) -> bool:
    """Say whether a count of what a mask is made of is asked for on the way, or gives what is looked for."""
    function = site.function.parse()
    about = {name for part in with_bound(function, mask) for name in places(part)}
    asked = (
        origin
        for test in guards(function, site.node)
        for name in _names(test)
        for origin in _origins(function, name)
    )
    if any(_is_made_by(function, each, _COUNTS, about) for each in asked):
        return True
    wanted = set(_names(mask))
    return any(
        isinstance(loop, cst.For)
        and not wanted.isdisjoint(target_names(loop.target))
        and any(
            _is_made_by(function, each, _OCCURRING, about) for each in _made_of(function, loop.iter)
        )
        for loop in path_to(function, site.node)
    )


def _names(code: cst.CSTNode) -> Iterator[str]:
    return (each.value for each in walk(code) if isinstance(each, cst.Name))


def _origins(function: cst.FunctionDef, name: str) -> Iterator[cst.CSTNode]:
    """Yield what a name is bound to, by an assignment or by walking over it beside something else."""
    value = assigned(function, name)
    if value is not None:
        yield value
    for loop in walk(function.body):
        if isinstance(loop, cst.For) and name in target_names(loop.target):
            yield from _made_of(function, loop.iter)


def _made_of(function: cst.FunctionDef, code: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield an expression, and what each of its names is bound to."""
    yield code
    bound = (assigned(function, name) for name in _names(code))
    yield from (each for each in bound if each is not None)


def _is_made_by(
    function: cst.FunctionDef, code: cst.CSTNode, words: frozenset[str], about: set[str]
) -> bool:
    """Say whether code calls one of some functions with something of what a mask is about."""
    return any(
        isinstance(each, cst.Call)
        and called(each) in words
        and any(name in about for part in with_bound(function, each) for name in places(part))
        for each in walk(code)
    )
