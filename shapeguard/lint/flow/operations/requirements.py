"""What a call needs of its arguments: k within an extent, something to choose from, a full batch."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.predicates import at_most, equal, every, less, negate
from shapeguard.lint.flow.domain.propositions import FALSE, TRUE, opaque_keys
from shapeguard.lint.flow.domain.ranks import elements
from shapeguard.lint.flow.domain.tensors import Slice
from shapeguard.lint.flow.domain.terms import ONE, ZERO, Term
from shapeguard.lint.flow.domain.values import (
    Bool,
    Int,
    Missing,
    Sequence,
    Shape,
    Unknown,
    as_tensor,
)
from shapeguard.lint.flow.events import Requirement
from shapeguard.lint.flow.models import vocabulary as words
from shapeguard.lint.flow.operations.narrowing import refuses
from shapeguard.lint.flow.shapes.axes import settled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.operations.application import Application

_MATRIX = 2
"""The rank of a matrix."""

Conditional = tuple["Predicate", Requirement]


def needed(call: Application, needs: tuple[words.Need, ...]) -> None:
    """Report what a call needs; where an argument depends on the path, on each path."""
    found: dict[Predicate, list[Requirement]] = {}
    for need in needs:
        for condition, requirement in _requirements(call, need):
            found.setdefault(condition, []).append(requirement)
    for condition, requirements in found.items():
        moment = call.under(condition)
        if moment is not None:
            refuses(call, requirements, moment)


def _requirements(call: Application, need: words.Need) -> Iterator[Conditional]:
    match need:
        case words.Full():
            yield from _full(call, need)
        case words.Within():
            yield from _within(call, need)
        case words.Between():
            yield from _between(call, need)
        case words.Wide():
            yield from _wide(call, need)
        case words.Steps():
            yield from _steps(call, need)
        case words.Several():
            yield from _several(call, need)


def _full(call: Application, need: words.Full) -> Iterator[Conditional]:
    value = call.get(need.parameter)
    where = f"axis {need.axis} of " if need.axis else ""
    text = f"`{call.operation}` refuses an empty {where}`{need.parameter.keyword}`"
    for condition, leaf in merge.alternatives(value) if value is not None else ():
        size = _size(leaf, need.axis, call.identity)
        if size is not None:
            yield condition, Requirement(less(ZERO, size), text)


def _wide(call: Application, need: words.Wide) -> Iterator[Conditional]:
    value = call.get(need.parameter)
    text = f"`{call.operation}` needs {need.extent} columns in `{need.parameter.keyword}`"
    for condition, leaf in merge.alternatives(value) if value is not None else ():
        tensor = as_tensor(leaf)
        if tensor is not None:
            columns = settled(call.run, tensor).extent(need.axis)
            yield condition, Requirement(equal(columns, Term(need.extent)), text)


def _steps(call: Application, need: words.Steps) -> Iterator[Conditional]:
    value, first = call.get(need.parameter), call.get(need.batch_first) or Bool(FALSE)
    if value is None or first not in {Bool(TRUE), Bool(FALSE)}:
        return
    axis = 1 if first == Bool(TRUE) else 0
    text = f"`{call.operation}` refuses `{call.name}` without a step"
    for condition, leaf in merge.alternatives(value):
        tensor = as_tensor(leaf)
        if tensor is not None:
            along = 0 if tensor.rank == _MATRIX else axis
            yield condition, Requirement(less(ZERO, tensor.extent(along)), text)


def _several(call: Application, need: words.Several) -> Iterator[Conditional]:
    value, training = call.get(need.parameter), call.get(need.training)
    if value is None or training is None or not _trains(call, training):
        return
    text = f"`{call.operation}` refuses a single row of `{call.name}` in training"
    for condition, leaf in merge.alternatives(value):
        tensor = as_tensor(leaf)
        if tensor is not None and tensor.rank in {None, _MATRIX}:
            rows, sure = tensor.extent(0), tensor.rank is not None
            yield condition, Requirement(negate(equal(rows, ONE)), text, sure, rows)


def _trains(call: Application, training: Value) -> bool:
    """Say whether a layer is in training, as far as the function tells.

    Where it asks whether it is, it has two cases; where it calls ``eval``, it means one of them.
    """
    if isinstance(training, Bool) and training != Bool(TRUE):
        return False
    asked = {key for fact in call.run.here.facts for key in opaque_keys(fact)}
    if any("training" in key for key in asked):
        return False
    return not {"eval", "train"} & call.run.function.calls


def _size(value: Value, axis: int | None, identity: str) -> Term | None:
    match value:
        case Int(term):
            return term
        case Sequence():
            return merge.length(value, identity)
        case Slice(start, stop) if stop is not None:
            return stop - (start or ZERO)
        case Unknown() if axis is None:
            return None
        case _:
            tensor = as_tensor(value)
            if tensor is None:
                return None
            return elements(tensor) if axis is None else tensor.extent(axis)


def _within(call: Application, need: words.Within) -> Iterator[Conditional]:
    number, operand = call.term(need.parameter), call.operand
    axis = need.axis if isinstance(need.axis, int) else call.number(need.axis)
    free = bool(need.unless) and call.given.keywords.get(need.unless) == Bool(TRUE)
    if number is None or operand is None or axis is None:
        return
    for condition, leaf in merge.alternatives(operand):
        size = _size(leaf, axis, call.identity)
        if size is not None and not free:
            text = f"`{call.operation}` takes at most as many as `{call.name}` has"
            yield condition, Requirement(at_most(number, size), text)
    text = f"`{call.operation}` takes at least {need.low}"
    if number.known is None:
        yield TRUE, Requirement(at_most(Term(need.low), number), text)


def _between(call: Application, need: words.Between) -> Iterator[Conditional]:
    low, high = call.get(need.low), call.get(need.high)
    leaves = [] if high is None else merge.leaves(high)
    alone = all(isinstance(leaf, Missing | Sequence | Shape) for leaf in leaves)
    bottom, top = (Int(ZERO), low) if alone else (low, high)
    if bottom is None or top is None:
        return
    text = f"`{call.operation}` needs a number to choose from"
    order = at_most if need.inclusive else less
    for (condition, one), (other, two) in product(
        merge.alternatives(bottom), merge.alternatives(top)
    ):
        if isinstance(one, Int) and isinstance(two, Int):
            yield every((condition, other)), Requirement(order(one.term, two.term), text)
