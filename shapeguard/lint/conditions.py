"""What a function asks in its conditions, seen from afar: for the gate, and for the search for twins.

Read from ``ast`` alone, as :mod:`shapeguard.lint.marks` is.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from shapeguard.lint.flow.syntax.words import BOUNDS, MEASURES
from shapeguard.lint.walking import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shapeguard.lint.walking import Nodes

ASKED = "<asked>"
"""Something is asked of a shape, of a count, or of a method that is not called, or a number is replaced."""
DOUBTFUL = "<asked in doubt>"
"""The same, where the answer may not depend on what is asked."""

_NUMBERS = ast.Name | ast.Attribute | ast.Call | ast.Subscript
_DEFAULTS = _NUMBERS | ast.Constant | ast.BinOp | ast.IfExp
_SIGNS: Mapping[type[ast.cmpop], str] = {ast.GtE: ">=", ast.Gt: ">", ast.LtE: "<=", ast.Lt: "<"}


def asked(node: ast.AST) -> Iterator[str]:
    """Yield :data:`ASKED` for what is asked, and :data:`DOUBTFUL` if the answer may be the same for all."""
    if _is_doubtful(node):
        yield from (ASKED, DOUBTFUL)
    elif isinstance(node, ast.Compare) and _counts(node.left):
        yield ASKED


def _is_doubtful(node: ast.AST) -> bool:
    match node:
        case ast.Compare(left=left, ops=[sign, *_], comparators=[other, *_]):
            return _asks(left) or (_counts(left) and _may_decide(sign, other))
        case ast.BoolOp(values=parts) if any(map(_asks, parts)):
            return True
        case ast.UnaryOp(op=ast.Not(), operand=test):
            return _asks(test)
        case (
            ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test) | ast.Assert(test=test)
        ) if _asks(test):
            return True
        case _:
            return any(_may_be_number(*pair) for pair in _replaced(node))


def _replaced(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield what is asked whether it is true, and what takes its place where it is not."""
    match node:
        case ast.BoolOp(op=ast.Or(), values=[left, right, *_]):
            yield left, right
        case ast.IfExp(test=left, body=same, orelse=right) if _is_same(left, same):
            yield left, right
        case ast.If(
            test=ast.UnaryOp(op=ast.Not(), operand=left),
            body=[ast.Assign(targets=[same], value=right)],
            orelse=[],
        ) if _is_same(left, same):
            yield left, right
        case _:
            return


def _is_same(one: ast.expr, other: ast.expr) -> bool:
    return ast.unparse(one) == ast.unparse(other)


def _may_decide(sign: ast.cmpop, other: ast.expr) -> bool:
    """Say whether the comparison of a count may have the same answer for all; a name may be any number."""
    try:
        known: object = ast.literal_eval(other)
    except (ValueError, TypeError, SyntaxError, RecursionError):
        return True
    return f"{_SIGNS.get(type(sign))} {known}" in BOUNDS


def _asks(node: ast.expr) -> bool:
    match node:
        case ast.Attribute(attr=attr):
            return attr == "shape" or attr in MEASURES
        case ast.Call(func=ast.Attribute(attr="size"), args=[], keywords=[]):
            return True
        case _:
            return False


def _may_be_number(left: ast.expr, right: ast.expr) -> bool:
    """Say whether what is not true may be a number that gets another one in its place."""
    if isinstance(right, ast.Constant) and not isinstance(right.value, int):
        return False
    if _is_presence(left) or _is_presence(right):
        return False
    return isinstance(left, _NUMBERS) and isinstance(right, _DEFAULTS)


def _is_presence(node: ast.expr) -> bool:
    """Say whether something asks only what something is, which is true or not."""
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name in _PRESENCE
        case _:
            return False


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
            isinstance(each.ops[0], ast.Eq | ast.NotEq) and any(map(is_text, others))
        ):
            yield each
    yield from (call for call in nodes.of(ast.Call) if _is_presence(call))


_PRESENCE = frozenset({"isinstance", "issubclass", "hasattr", "callable"})


def is_text(node: ast.expr) -> bool:
    """Say whether an expression is a text as it is written."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


_TESTING = (ast.If, ast.IfExp, ast.While, ast.Assert, ast.comprehension, ast.BoolOp)


def _tests(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.comprehension):
        yield from node.ifs
    elif isinstance(node, ast.BoolOp):
        yield from node.values
    elif isinstance(node, ast.If | ast.IfExp | ast.While | ast.Assert):
        yield node.test
