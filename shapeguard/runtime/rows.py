"""Evaluate the relations about rows of several tensors: replicated, joined, handed out to heads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from shapeguard.runtime.facts import as_size
from shapeguard.runtime.scope import Failure
from shapeguard.runtime.shares import misfit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapeguard.contracts.relations import AlikeBesideTheBatch, HeadsTakeShares, Replicates
    from shapeguard.runtime.facts import Facts


def alike(relation: AlikeBesideTheBatch, facts: Facts) -> Failure | None:
    """Compare a field of all states, but for the first axis."""
    first: tuple[str, tuple[int, ...]] | None = None
    for index, state in enumerate(facts.read(relation.states)):
        shape = _shape(getattr(state, relation.field, None))
        if shape is None:
            continue
        place = f"{relation.states}[{index}].{relation.field}"
        if first is None:
            first = place, shape[1:]
        elif shape[1:] != first[1]:
            text = f"{place} is {list(shape[1:])} beside the batch; {first[0]} is {list(first[1])}"
            return Failure(
                relation.hazard,
                place,
                text,
                expected=str(list(first[1])),
                actual=str(list(shape[1:])),
                bound_by=first[0],
                shape=shape,
            )
    return None


def replicates(relation: Replicates, facts: Facts) -> Failure | None:
    """Check that the rows of each tensor go into those to which it is repeated."""
    tensors = [each for name in relation.tensors for each in _tensors(facts.read(name), name)]
    goal = _shape(facts.read(relation.to)) if relation.to else None
    wanted = (relation.to, goal[0]) if goal else max(tensors, key=_rows, default=None)
    for place, rows in tensors:
        if wanted is None or _goes_into(rows, wanted[1]):
            continue
        longer = rows > wanted[1]
        problem = "more than" if longer else "which do not go into"
        return Failure(
            relation.hazard,
            place,
            f"{place} has {rows} rows, {problem} the {wanted[1]} of {wanted[0]}",
            expected=wanted[1] if longer else f"a divisor of {wanted[1]}",
            actual=rows,
            bound_by=wanted[0],
        )
    return None


def _goes_into(rows: int, wanted: int) -> bool:
    """Say whether a tensor can be repeated; what has more rows was repeated before, but not to none."""
    if rows >= wanted:
        return wanted > 0 or rows == 0
    return rows > 0 and wanted % rows == 0


def heads(relation: HeadsTakeShares, facts: Facts) -> Failure | None:
    """Check how the rows of outputs are handed out to heads."""
    setup, outputs = facts.read(relation.heads), facts.read(relation.outputs)
    rows = _first_rows(outputs)
    kind = type(setup).__name__
    children = list(getattr(setup, "children", ()))
    if rows is None or kind not in {"BatchSplit", "Parallel"}:
        return None
    if kind == "Parallel":
        if not children or rows % len(children) == 0:
            return None
        text = f"{rows} rows of outputs for {len(children)} heads in Parallel"
        return _refused(relation, text, f"a multiple of {len(children)}", rows)
    sizes = list(setup.batch_sizes)
    numbers = [as_size(size) for size in sizes]
    problem = misfit(sizes, numbers, len(children), rows, "rows of the outputs")
    if problem is not None:
        return _refused(relation, f"{relation.heads}.batch_sizes: {problem[0]}", *problem[1:])
    if isinstance(outputs, Mapping) and 0 in numbers:
        index = numbers.index(0)
        text = (
            f"{relation.heads}.batch_sizes is {numbers}: head {children[index]!r} gets no row, and "
            "the first row of every share is looked up"
        )
        return _refused(relation, text, "a row for each head", 0)
    return None


def _refused(
    relation: HeadsTakeShares, text: str, expected: int | str, actual: int | str
) -> Failure:
    return Failure(relation.hazard, relation.heads, text, expected=expected, actual=actual)


def _tensors(value: object, name: str) -> Iterator[tuple[str, int]]:
    """Yield the tensors in an argument, each with its place and its rows."""
    several = isinstance(value, tuple | list)
    members = cast("tuple[object, ...]", value) if several else (value,)
    for index, each in enumerate(members):
        shape = _shape(each)
        if shape:
            yield (f"{name}[{index}]" if several else name), shape[0]


def _rows(tensor: tuple[str, int]) -> int:
    return tensor[1]


def _shape(value: Any) -> tuple[int, ...] | None:  # noqa: ANN401 - any argument
    shape = getattr(value, "shape", None)
    return None if shape is None else tuple(shape)


def _first_rows(outputs: object) -> int | None:
    """Return the rows of the first tensor of a mapping or a tuple."""
    members: Iterable[object] = ()
    if isinstance(outputs, Mapping):
        members = cast("Mapping[object, object]", outputs).values()
    elif isinstance(outputs, tuple | list):
        members = cast("tuple[object, ...]", outputs)
    shapes = (_shape(each) for each in members)
    return next((shape[0] for shape in shapes if shape), None)
