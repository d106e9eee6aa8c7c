"""Under which conditions the body of a loop fills a list, as far as their text tells."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.syntax.binning import asks_for_bin
from shapeguard.lint.flow.syntax.trees import children, source, walk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_FILLING = frozenset({"append", "extend", "insert", "add", "appendleft"})
_MODE = re.compile(r"([\w.]+\.)?_?is_\w+\(\)")
_COUNTING = frozenset({"enumerate", "range"})
_ARITHMETIC = frozenset({"int", "len", "max", "min"})


def surely_fills(body: cst.CSTNode, loop: cst.For | cst.While, name: str) -> bool:
    """Say whether a list hardly has no member behind a loop that fills it under a condition."""
    return hardly_leaves_empty(loop, name) or is_filled_behind(body, loop, name)


def hardly_leaves_empty(loop: cst.For | cst.While, name: str) -> bool:
    """Say whether no test on the way to what fills a list is one of which all may fail.

    That is so of a test of the position, such as ``if i == 0: continue``, of one that asks what the
    program is about to do, such as ``is_tracing()``, of one that asks whether a list is full that the
    same loop fills, of one of several bins, and of a choice between several texts.
    """
    tests = [*_on_the_way(loop.body, name, ()), *_left_by(loop.body)]
    if not tests:
        return False
    position, full = _told_by_position(loop), _lengths_of_filled(loop.body)
    others = [
        each
        for each in tests
        if not _asks_for_position(each, position)
        and not asks_for_bin(loop, each, _position(loop))
        and not _asks_for_mode(each)
        and not (isinstance(each, cst.Comparison) and source(each.left) in full)
    ]
    return not others or _is_choice_of_texts(others)


def is_filled_behind(body: cst.CSTNode, loop: cst.For | cst.While, name: str) -> bool:
    """Say whether what is left over when a loop ends is put into the same list behind it."""
    for block in walk(body):
        if isinstance(block, cst.IndentedBlock) and any(each is loop for each in block.body):
            behind = itertools.dropwhile(lambda each: each is not loop, block.body)
            return any(_fills(node, name) for each in list(behind)[1:] for node in walk(each))
    return False


def _on_the_way(
    node: cst.CSTNode, name: str, tests: tuple[cst.BaseExpression, ...]
) -> Iterator[cst.BaseExpression]:
    """Yield the tests of the branches in which a list is filled, unless it is in both."""
    if _fills(node, name):
        yield from tests
    match node:
        case cst.If(body=body, orelse=cst.Else() as other) if all(
            any(_fills(each, name) for each in walk(branch)) for branch in (body, other)
        ):
            inside = tests
        case cst.If(test=test):
            inside = (*tests, test)
        case _:
            inside = tests
    for each in children(node):
        yield from _on_the_way(each, name, inside)


def _fills(node: cst.CSTNode, name: str) -> bool:
    match node:
        case cst.Call(func=cst.Attribute(value=holder, attr=cst.Name(value=method))):
            return method in _FILLING and source(holder) == name
        case _:
            return False


def _left_by(body: cst.CSTNode) -> Iterator[cst.BaseExpression]:
    """Yield the tests that end a round, or the loop."""
    for node in walk(body):
        if isinstance(node, cst.If) and any(
            isinstance(each, cst.Continue | cst.Break) for each in walk(node.body)
        ):
            yield node.test


def _lengths_of_filled(body: cst.CSTNode) -> set[str]:
    """Return how the lengths of the lists are written that the body of a loop fills."""
    return {
        f"len({source(node.func.value)})"
        for node in walk(body)
        if isinstance(node, cst.Call)
        and isinstance(node.func, cst.Attribute)
        and node.func.attr.value in _FILLING
    }


def _position(loop: cst.For | cst.While) -> str:
    """Return the name that a loop has for its position, or nothing."""
    match loop:
        case cst.For(target=target, iter=cst.Call(func=cst.Name(value=function))):
            pass
        case _:
            return ""
    if function not in _COUNTING:
        return ""
    match target:
        case cst.Name(value=name) | cst.Tuple(elements=[cst.Element(cst.Name(value=name)), *_]):
            return name
        case _:
            return ""


def _told_by_position(loop: cst.For | cst.While) -> frozenset[str]:
    """Return the name of the position, and those of numbers that the loop computes from it."""
    position = _position(loop)
    if not position:
        return frozenset()
    values: dict[str, list[cst.BaseExpression]] = {}
    for node in walk(loop.body):
        if isinstance(node, cst.Assign):
            for each in node.targets:
                values.setdefault(source(each.target), []).append(node.value)
    told = {position}
    while more := {
        name
        for name, given in values.items()
        if name not in told and all(_is_computed(each, told, values.keys()) for each in given)
    }:
        told |= more
    return frozenset(told)


def _is_computed(value: cst.CSTNode, told: Collection[str], changed: Collection[str]) -> bool:
    """Say whether a value is a number that the position and what stays the same tell."""
    parts = list(walk(value))
    names = {each.value for each in parts if isinstance(each, cst.Name)}
    read = (cst.Attribute, cst.Subscript)
    plain = not any(isinstance(each, read) or not _is_arithmetic(each) for each in parts)
    return plain and all(name in told or name not in changed for name in names)


def _is_arithmetic(node: cst.CSTNode) -> bool:
    """Say whether a node is no call, or one that gives a number for numbers, or a length."""
    match node:
        case cst.Call(func=cst.Name(name)):
            return name in _ARITHMETIC
        case _:
            return not isinstance(node, cst.Call)


def _asks_for_position(test: cst.BaseExpression, position: frozenset[str]) -> bool:
    """Say whether a test compares what the position tells, and nothing else."""
    names = {each.value for each in walk(test) if isinstance(each, cst.Name)}
    return bool(names) and names <= position


def _asks_for_mode(test: cst.BaseExpression) -> bool:
    """Say whether a test is a call without arguments that asks for the state of the program."""
    match test:
        case cst.UnaryOperation(operator=cst.Not(), expression=inner):
            return _asks_for_mode(inner)
        case cst.Call():
            return _MODE.fullmatch(source(test)) is not None
        case _:
            return False


def _is_choice_of_texts(tests: list[cst.BaseExpression]) -> bool:
    """Say whether tests ask which of several texts the same thing is."""
    asked = set(map(_kind_asked, tests))
    subjects = {subject for subject, _ in asked}
    return len(asked) > 1 and len(subjects) == 1 and "" not in subjects


def _kind_asked(test: cst.BaseExpression) -> tuple[str, str]:
    """Return what is compared with a text, or with several, and these; nothing otherwise."""
    match test:
        case cst.Comparison(
            left=left,
            comparisons=[cst.ComparisonTarget(operator=cst.Equal() | cst.In(), comparator=kinds)],
        ):
            texts = [kinds] if isinstance(kinds, cst.SimpleString) else _members(kinds)
            told = bool(texts) and all(isinstance(each, cst.SimpleString) for each in texts)
            return (source(left), source(kinds)) if told else ("", "")
        case _:
            return "", ""


def _members(node: cst.BaseExpression) -> list[cst.BaseExpression]:
    if isinstance(node, cst.Tuple | cst.List | cst.Set):
        return [each.value for each in node.elements]
    return []
