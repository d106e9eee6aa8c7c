"""Evaluate the relations of :mod:`shapeguard.contracts.relations` on one call."""

from __future__ import annotations

import reprlib
from collections.abc import Sized
from typing import TYPE_CHECKING, Any, cast

from shapeguard.contracts.relations import (
    AlikeBesideTheBatch,
    DescribesTheShare,
    Expression,
    HeadsTakeShares,
    OneTaskIdARow,
    PresentInAllOrNone,
    Replicates,
    SplitsTheBatch,
    TakesRows,
)
from shapeguard.runtime import rows, shares
from shapeguard.runtime.closures import UnboundNameError
from shapeguard.runtime.expressions import UndefinedValueError, evaluate, parse_formula
from shapeguard.runtime.scope import Failure

if TYPE_CHECKING:
    from collections.abc import Callable

    from shapeguard.contracts.relations import (
        Relation,
    )
    from shapeguard.runtime.facts import Facts


def evaluate_relation(relation: Relation, facts: Facts) -> Failure | None:
    """Return how the call breaks the relation; None if it holds or cannot be judged."""
    return _EVALUATORS[type(relation)](relation, facts)


def _expression(relation: Expression, facts: Facts) -> Failure | None:
    formula = parse_formula(relation.text)
    names = facts.scope.names()
    try:
        if evaluate(formula, names):
            return None
        problem = f"{relation.text} does not hold"
    except UnboundNameError:
        return None
    except UndefinedValueError as error:
        problem = f"{relation.text} has no value ({error})"
    axis = next((name for name in sorted(formula.names) if facts.extent(name) is not None), None)
    shown = (_shown(name, names[name]) for name in sorted(formula.names))
    values = ", ".join(filter(None, shown))
    place = relation.argument or (facts.bound_by(axis) or axis if axis else relation.text)
    text = problem + (f": {values}" if values else "")
    return Failure(
        relation.hazard,
        str(place),
        text,
        axis,
        expected=relation.text,
        actual=values,
        bound_by=facts.bound_by(axis) if axis else None,
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


def _shown(name: str, value: object) -> str:
    """Write a value, or the length or shape of what may not be printed."""
    if _prints(value):
        return f"{name} = {reprlib.repr(value)}"
    shape = getattr(value, "shape", None)
    if shape is not None:
        return f"{name}.shape = {list(shape)}"
    return f"len({name}) = {len(value)}" if isinstance(value, Sized) else ""


def _prints(value: object) -> bool:
    """Whether a value may be printed: extents and plain scalars, nothing with elements."""
    if isinstance(value, tuple):
        return all(map(_prints, cast("tuple[object, ...]", value)))
    return value is None or isinstance(value, int | str)


_EVALUATORS: dict[type, Callable[[Any, Facts], Failure | None]] = {
    Expression: _expression,
    DescribesTheShare: shares.describes,
    SplitsTheBatch: shares.splits,
    TakesRows: shares.takes,
    PresentInAllOrNone: _present,
    AlikeBesideTheBatch: rows.alike,
    Replicates: rows.replicates,
    HeadsTakeShares: rows.heads,
    OneTaskIdARow: shares.task_ids,
}
