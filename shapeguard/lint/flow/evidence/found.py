"""Masks that look for what is there: the largest of some, one of all positions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.syntax.readings import called, places, with_bound
from shapeguard.lint.flow.syntax.trees import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

_LARGEST, _SMALLEST = frozenset({"amax", "max"}), frozenset({"amin", "min"})
_ORDERS = {
    cst.GreaterThan: _LARGEST,
    cst.GreaterThanEqual: _LARGEST,
    cst.LessThan: _SMALLEST,
    cst.LessThanEqual: _SMALLEST,
    cst.Equal: _LARGEST | _SMALLEST,
}
"""Which extreme of the same values lies on the side that a comparison selects."""
_KINDS = 4
_ALL_POSITIONS = frozenset({"arange", "argsort", "label", "randperm"})
"""Functions that number all things of a kind: positions, or connected components."""


def is_found(function: cst.FunctionDef, mask: cst.BaseExpression) -> bool:
    """Say whether a mask selects something by what it compares.

    What is not far below the largest value holds the largest itself, and each number is that of one of
    all that are numbered.
    """
    parts = list(with_bound(function, mask))
    asked = (each for part in parts for each in walk(part) if isinstance(each, cst.Comparison))
    return any(_finds(function, each) for each in asked)


def _finds(function: cst.FunctionDef, test: cst.Comparison) -> bool:
    order = type(test.comparisons[0].operator)
    made = with_bound(function, test)
    calls = [each for part in made for each in walk(part) if isinstance(each, cst.Call)]
    if order is cst.Equal and any(called(each) in _ALL_POSITIONS for each in calls):
        return True
    wanted = _ORDERS.get(order, frozenset())
    held = set(places(test, beside=wanted))
    return any(held.intersection(_of(each)) for each in calls if called(each) in wanted)


def is_of_all_kinds(function: cst.FunctionDef, total: cst.BaseExpression) -> bool:
    """Say whether a number is the sum of four or more: true and false positives and negatives.

    Whatever is counted is of one of the kinds, so that not all of them are 0.
    """
    return any(sum(1 for _ in _added(part)) >= _KINDS for part in with_bound(function, total))


def _added(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    match node:
        case cst.BinaryOperation(left=left, operator=cst.Add(), right=right):
            yield from _added(left)
            yield from _added(right)
        case _:
            yield node


def _of(call: cst.Call) -> Iterator[str]:
    """Yield what a call is made of: the receiver of a method, and the first argument."""
    if isinstance(call.func, cst.Attribute):
        yield from places(call.func.value)
    if call.args:
        yield from places(call.args[0].value)
