"""What happens at an expression beside its value: members read by position, parts taken, tests made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.calls.binding import scope_of
from shapeguard.lint.flow.calls.parameters import Annotations, axis_string
from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.predicates import at_most, less
from shapeguard.lint.flow.domain.tensors import Kind, Tensor
from shapeguard.lint.flow.domain.terms import ONE, ZERO
from shapeguard.lint.flow.domain.values import Dictionary, Int, Missing, Record, Sequence, Unknown
from shapeguard.lint.flow.events import (
    Annotation,
    Demand,
    Index,
    KeyLookup,
    Lookup,
    Reduce,
    Requirement,
)
from shapeguard.lint.flow.evidence.keys import asks_for_keys, chosen, found_on_path
from shapeguard.lint.flow.expressions.asking import condition_of
from shapeguard.lint.flow.operations.splits import take
from shapeguard.lint.flow.shapes.iteration import count
from shapeguard.lint.flow.syntax.trees import source

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.arguments import Arguments
    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.events import Identity
    from shapeguard.lint.flow.run import Run


def looked_up(run: Run, node: cst.Subscript, holder: Value, index: Value, axis: int = 0) -> None:
    """Report that one member is read by a position that follows from nothing but a length.

    An index that a loop counts is in range as a rule; so it is if all members are known. Counts of what
    occurs are as many as the data says: the position of a kind need not be one of them.
    """
    position = index.term if isinstance(index, Int) else None
    if position is None:
        return
    if axis == 0 and isinstance(holder, Sequence):
        _piece_taken(run, node, holder, position)
    if isinstance(holder, Dictionary) or (
        isinstance(holder, Sequence) and holder.items is not None
    ):
        return
    from_end = count(run, node, holder) - position if axis == 0 else position
    follows_data = isinstance(holder, Tensor) and holder.trait(Kind.PRESENT_COUNTS) is not None
    if position.known is not None or from_end.known is not None or follows_data:
        run.emit(Lookup(run.moment(node), holder, source(node.value), position, axis))
        if axis == 0 and isinstance(holder, Sequence | Tensor | Unknown) and _is_written(node):
            was_there = less(ZERO, count(run, node, holder))
            run.state = run.here.assume(was_there) or run.here


def key_read(run: Run, node: cst.Subscript, holder: Value, key: Value) -> None:
    """Report that the value of a key is read of a mapping that an object has."""
    if not isinstance(node.value, cst.Attribute) or run.analysis.muted:
        return
    if not _is_mapping(holder) or not _is_key(key):
        return
    moment, name = run.moment(node), source(node.value)
    known, guards = found_on_path(run, key, moment)
    aware = not known and asks_for_keys(run.function.parse(), name)
    of_several = None if known or aware else chosen(run, key)
    index = source(node)[len(name) + 1 : -1]
    run.emit(KeyLookup(moment, holder, name, key, index, guards, known, aware, of_several))


def _is_mapping(holder: Value) -> bool:
    """Say whether a value may be a mapping that makes nothing up for a key that is missing."""
    leaves = merge.leaves(holder)
    return not any(
        each.made is not None if isinstance(each, Dictionary) else not isinstance(each, Unknown)
        for each in leaves
    )


def _is_key(key: Value) -> bool:
    """Say whether a value may be a key that is no constant; what is read of a key may be a tensor."""
    leaves = merge.leaves(key)
    return all(isinstance(each, Unknown | Record | Tensor | Missing) for each in leaves)


def _is_written(node: cst.Subscript) -> bool:
    """Say whether a position is a literal, the same each time that it is evaluated."""
    match node.slice:
        case [cst.SubscriptElement(cst.Index(cst.Integer() | cst.UnaryOperation()))]:
            return True
        case _:
            return False


def _piece_taken(run: Run, node: cst.Subscript, holder: Sequence, position: Term) -> None:
    """Report that a piece of a split is taken by its position."""
    behind = position.scaled(-1) if (position.known or 0) < 0 else position + ONE
    take(run, node, holder, behind)


def first_taken(run: Run, node: cst.Call, holder: Value) -> None:
    """Report that the first member is taken from an iterator."""
    if not isinstance(holder, Sequence) or holder.items is None:
        name = source(node.args[0].value) if node.args else "next"
        run.emit(Lookup(run.moment(node), holder, name, ZERO))


def part_taken(run: Run, node: cst.Subscript, holder: Value, index: Value, axis: int = 0) -> None:
    """Report that an axis, or a list, is narrowed by an index."""
    run.emit(Index(run.moment(node), holder, source(node.value), axis, index))


def reduced(run: Run, node: cst.Call, operand: Value, operation: str, identity: Identity) -> None:
    """Report that the members of a list become one value."""
    starred = [each for each in node.args if each.star == "*"]
    given = next(iter(starred or node.args), None)
    name = operation if given is None else source(given.value)
    run.emit(Reduce(run.moment(node), operation, operand, name, None, identity))


def step_needed(run: Run, node: cst.Call, given: Arguments, step: Term) -> None:
    """Report what a range needs of a step that is not a literal: it must not be 0."""
    if step.known is not None:
        return
    needed = Requirement(at_most(ONE, step), "`range` needs a step of at least 1")
    run.emit(
        Demand(run.moment(node), "range", given.positional, given.keywords, requirements=(needed,))
    )


def annotated(run: Run, node: cst.AnnAssign, value: Value) -> Value:
    """Report a value that gets a name with a shape; what is unknown is what the annotation says."""
    annotation = node.annotation.annotation
    text = axis_string(annotation) if isinstance(annotation, cst.Subscript) else None
    if text is not None:
        known = dict(scope_of(run).known)
        run.emit(Annotation(run.moment(node), source(node.target), text, value, known))
    if not isinstance(value, Unknown):
        return value
    annotations = Annotations(run.analysis.program, run.function.module)
    return annotations.declared(annotation, value.origin, value.name)


def refused(run: Run, node: cst.BaseExpression) -> Predicate:
    """Return a condition of which the function excludes one side: no belief that it happens."""
    tests = run.analysis.tests
    before = dict(tests)
    condition = condition_of(run, node)
    tests.clear()
    tests.update(before)
    return condition
