"""Evaluate the relations about shares: split sizes, slices, metadata and task ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import torch

from shapeguard.runtime import composition
from shapeguard.runtime.binding import describe_type
from shapeguard.runtime.facts import as_bounds, as_size
from shapeguard.runtime.scope import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from shapeguard.contracts.relations import (
        DescribesTheShare,
        OneTaskIdARow,
        SplitsTheBatch,
        TakesRows,
    )
    from shapeguard.runtime.facts import Facts


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
    if any(hasattr(size, "device") for size in sizes):
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
    expected: int | str = batch
    actual: int | str = len(ids)
    text = f"there are {actual} task ids for {batch} rows"
    if actual == batch:
        children = facts.read(relation.children)
        stray = next(_strays(_known_ids(ids, relation), children), None)
        if stray is None:
            return None
        named = isinstance(stray, str)
        shown = [each for each in children if isinstance(each, str)]
        expected = f"one of {', '.join(shown)}" if named else f"0 to {len(children) - 1}"
        text, actual = f"a task id is {stray!r}", stray
    return Failure(
        relation.hazard,
        "task_ids",
        text,
        relation.axis,
        expected=expected,
        actual=actual,
        bound_by=facts.bound_by(relation.axis),
    )


def _known_ids(ids: Any, relation: OneTaskIdARow) -> list[object]:  # noqa: ANN401 - a list or a tensor
    """Read task ids that lie in memory; with ``in_range`` those on a device as well, which waits for it."""
    if isinstance(ids, list):
        return [*cast("list[object]", ids)]
    in_memory = type(ids) is torch.Tensor and ids.device.type == "cpu"
    read: Callable[[], list[object]] = getattr(ids, "tolist", list)
    return read() if relation.in_range or in_memory else []


def _strays(ids: list[object], children: Sequence[object]) -> Iterator[int | str]:
    """Yield what names no child: a number out of range, or a word that is none of them."""
    for each in ids:
        unknown = isinstance(each, str) and each not in children
        if unknown or (isinstance(each, int) and not 0 <= each < len(children)):
            yield cast("int | str", each)


def misfit(
    sizes: Sequence[object],
    numbers: list[int | None],
    children: int,
    batch: int | None,
    axis: str,
    *,
    fewer: bool = False,
) -> tuple[str, int | str, int | str] | None:
    """Say what is wrong with split sizes: (sentence, expected, actual).

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
