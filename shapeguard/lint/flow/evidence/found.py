"""Masks that look for what is there: the largest of some, one of all positions, what was put in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.syntax.readings import is_bound, places, with_bound
from shapeguard.lint.flow.syntax.trees import source, walk
from shapeguard.lint.flow.syntax.usage import called

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LARGEST, _SMALLEST = frozenset({"amax", "max"}), frozenset({"amin", "min"})
_ONE_OF_THEM = frozenset({"kthvalue", "quantile", "sort", "topk"})
_ORDERS: Mapping[type[cst.BaseCompOp], frozenset[str]] = {
    cst.GreaterThan: _LARGEST,
    cst.GreaterThanEqual: _LARGEST | _ONE_OF_THEM,
    cst.LessThan: _SMALLEST,
    cst.LessThanEqual: _SMALLEST | _ONE_OF_THEM,
    cst.Equal: _LARGEST | _SMALLEST | _ONE_OF_THEM,
}
"""Which values of the same things lie on the side that a comparison selects."""
_ALL_POSITIONS = frozenset({"arange", "argsort", "label", "randperm"})
"""Functions that number all things of a kind: positions, or connected components."""
_DIAGONAL = frozenset({"eye", "fill_diagonal_", "identity"})
_LIBRARIES = ("torch", "np", "numpy")
_KINDS = 4


def is_found(function: cst.FunctionDef, mask: cst.BaseExpression) -> bool:
    """Say whether a mask selects something by what it is made of, whatever the values are.

    What is not far below the largest value holds the largest itself, each number is that of one of all
    that are numbered, a row equals itself, and what the author has written out is as it is meant.
    """
    parts = list(with_bound(function, mask, arguments=True))
    nodes = [each for part in parts for each in walk(part)]
    asked = [each for each in nodes if isinstance(each, cst.Comparison)]
    diagonal = any(isinstance(each, cst.Call) and called(each) in _DIAGONAL for each in nodes)
    return (
        any(_finds(function, each) for each in asked)
        or any(_are_of_one(*pair) for each in nodes if (pair := _equals(each)) is not None)
        or (diagonal and not _is_complement(mask))
        or _is_written_out(function, parts)
        or _is_put_in(function, mask)
    )


def _finds(function: cst.FunctionDef, test: cst.Comparison) -> bool:
    order, other = type(test.comparisons[0].operator), test.comparisons[0].comparator
    if order is cst.Equal and _are_of_one(test.left, other):
        return True
    made = with_bound(function, test)
    calls = [each for part in made for each in walk(part) if isinstance(each, cst.Call)]
    if order is cst.Equal and any(called(each) in _ALL_POSITIONS for each in calls):
        return True
    wanted = _ORDERS.get(order, frozenset())
    held = set(places(test, beside=wanted))
    return any(held.intersection(_of(each)) for each in calls if called(each) in wanted)


def _are_of_one(left: cst.BaseExpression, right: cst.BaseExpression) -> bool:
    """Say whether all is compared with all of the same, or with a member: ``labels == labels[i]``."""
    mine, theirs = set(places(left)), set(places(right))
    if any(
        isinstance(a, cst.Subscript) and source(a.value) == source(b) for a, b in _both(left, right)
    ):
        return True
    return mine == theirs and len(mine) == 1 and source(left) != source(right)


def _both(
    left: cst.BaseExpression, right: cst.BaseExpression
) -> tuple[tuple[cst.BaseExpression, cst.BaseExpression], ...]:
    return (left, right), (right, left)


def _equals(call: cst.CSTNode) -> tuple[cst.BaseExpression, cst.BaseExpression] | None:
    """Return what ``torch.eq(a, b)`` or ``a.eq(b)`` compares."""
    match call:
        case cst.Call(
            func=cst.Attribute(value=holder, attr=cst.Name("eq")),
            args=[cst.Arg(value=one), *others],
        ):
            return (one, others[0].value) if others else (holder, one)
        case _:
            return None


def _is_complement(mask: cst.BaseExpression) -> bool:
    return isinstance(mask, cst.UnaryOperation) and isinstance(mask.operator, cst.BitInvert)


def _is_written_out(function: cst.FunctionDef, parts: list[cst.CSTNode]) -> bool:
    """Say whether literals alone tell what is selected: nothing that is read is left over."""
    read = {name for part in parts for name in places(part)}
    open_ended = {name for name in read if not is_bound(function, name)}
    return bool(open_ended) and all(name.partition(".")[0] in _LIBRARIES for name in open_ended)


def _is_put_in(function: cst.FunctionDef, mask: cst.BaseExpression) -> bool:
    """Say whether entries were set for sure, or what is surely found was added to a mask."""
    inner = mask.expression if isinstance(mask, cst.UnaryOperation) else mask
    wanted = ("False", "0") if _is_complement(mask) else ("True", "1", "1.0")
    names = set(places(inner))
    for node in walk(function.body):
        match node:
            case cst.Assign(
                targets=[cst.AssignTarget(cst.Subscript(value=cst.Name(name)))], value=given
            ) if name in names and source(given) in wanted:
                return True
            case cst.AugAssign(target=cst.Name(name), operator=cst.BitOrAssign(), value=given) if (
                name in names and is_found(function, given)
            ):
                return True
            case _:
                continue
    return False


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
