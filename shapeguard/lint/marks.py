"""What a function does, seen from afar: the names that it calls and tests, and marks for the rest.

Read from ``ast`` alone, so that the gate and the search for twins need no libcst tree.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

OPERATOR = "<operator>"
DIVISION = "<division>"
CUT = "<cut under a condition>"
SUBSCRIPT = "<subscript>"
LOOP = "<loop>"
ANNOTATED = "<annotated>"

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


def called(node: FunctionNode) -> Iterator[str]:
    """Yield the last name of everything that a function calls, and a mark for what else it does.

    :data:`OPERATOR` stands for an arithmetic operator, :data:`DIVISION` for a division by what is no
    literal, :data:`CUT` for a part of something that is taken under a condition.
    """
    marks: set[str] = set()
    for each in ast.walk(node):
        if isinstance(each, ast.Call):
            if isinstance(each.func, ast.Attribute):
                yield each.func.attr
            elif isinstance(each.func, ast.Name):
                yield each.func.id
        marks.update(_marks(each))
    yield from sorted(marks)


def _marks(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.BinOp | ast.AugAssign):
        yield OPERATOR
        if _divides(node):
            yield DIVISION
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        yield SUBSCRIPT
    elif isinstance(node, ast.For | ast.AsyncFor | ast.While):
        yield LOOP
    elif isinstance(node, ast.AnnAssign):
        yield ANNOTATED
    if _cuts_conditionally(node):
        yield CUT


def tested(node: FunctionNode) -> Iterator[str]:
    """Yield the last names of everything that a function asks about in a condition."""
    for each in ast.walk(node):
        for test in _tests(each):
            for part in ast.walk(test):
                if isinstance(part, ast.Name):
                    yield part.id
                elif isinstance(part, ast.Attribute):
                    yield part.attr


def _tests(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.If | ast.IfExp | ast.While | ast.Assert):
        yield node.test
    elif isinstance(node, ast.comprehension):
        yield from node.ifs
    elif isinstance(node, ast.BoolOp):
        yield from node.values


def _divides(node: ast.BinOp | ast.AugAssign) -> bool:
    """Say whether a node divides by something that is no literal; ``"%s" % x`` formats."""
    right = node.right if isinstance(node, ast.BinOp) else node.value
    left = node.left if isinstance(node, ast.BinOp) else node.target
    formats = isinstance(left, ast.JoinedStr) or (
        isinstance(left, ast.Constant) and isinstance(left.value, str | bytes)
    )
    return isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod) and not (
        formats or isinstance(right, ast.Constant)
    )


def _cuts_conditionally(node: ast.AST) -> bool:
    if isinstance(node, ast.IfExp):
        return any(_is_part(each) for each in (node.body, node.orelse))
    if not isinstance(node, ast.If):
        return False
    assigned = (each for each in (*node.body, *node.orelse) if isinstance(each, ast.Assign))
    return any(_is_part(part) for each in assigned for part in ast.walk(each.value))


def _is_part(node: ast.AST) -> bool:
    return isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Constant)
