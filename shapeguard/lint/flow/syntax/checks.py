"""What the checks of a function say of a number: whether one that is 0 is refused, or let through."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.syntax.trees import source, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_ORDERS: Mapping[type[cst.BaseCompOp], Callable[[int, int], bool]] = {
    cst.LessThan: operator.lt,
    cst.LessThanEqual: operator.le,
    cst.GreaterThan: operator.gt,
    cst.GreaterThanEqual: operator.ge,
    cst.Equal: operator.eq,
    cst.NotEqual: operator.ne,
}


def lets_zero_through(body: cst.CSTNode, name: str) -> cst.BaseExpression | None:
    """Return the check of a number that refuses what is negative, and 0 not."""
    for test, refused in _checks(body):
        if answer(test, name, -1) is refused and answer(test, name, 0) is not refused:
            return test
    return None


def refuses_zero(body: cst.CSTNode, name: str) -> bool:
    """Say whether a check of a number refuses 0."""
    return any(answer(test, name, 0) is refused for test, refused in _checks(body))


def answer(test: cst.BaseExpression, name: str, number: int) -> bool | None:
    """Return what a condition says where a name stands for a number, or None if it is not told."""
    match test:
        case cst.BooleanOperation(left=left, operator=joint, right=right):
            deciding = isinstance(joint, cst.Or)
            parts = [answer(left, name, number), answer(right, name, number)]
            return deciding if deciding in parts else None if None in parts else not deciding
        case cst.UnaryOperation(operator=cst.Not(), expression=inner):
            said = answer(inner, name, number)
            return None if said is None else not said
        case cst.Comparison():
            return _compared(test, name, number)
        case cst.Call(
            func=cst.Name("isinstance"), args=[cst.Arg(value=held), cst.Arg(value=kinds)]
        ):
            return "int" in source(kinds) if source(held) == name else None
        case _:
            return bool(number) if source(test) == name else None


def asks_if_missing(test: cst.BaseExpression, name: str) -> bool:
    """Say whether a condition asks whether a name is None, and nothing else."""
    match test:
        case cst.Comparison(
            left=left,
            comparisons=[cst.ComparisonTarget(cst.Is() | cst.IsNot(), cst.Name("None"))],
        ):
            return source(left) == name
        case _:
            return False


def _checks(body: cst.CSTNode) -> Iterator[tuple[cst.BaseExpression, bool]]:
    """Yield conditions with the answer that is refused."""
    for each in walk(body):
        match each:
            case cst.Assert(test=test):
                yield test, False
            case cst.If(
                test=test, body=cst.IndentedBlock(body=[*_, cst.SimpleStatementLine(last)])
            ):
                if any(isinstance(small, cst.Raise) for small in last):
                    yield test, True
            case _:
                pass


def _compared(node: cst.Comparison, name: str, number: int) -> bool | None:
    if source(node.left) == name and any(
        isinstance(each.operator, cst.Is | cst.IsNot) for each in node.comparisons
    ):
        return isinstance(node.comparisons[0].operator, cst.IsNot)
    said: list[bool | None] = []
    left = _number(node.left, name, number)
    for each in node.comparisons:
        right, order = _number(each.comparator, name, number), _ORDERS.get(type(each.operator))
        if left is None or right is None or order is None:
            said.append(None)
        else:
            said.append(order(left, right))
        left = right
    return False if False in said else None if None in said else True


def _number(node: cst.BaseExpression, name: str, number: int) -> int | None:
    match node:
        case cst.Integer():
            return node.evaluated_value
        case cst.UnaryOperation(operator=cst.Minus(), expression=cst.Integer() as inner):
            return -inner.evaluated_value
        case _:
            return number if source(node) == name else None
