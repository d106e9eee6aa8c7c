"""What happens at an expression beside its value: members read by position, parts taken, tests made."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.events import Index, Lookup, Reduce
from shapeguard.lint.flow.predicates import literals, negate
from shapeguard.lint.flow.trees import source
from shapeguard.lint.flow.values import Int, Sequence

if TYPE_CHECKING:
    import libcst as cst

    from shapeguard.lint.flow.events import Identity
    from shapeguard.lint.flow.predicates import Predicate
    from shapeguard.lint.flow.run import Run
    from shapeguard.lint.flow.values import Value


def looked_up(run: Run, node: cst.Subscript, holder: Value, index: Value, axis: int = 0) -> None:
    """Report that one member is read by a known position, unless all members are known."""
    position = index.term if isinstance(index, Int) else None
    if position is None or position.known is None:
        return
    if isinstance(holder, Sequence) and holder.items is not None:
        return
    run.emit(Lookup(run.moment(node), holder, source(node.value), position, axis))


def part_taken(run: Run, node: cst.Subscript, holder: Value, index: Value, axis: int = 0) -> None:
    """Report that an axis, or a list, is narrowed by an index."""
    run.emit(Index(run.moment(node), holder, source(node.value), axis, index))


def reduced(run: Run, node: cst.Call, operand: Value, operation: str, identity: Identity) -> None:
    """Report that the members of a list become one value."""
    name = source(node.args[0].value) if node.args else operation
    run.emit(Reduce(run.moment(node), operation, operand, name, None, identity))


def tested(run: Run, node: cst.BaseExpression, condition: Predicate) -> None:
    """Remember that the function asks for a condition, and for its opposite."""
    station = replace(run.station(node, "tests `{}`"), condition=condition)
    for literal in literals(condition):
        for each in (literal, negate(literal)):
            known = run.analysis.tests.get(each, ())
            others = tuple(old for old in known if old.site != station.site)
            run.analysis.tests[each] = (*others, station)
