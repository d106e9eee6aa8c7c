"""What the conditions of a function ask to be there, and under which of them a node is reached."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.syntax.trees import children, ending, remembered, walk
from shapeguard.lint.flow.syntax.walks import assigned, field_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_NOTHING = (cst.Is, cst.IsNot, cst.Equal, cst.NotEqual)


def asked(test: cst.CSTNode) -> Iterator[tuple[cst.BaseExpression, cst.BaseExpression, str]]:
    """Yield what a condition asks to be there: the expression, its holder, and the field or nothing."""
    match test:
        case cst.BooleanOperation(left=left, right=right):
            yield from asked(left)
            yield from asked(right)
        case cst.UnaryOperation(operator=cst.Not(), expression=inner):
            yield from asked(inner)
        case cst.Comparison(
            left=cst.SimpleString() as key,
            comparisons=[cst.ComparisonTarget(operator=cst.In() | cst.NotIn(), comparator=holder)],
        ):
            yield test, holder, f"[{key.evaluated_value!r}]"
        case cst.Comparison(
            left=node,
            comparisons=[cst.ComparisonTarget(operator=operator, comparator=cst.Name("None"))],
        ) if isinstance(operator, _NOTHING):
            holder, field = field_of(node) or (node, "")
            yield node, holder, field
        case _:
            found = field_of(test)
            if found is not None and isinstance(test, cst.BaseExpression):
                yield test, *found


def conditions(function: cst.FunctionDef, path: tuple[cst.CSTNode, ...]) -> Iterator[cst.CSTNode]:
    """Yield the conditions under which a node is reached; a name stands for what it is bound to."""
    for parent, child in itertools.pairwise(path):
        tests: list[cst.CSTNode] = []
        if isinstance(parent, cst.If | cst.IfExp) and child is not parent.test:
            tests.append(parent.test)
        elif isinstance(parent, cst.IndentedBlock):
            tests.extend(_left_before(parent, child))
        for test in tests:
            bound = assigned(function, test.value) if isinstance(test, cst.Name) else None
            yield test if bound is None else bound


def guards(function: cst.FunctionDef, node: cst.CSTNode) -> Iterator[cst.BaseExpression]:
    """Yield whatever is tested on the way to a node, and decides whether it is reached.

    These are the tests of branches around it, those behind which a branch in front of it leaves the
    block, assertions, and the parts of a condition that are evaluated in front of it.
    """
    for parent, child in itertools.pairwise(path_to(function, node)):
        match parent:
            case cst.If(test=test) | cst.IfExp(test=test) | cst.While(test=test):
                if child is not test:
                    yield test
            case cst.BooleanOperation(left=left, right=right) if child is right:
                yield left
            case cst.ListComp(for_in=each) | cst.GeneratorExp(for_in=each) if child is not each:
                yield from (condition.test for condition in each.ifs)
            case cst.IndentedBlock():
                yield from _decided_before(parent, child)
            case _:
                continue


def _decided_before(
    block: cst.IndentedBlock, statement: cst.CSTNode
) -> Iterator[cst.BaseExpression]:
    for each in itertools.takewhile(lambda other: other is not statement, block.body):
        match each:
            case cst.If(test=test, body=body) if _leaves(body):
                yield test
            case cst.SimpleStatementLine(body=[cst.Assert(test=test)]):
                yield test
            case _:
                continue


def _leaves(body: cst.BaseSuite) -> bool:
    """Say whether a branch ends by leaving the block in which it stands."""
    return any(
        isinstance(each, cst.Return | cst.Raise | cst.Continue | cst.Break)
        for each in ending(body)[-1:]
    )


def _left_before(block: cst.IndentedBlock, statement: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield the conditions under which the function is left in front of a statement."""
    for each in block.body:
        if each is statement:
            return
        match each:
            case cst.If(
                test=test,
                body=cst.IndentedBlock(body=[cst.SimpleStatementLine(body=[cst.Return()])]),
            ):
                yield test
            case _:
                pass


@remembered(256)
def path_to(function: cst.FunctionDef, node: cst.CSTNode) -> tuple[cst.CSTNode, ...]:
    """Return the nodes from a function down to one in it."""
    above = _parents(function)
    found = [node]
    while (parent := above.get(id(found[-1]))) is not None:
        found.append(parent)
    return tuple(reversed(found))


@remembered(64)
def _parents(function: cst.FunctionDef) -> dict[int, cst.CSTNode]:
    return {id(each): node for node in walk(function) for each in children(node)}
