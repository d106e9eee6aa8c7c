"""Where the body of a loop may be left early, so that an empty share leaves out nothing but itself."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.syntax.liveness import bound_names
from shapeguard.lint.flow.syntax.omitting import Share, is_about
from shapeguard.lint.flow.syntax.questions import path_to
from shapeguard.lint.flow.syntax.trees import code_of, walk
from shapeguard.lint.flow.syntax.usage import only_index, target_names

if TYPE_CHECKING:
    from collections.abc import Collection

_ELSEWHERE = (
    cst.While,
    cst.Try,
    cst.TryStar,
    cst.SimpleStatementSuite,
    cst.IfExp,
    cst.BooleanOperation,
    cst.ListComp,
    cst.SetComp,
    cst.DictComp,
    cst.GeneratorExp,
    cst.Lambda,
    cst.FunctionDef,
    cst.ClassDef,
)
"""Code in which an expression is not evaluated once, at its statement, in a ``for`` loop, or is prepared for."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A place in the body of a loop: in front of statement number ``at`` of ``block``."""

    loop: cst.For
    block: cst.IndentedBlock
    at: int


def gap_for(
    function: cst.FunctionDef, node: cst.CSTNode, names: Collection[str], selector: str, mask: str
) -> Gap | None:
    """Return where a loop can be continued if the share that ``names`` make up is empty, or None.

    ``node`` is what does not take it, ``selector`` the index that cuts it and, if it is one, the ``mask``.
    One name is asked for where it is bound, if that is in the block of ``node``; else the place is in front
    of the first statement in that block which cuts by the selector. What is left out has to be about the
    share alone: nothing that another pass of the loop, or what follows the loop, counts on.
    """
    found = _around(function, node)
    if found is None:
        return None
    loop, blocks = found
    bound = [*target_names(loop.target), *bound_names(loop.body)]
    (name,) = names if len(names) == 1 else (None,)
    if not any(each in bound for each in names) or (name and bound.count(name) != 1):
        return None
    block, statement = blocks[-1]
    gap = Gap(loop, block, block.body.index(statement))
    if loop.asynchronous is not None or any(each in names for each in bound_names(statement)):
        return None
    at = _first_use(gap, names, selector) if name is None else _behind_binding(gap, name)
    gap = replace(gap, at=at)
    rest = [*block.body[gap.at :]]
    for outer, child in reversed(blocks[:-1]):
        rest += outer.body[outer.body.index(child) + 1 :]
    return gap if is_about(Share(node, name, mask), rest, function, loop) else None


def _around(
    function: cst.FunctionDef, node: cst.CSTNode
) -> tuple[cst.For, list[tuple[cst.IndentedBlock, cst.CSTNode]]] | None:
    """Return the loop around a node, and the blocks in it, each with its statement on the way."""
    blocks: list[tuple[cst.IndentedBlock, cst.CSTNode]] = []
    for parent, child in reversed([*itertools.pairwise(path_to(function, node))]):
        if isinstance(parent, cst.For) and child is parent.body:
            return (parent, blocks[::-1]) if blocks else None
        is_elif = isinstance(parent, cst.If) and isinstance(child, cst.If)
        if is_elif or isinstance(parent, _ELSEWHERE):
            return None
        if isinstance(parent, cst.IndentedBlock):
            blocks.append((parent, child))
    return None


def _first_use(gap: Gap, names: Collection[str], selector: str) -> int:
    """Return the place in front of the first line that reads the selector once its names are bound."""
    first = gap.at
    for at in range(gap.at - 1, -1, -1):
        line = gap.block.body[at]
        if any(name in names for name in bound_names(line)):
            break
        if selector in map(code_of, filter(None, map(only_index, walk(line)))):
            first = at
    return first


def _behind_binding(gap: Gap, name: str) -> int:
    """Return the place behind the line that binds a name, or at the top if the loop itself does."""
    if gap.block is gap.loop.body and name in target_names(gap.loop.target):
        return 0
    for at, line in enumerate(gap.block.body[: gap.at]):
        if name in bound_names(line):
            return at + 1 if isinstance(line, cst.SimpleStatementLine) else gap.at
    return gap.at
