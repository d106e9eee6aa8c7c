"""What a function asks in its conditions, seen from afar: for the gate, and for the search for twins.

Read from ``ast`` alone, as :mod:`shapeguard.lint.marks` is.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from shapeguard.lint.flow.syntax.words import MEASURES
from shapeguard.lint.walking import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.walking import Nodes

ASKED = "<asked>"

_NUMBERS = ast.Name | ast.Attribute | ast.Call | ast.Subscript
_DEFAULTS = _NUMBERS | ast.Constant | ast.BinOp | ast.IfExp


def asked(node: ast.AST) -> Iterator[str]:
    """Mark what is asked of a shape, or of a method that is not called, and counts that are 0 or more."""
    match node:
        case ast.Compare(left=left) if _asks(left) or _counts(left):
            yield ASKED
        case ast.BoolOp(values=parts) if any(_asks(each) for each in parts):
            yield ASKED
        case (
            ast.BoolOp(op=ast.Or(), values=[left, right])
            | ast.IfExp(test=left, orelse=right)
            | ast.If(test=ast.UnaryOp(operand=left), body=[ast.Assign(value=right)])
        ) if _replaces(left, right):
            yield ASKED
        case ast.UnaryOp(op=ast.Not(), operand=part) if _asks(part):
            yield ASKED
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test) if _asks(test):
            yield ASKED
        case ast.Assert(test=test) if _asks(test):
            yield ASKED
        case _:
            return


def _asks(node: ast.expr) -> bool:
    match node:
        case ast.Attribute(attr=attr):
            return attr == "shape" or attr in MEASURES
        case ast.Call(func=ast.Attribute(attr="size"), args=[], keywords=[]):
            return True
        case _:
            return False


def _replaces(left: ast.expr, right: ast.expr) -> bool:
    """Say whether what is not true may be a number that gets another one in its place."""
    if isinstance(right, ast.Constant) and not isinstance(right.value, int):
        return False
    return isinstance(left, _NUMBERS) and isinstance(right, _DEFAULTS)


def _counts(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="len") | ast.Attribute(attr="size" | "numel")):
            return True
        case ast.Subscript(value=ast.Attribute(attr="shape")):
            return True
        case _:
            return False


def tested(nodes: Nodes) -> Iterator[str]:
    """Yield the last names of everything about which a function asks more than what it is.

    That something is None, of a class, or a certain text says nothing of its size.
    """
    presence = {id(part) for each in _presences(nodes) for part in walk(each)}
    for each in nodes.any_of(_TESTING):
        for test in _tests(each):
            for part in walk(test):
                if id(part) in presence:
                    continue
                if isinstance(part, ast.Name):
                    yield part.id
                elif isinstance(part, ast.Attribute):
                    yield part.attr


def _presences(nodes: Nodes) -> Iterator[ast.expr]:
    """Yield what asks only what something is."""
    for each in nodes.of(ast.Compare):
        others = [each.left, *each.comparators]
        if isinstance(each.ops[0], ast.Is | ast.IsNot) or (
            isinstance(each.ops[0], ast.Eq | ast.NotEq) and any(map(_is_text, others))
        ):
            yield each
    for call in nodes.of(ast.Call):
        if isinstance(call.func, ast.Name) and call.func.id in _PRESENCE:
            yield call


_PRESENCE = frozenset({"isinstance", "issubclass", "hasattr", "callable"})


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


_TESTING = (ast.If, ast.IfExp, ast.While, ast.Assert, ast.comprehension, ast.BoolOp)


def _tests(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.comprehension):
        yield from node.ifs
    elif isinstance(node, ast.BoolOp):
        yield from node.values
    elif isinstance(node, ast.If | ast.IfExp | ast.While | ast.Assert):
        yield node.test
