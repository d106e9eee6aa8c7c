"""Tests of a loop over bins: whether anything lies between a bound and the next one.

Of bins that follow each other any may be empty. That all of them are is another matter: it takes values
that lie outside of all bounds, or no values, and who leaves out an empty bin has not thought of either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.syntax.trees import source, walk
from shapeguard.lint.flow.syntax.usage import target_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Bound = Mapping[str, cst.BaseExpression]

_ORDERS = (cst.LessThan, cst.LessThanEqual, cst.GreaterThan, cst.GreaterThanEqual)
_ORDER_METHODS = frozenset(
    {"lt", "le", "gt", "ge", "less", "less_equal", "greater", "greater_equal"}
)
_AGAINST_NOTHING = (cst.Equal, cst.NotEqual, cst.GreaterThan)
_PLACES = (cst.Name, cst.Attribute)
_AND = frozenset({"logical_and", "bitwise_and"})
_FAR = 4


def asks_for_bin(loop: cst.For | cst.While, test: cst.BaseExpression, position: str) -> bool:
    """Say whether a test of a round asks whether anything lies between two bounds that follow each other.

    ``position`` is the name that the loop has for its position: the bounds are members of one list that
    no round changes, at this position and at the next, and compared with the same thing in every round.
    What must pass another test besides may be nowhere.
    """
    if not position or not isinstance(loop, cst.For) or not _asks_for_any(test):
        return False
    bound, changed = _bound_once(loop.body), _changed(loop)
    offsets: dict[tuple[str, str], set[int]] = {}
    nodes = list(_made_of(test, bound))
    if not all(_is_of_bounds(each, bound) for node in nodes for each in _besides(node)):
        return False
    for node in nodes:
        for one, other in _ordered(node):
            place = _member(bound.get(source(other), other), position)
            same = isinstance(one, _PLACES) and changed.isdisjoint(_names(one))
            if place is not None and same and place[0] not in changed:
                offsets.setdefault((source(one), place[0]), set()).add(place[1])
    return any(each + 1 in found for found in offsets.values() for each in found)


def _asks_for_any(test: cst.BaseExpression) -> bool:
    """Say whether a test asks whether there is any, and not for how many or for something else."""
    match test:
        case cst.UnaryOperation(operator=cst.Not(), expression=inner):
            return _asks_for_any(inner)
        case cst.Comparison(comparisons=[cst.ComparisonTarget(operator, cst.Integer("0"))]):
            return isinstance(operator, _AGAINST_NOTHING)
        case _:
            return isinstance(test, cst.Call | cst.Name | cst.Attribute)


def _bound_once(body: cst.BaseSuite) -> Bound:
    """Return what the names stand for that one assignment of a round binds, one by one."""
    values: dict[str, list[cst.BaseExpression | None]] = {}
    for node in walk(body):
        for target, value in _assignments(node):
            for name in target_names(target):
                values.setdefault(name, []).append(value if isinstance(target, cst.Name) else None)
    return {
        name: value
        for name, given in values.items()
        for value in given
        if value is not None and len(given) == 1
    }


def _assignments(
    node: cst.CSTNode,
) -> Iterator[tuple[cst.BaseExpression, cst.BaseExpression | None]]:
    match node:
        case cst.Assign(
            targets=[cst.AssignTarget(cst.Tuple(elements=names))], value=cst.Tuple(elements=values)
        ) if len(names) == len(values):
            yield from (
                (name.value, value.value) for name, value in zip(names, values, strict=True)
            )
        case cst.Assign(targets=targets, value=value):
            yield from ((each.target, value) for each in targets)
        case cst.AugAssign(target=target) | cst.For(target=target):
            yield target, None
        case _:
            return


def _changed(loop: cst.For) -> set[str]:
    """Return the names that the rounds of a loop bind, those of the loop included."""
    targets = [target for node in walk(loop.body) for target, _ in _assignments(node)]
    return {name for each in (loop.target, *targets) for name in target_names(each)}


def _made_of(test: cst.BaseExpression, bound: Bound) -> Iterator[cst.CSTNode]:
    """Yield the nodes of an expression, and of what its names stand for, some steps back."""
    parts, seen = [test], set[str]()
    for _ in range(_FAR):
        nodes = [node for part in parts for node in walk(part)]
        yield from nodes
        names = {node.value for node in nodes if isinstance(node, cst.Name)} - seen
        parts, seen = [bound[name] for name in sorted(names) if name in bound], seen | names


def _besides(node: cst.CSTNode) -> tuple[cst.BaseExpression, ...]:
    """Return the masks of which a node selects what all of them select."""
    match node:
        case cst.BinaryOperation(left=left, operator=cst.BitAnd() | cst.Multiply(), right=right):
            return (left, right)
        case cst.Call(func=cst.Attribute(value=holder, attr=cst.Name(name)), args=args) if (
            name in _AND
        ):
            return (*(each.value for each in args), *((holder,) if len(args) == 1 else ()))
        case _:
            return ()


def _is_of_bounds(mask: cst.BaseExpression, bound: Bound) -> bool:
    """Say whether a mask asks which is larger, or is made of masks that do."""
    made = bound.get(source(mask), mask)
    parts = (made.body, made.orelse) if isinstance(made, cst.IfExp) else (made,)
    return all(any(_ordered(each)) or bool(_besides(each)) for each in parts)


def _ordered(node: cst.CSTNode) -> Iterator[tuple[cst.BaseExpression, cst.BaseExpression]]:
    """Yield the sides of a comparison of which is larger, both ways round."""
    match node:
        case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(operator, right)]):
            pair = (left, right) if isinstance(operator, _ORDERS) else None
        case cst.Call(
            func=cst.Attribute(value=left, attr=cst.Name(name)), args=[cst.Arg(value=right)]
        ):
            pair = (left, right) if name in _ORDER_METHODS else None
        case _:
            pair = None
    if pair is not None:
        yield pair
        yield pair[1], pair[0]


def _member(node: cst.BaseExpression, position: str) -> tuple[str, int] | None:
    """Return the list and the offset of ``bounds[i]``, ``bounds[i + 1]`` and ``bounds[i - 1]``."""
    match node:
        case cst.Subscript(value=holder, slice=[cst.SubscriptElement(cst.Index(at))]):
            offset = _offset(at, position)
            return None if offset is None else (source(holder), offset)
        case _:
            return None


def _offset(at: cst.BaseExpression, position: str) -> int | None:
    match at:
        case cst.Name(name):
            return 0 if name == position else None
        case cst.BinaryOperation(
            left=cst.Name(name),
            operator=cst.Add() | cst.Subtract() as operator,
            right=cst.Integer("1"),
        ) if name == position:
            return 1 if isinstance(operator, cst.Add) else -1
        case _:
            return None


def _names(node: cst.CSTNode) -> set[str]:
    return {each.value for each in walk(node) if isinstance(each, cst.Name)}
