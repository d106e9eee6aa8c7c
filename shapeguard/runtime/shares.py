"""Evaluate the relations about shares: split sizes, slices, metadata and task ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, cast

from shapeguard.runtime import composition
from shapeguard.runtime.binding import describe_type
from shapeguard.runtime.facts import as_bounds, as_size, is_in_memory
from shapeguard.runtime.scope import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shapeguard.contracts.relations import (
        DescribesTheShare,
        OneTaskIdARow,
        SplitsTheBatch,
        TakesRows,
    )
    from shapeguard.runtime.facts import Facts


Problem: TypeAlias = tuple[str, int | str, int | str]
"""What is wrong: a sentence, what was expected, what was found."""


def describes(relation: DescribesTheShare, facts: Facts) -> Failure | None:
    """Check metadata against the rows that it travels with."""
    batch = facts.extent(relation.axis)
    bounds = as_bounds(facts.read(relation.metadata))
    if bounds is None or batch is None:
        return None
    start, stop = bounds
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


def splits(relation: SplitsTheBatch, facts: Facts) -> Failure | None:
    """Check split sizes against children and batch."""
    sizes: Sequence[object] = facts.read(relation.sizes)
    children: Sequence[object] = facts.read(relation.children)
    if any(hasattr(size, "device") and not is_in_memory(size) for size in sizes):
        return None  # sizes on a device are not read: that would wait for it
    numbers = [as_size(size) for size in sizes]
    batch = facts.extent(relation.axis)
    fewer = composition.calling_method() in relation.fewer_allowed_from
    problem = misfit(sizes, numbers, len(children), batch, relation.axis, fewer=fewer)
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


def takes(relation: TakesRows, facts: Facts) -> Failure | None:
    """Check a slice against the batch, or the rows of the result against the slice."""
    taken_by, batch = facts.read(relation.taken_by), facts.extent(relation.axis)
    if batch is None:
        return None
    if relation.rows:
        return _took(relation, facts, taken_by, batch)
    bounds = as_bounds(taken_by)
    if bounds is None or 0 <= bounds[0] <= bounds[1] <= batch:
        return None
    start, stop = bounds
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


def task_ids(relation: OneTaskIdARow, facts: Facts) -> Failure | None:
    """Check the task ids of the forward context against rows and children."""
    ids, batch = composition.task_ids(), facts.extent(relation.axis)
    if ids is None or batch is None:
        return None
    problem = _no_ids(ids) or _other_number(ids, batch) or _stray(ids, relation, facts)
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


def _no_ids(ids: Any) -> Problem | None:  # noqa: ANN401 - whatever the caller gave
    """Say what is wrong with the kind of task ids."""
    shape = getattr(ids, "shape", None)
    if isinstance(ids, list) or (shape is not None and len(shape) == 1):
        return None
    wanted = "a list of names or a 1-d tensor"
    found = describe_type(ids) if shape is None else f"a tensor of {len(shape)} dimensions"
    return f"task_ids is {found}; it is {wanted}", wanted, found


def _other_number(ids: Any, batch: int) -> Problem | None:  # noqa: ANN401 - a list or a tensor
    if len(ids) == batch:
        return None
    return f"there are {len(ids)} task ids for {batch} rows", batch, len(ids)


def _stray(ids: Any, relation: OneTaskIdARow, facts: Facts) -> Problem | None:  # noqa: ANN401 - as above
    """Say where an id names no child; what a tensor holds there is not told."""
    children: Sequence[object] = facts.read(relation.children)
    for place, each in enumerate(_known_ids(ids, relation)):
        if isinstance(each, str) and each not in children:
            shown = [child for child in children if isinstance(child, str)]
            return f"task_ids[{place}] is {each!r}", f"one of {', '.join(shown)}", each
        if isinstance(each, int) and not 0 <= each < len(children):
            told = each if isinstance(ids, list) else "another number"
            return f"task_ids[{place}] is out of range", f"0 to {len(children) - 1}", told
    return None


def _known_ids(ids: Any, relation: OneTaskIdARow) -> list[object]:  # noqa: ANN401 - a list or a tensor
    """Read task ids that lie in memory; with ``in_range`` those on a device as well, which waits for it."""
    if isinstance(ids, list):
        return [*cast("list[object]", ids)]
    read: Callable[[], list[object]] = getattr(ids, "tolist", list)
    return read() if relation.in_range or is_in_memory(ids) else []


def misfit(
    sizes: Sequence[object],
    numbers: list[int | None],
    children: int,
    batch: int | None,
    axis: str,
    *,
    fewer: bool = False,
) -> Problem | None:
    """Say what is wrong with split sizes.

    ``numbers`` are the sizes as integers, None for those that are none; ``fewer`` says that the last
    children may be left out.
    """
    known = [number for number in numbers if number is not None]
    if len(known) < len(numbers):
        kind = describe_type(sizes[numbers.index(None)])
        return f"every size is an integer; one is {kind}", "integers", kind
    shown = str(known)
    if any(number < 0 for number in known):
        return f"every size is at least 0; they are {shown}", ">= 0", min(known)
    if len(known) > children or (len(known) < children and not fewer):
        return f"{len(known)} sizes {shown} for {children} children", children, len(known)
    if batch is not None and sum(known) != batch:
        return f"{shown} add up to {sum(known)}; {axis} is {batch}", batch, sum(known)
    return None


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
