"""Evaluate the relations of :mod:`shapeguard.contracts.relations` on one call."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shapeguard.contracts.relations import (
    DescribesTheShare,
    Expression,
    OneTaskIdARow,
    PresentInAllOrNone,
    Relation,
    SplitsTheBatch,
    TakesRows,
)
from shapeguard.runtime import composition
from shapeguard.runtime.binding import describe_type
from shapeguard.runtime.expressions import UnboundNameError, evaluate, parse_formula
from shapeguard.runtime.scope import Failure, Scope


@dataclass(frozen=True, slots=True)
class Facts:
    """What a relation may look at: the arguments, the bound axes and who calls."""

    arguments: Mapping[str, Any]
    scope: Scope

    def read(self, path: str) -> Any:  # noqa: ANN401 - any attribute of any argument
        """Follow a path such as ``state.idx_slice``; None where it ends early."""
        name, *attributes = path.split(".")
        value = self.arguments.get(name)
        for attribute in attributes:
            value = getattr(value, attribute, None)
        return value

    def extent(self, axis: str) -> int | None:
        """The extent of an axis, if a tensor of this call bound it."""
        bound = self.scope.find(axis)
        return bound.extent if bound is not None and isinstance(bound.extent, int) else None

    def bound_by(self, axis: str) -> str | None:
        """Who bound the axis."""
        bound = self.scope.find(axis)
        return None if bound is None else bound.by


def evaluate_relation(relation: Relation, facts: Facts) -> Failure | None:
    """Return how the call breaks the relation; None if it holds or cannot be judged."""
    return _EVALUATORS[type(relation)](relation, facts)


def as_size(value: object) -> int | None:
    """Read an integer that is no truth value and no array; None for anything else."""
    if isinstance(value, bool) or hasattr(value, "device") or not hasattr(value, "__index__"):
        return None
    return operator.index(value)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def _expression(relation: Expression, facts: Facts) -> Failure | None:
    formula = parse_formula(relation.text)
    names = facts.scope.names()
    try:
        holds = evaluate(formula, names)
    except UnboundNameError:
        return None
    if holds:
        return None
    axis = next((name for name in sorted(formula.names) if facts.extent(name) is not None), None)
    values = ", ".join(
        f"{name} = {names[name]}" for name in sorted(formula.names) if _prints(names[name])
    )
    place = relation.argument or (facts.bound_by(axis) or axis if axis else relation.text)
    text = f"{relation.text} does not hold: {values}"
    return Failure(
        relation.hazard,
        str(place),
        text,
        axis,
        expected=relation.text,
        actual=values,
        bound_by=facts.bound_by(axis) if axis else None,
    )


def _describes(relation: DescribesTheShare, facts: Facts) -> Failure | None:
    kept, batch = facts.read(relation.metadata), facts.extent(relation.axis)
    if not isinstance(kept, slice) or batch is None:
        return None
    start, stop = as_size(kept.start), as_size(kept.stop)
    if start is None or stop is None:
        return None
    rows = stop - start
    if rows == batch or (not relation.exactly and rows > 0 and batch % rows == 0):
        return None
    text = (
        f"{relation.metadata} is {start}:{stop}, which covers {rows} rows; "
        f"{relation.axis} is {batch}, bound by {facts.bound_by(relation.axis)}"
    )
    return Failure(
        relation.hazard,
        relation.metadata,
        text,
        relation.axis,
        expected=batch,
        actual=rows,
        bound_by=facts.bound_by(relation.axis),
    )


def _splits(relation: SplitsTheBatch, facts: Facts) -> Failure | None:
    sizes, children = facts.read(relation.sizes), facts.read(relation.children)
    if not isinstance(sizes, list | tuple) or any(hasattr(size, "device") for size in sizes):  # pyright: ignore[reportUnknownVariableType] - members are inspected below
        return None  # sizes on a device are not read: that would wait for it
    numbers = [as_size(size) for size in sizes]  # pyright: ignore[reportUnknownVariableType,reportUnknownArgumentType]
    batch = facts.extent(relation.axis)
    problem = _misfit(relation, sizes, numbers, len(children), batch)  # pyright: ignore[reportUnknownArgumentType]
    if problem is None:
        return None
    text, expected, actual = problem
    return Failure(
        relation.hazard,
        relation.sizes,
        f"{relation.sizes}: {text}",
        relation.axis,
        expected=expected,
        actual=actual,
        bound_by=facts.bound_by(relation.axis),
    )


def _misfit(
    relation: SplitsTheBatch,
    sizes: list[object],
    numbers: list[int | None],
    children: int,
    batch: int | None,
) -> tuple[str, int | str, int | str] | None:
    """Say what is wrong with split sizes: (sentence, expected, actual)."""
    known = [number for number in numbers if number is not None]
    if len(known) < len(numbers):
        kind = describe_type(sizes[numbers.index(None)])
        return f"every size is an integer; one is {kind}", "integers", kind
    shown = str(known)
    if any(number < 0 for number in known):
        return f"every size is at least 0; they are {shown}", ">= 0", min(known)
    fewer = composition.calling_method() in relation.fewer_allowed_from
    if len(known) > children or (len(known) < children and not fewer):
        return f"{len(known)} sizes {shown} for {children} children", children, len(known)
    if batch is not None and sum(known) != batch:
        return f"{shown} add up to {sum(known)}; {relation.axis} is {batch}", batch, sum(known)
    return None


def _takes(relation: TakesRows, facts: Facts) -> Failure | None:
    taken_by, batch = facts.read(relation.taken_by), facts.extent(relation.axis)
    if batch is None:
        return None
    if relation.rows:
        return _took(relation, facts, taken_by, batch)
    if not isinstance(taken_by, slice):
        return None
    start, stop = as_size(taken_by.start or 0), taken_by.stop
    stop = batch if stop is None else as_size(stop)
    if start is None or stop is None or 0 <= start <= stop <= batch:
        return None
    text = (
        f"{relation.taken_by} is {start}:{stop}; {relation.axis} is {batch}, "
        f"bound by {facts.bound_by(relation.axis)}"
    )
    return Failure(
        relation.hazard,
        relation.taken_by,
        text,
        relation.axis,
        expected=f"0 <= start <= stop <= {batch}",
        actual=f"{start}:{stop}",
        bound_by=facts.bound_by(relation.axis),
    )


def _took(relation: TakesRows, facts: Facts, taken_by: object, batch: int) -> Failure | None:
    if isinstance(taken_by, slice):
        wanted = len(range(*taken_by.indices(batch)))
    else:
        shape = getattr(taken_by, "shape", None)
        if shape is None or len(shape) != 1 or str(getattr(taken_by, "dtype", "")).endswith("bool"):
            return None
        wanted = int(shape[0])
    found = facts.extent(relation.rows)
    if found is None or found == wanted:
        return None
    text = f"the result has {found} rows; {relation.taken_by} takes {wanted} of {batch}"
    return Failure(
        relation.hazard,
        "result",
        text,
        relation.rows,
        expected=wanted,
        actual=found,
        bound_by=relation.taken_by,
    )


def _present(relation: PresentInAllOrNone, facts: Facts) -> Failure | None:
    states = facts.read(relation.states)
    present = [getattr(state, relation.field, None) is not None for state in states]
    if all(present) or not any(present):
        return None
    odd = present.index(not present[0])
    first, other = ("a tensor", "None") if present[0] else ("None", "a tensor")
    place = f"{relation.states}[{odd}].{relation.field}"
    text = f"{place} is {other}, but {relation.states}[0].{relation.field} is {first}"
    return Failure(
        relation.hazard,
        place,
        text,
        expected=first,
        actual=other,
        bound_by=f"{relation.states}[0].{relation.field}",
    )


def _task_ids(relation: OneTaskIdARow, facts: Facts) -> Failure | None:
    ids, batch = composition.task_ids(), facts.extent(relation.axis)
    children = facts.read(relation.children)
    if ids is None or batch is None:
        return None
    problem: tuple[str, int | str, int | str] | None = None
    if len(ids) != batch:
        problem = (f"there are {len(ids)} task ids for {batch} rows", batch, len(ids))
    elif relation.in_range and hasattr(ids, "max") and len(ids) > 0:
        low, high = int(ids.min()), int(ids.max())
        if low < 0 or high >= len(children):
            found = low if low < 0 else high
            problem = (f"a task id is {found}", f"0 to {len(children) - 1}", found)
    if problem is None:
        return None
    text, expected, actual = problem
    return Failure(
        relation.hazard,
        "task_ids",
        text,
        relation.axis,
        expected=expected,
        actual=actual,
        bound_by=facts.bound_by(relation.axis),
    )


def _prints(value: object) -> bool:
    """Whether a value may be printed: extents and plain scalars, nothing with elements."""
    if isinstance(value, tuple):
        return all(isinstance(item, int) for item in value)  # pyright: ignore[reportUnknownVariableType]
    return value is None or isinstance(value, int | str)


_EVALUATORS: dict[type, Callable[[Any, Facts], Failure | None]] = {
    Expression: _expression,
    DescribesTheShare: _describes,
    SplitsTheBatch: _splits,
    TakesRows: _takes,
    PresentInAllOrNone: _present,
    OneTaskIdARow: _task_ids,
}
