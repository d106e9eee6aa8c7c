"""Shrink a failing composition: fewer rows, fewer adapters, less nesting, as long as it fails.

Greedy, as in delta debugging (Zeller and Hildebrandt 2002, "Simplifying and isolating
failure-inducing input"): the first smaller case that still fails is taken, and again, until none
fails. Needs neither torch nor adapters: blocks are rebuilt by their own classes.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, TypeVar

from shapeguard.errors import CompositionError, OracleError
from shapeguard.oracle.verdict import Case

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from shapeguard.oracle.distribution import Setup

Value = TypeVar("Value")

MOST_TRIALS = 100


def shrink(case: Case, fails: Callable[[Case], bool], trials: int = MOST_TRIALS) -> Case:
    """Return a smallest case that ``fails``, trying at most ``trials`` smaller ones.

    A smaller case that cannot be judged or is no valid composition does not count as failing.
    """
    left = trials
    smaller = smaller_cases(case)
    while left > 0 and (candidate := next(smaller, None)) is not None:
        left -= 1
        if _still(fails, candidate):
            case = candidate
            smaller = smaller_cases(case)
    return case


def smaller_cases(case: Case) -> Iterator[Case]:
    """All cases with one row less, then all with a simpler composition."""
    rows = len(case.rows)
    for dropped in range(rows if rows > 1 else 0):
        kept = [row != dropped for row in range(rows)]
        yield Case(
            restrict(case.setup, kept), _keep(case.rows, kept), _keep_tasks(case.task_ids, kept)
        )
    for setup in simpler(case.setup):
        yield Case(setup, case.rows, case.task_ids)


def restrict(setup: Setup, kept: Sequence[bool]) -> Setup:
    """Adapt all ``batch_sizes`` in ``setup`` to a batch of which only some rows are kept."""
    return _restrict(setup, kept, parallelized=False)


def simpler(setup: Setup) -> Iterator[Setup]:
    """All compositions with one block less, one child less, or one child made simpler.

    A share of a ``BatchSplit`` is dropped only if it is empty. Of a ``MultiTask`` only the last
    child is, since task ids count children.
    """
    if isinstance(setup, str):
        return
    children: list[Setup] = list(setup)
    sizes: list[int] | None = getattr(setup, "batch_sizes", None)
    yield from children
    for place, child in enumerate(children):
        if len(children) > 1 and _is_droppable(setup, place):
            rest = None if sizes is None else sizes[:place] + sizes[place + 1 :]
            yield _rebuilt(setup, children[:place] + children[place + 1 :], rest)
        for less in simpler(child):
            yield _rebuilt(setup, [*children[:place], less, *children[place + 1 :]], sizes)


def _restrict(setup: Setup, kept: Sequence[bool], *, parallelized: bool) -> Setup:
    if isinstance(setup, str):
        return setup
    kind = type(setup).__name__
    if kind == "Stack":
        return _restrict_stack(setup, kept, parallelized=parallelized)
    if kind == "BatchSplit":
        old: list[int] = setup.batch_sizes
        parts = [kept[end - size : end] for end, size in zip(accumulate(old), old, strict=True)]
        sizes = [sum(part) for part in parts]
        return _rebuilt(setup, _restrict_each(setup, parts, parallelized=parallelized), sizes)
    channel = kept[: len(kept) // len(setup)] if kind == "Parallel" and parallelized else kept
    parts = [channel] * len(setup)
    return _rebuilt(setup, _restrict_each(setup, parts, parallelized=True), None)


def _restrict_stack(setup: Setup, kept: Sequence[bool], *, parallelized: bool) -> Setup:
    children: list[Setup] = []
    for child in setup:
        children.append(_restrict(child, kept, parallelized=parallelized))
        if type(child).__name__ == "Parallel" and not parallelized:
            kept = list(kept) * len(child)
            parallelized = True
    return _rebuilt(setup, children, None)


def _restrict_each(
    setup: Setup, parts: Sequence[Sequence[bool]], *, parallelized: bool
) -> list[Setup]:
    return [
        _restrict(child, part, parallelized=parallelized)
        for child, part in zip(setup, parts, strict=True)
    ]


def _is_droppable(setup: Setup, place: int) -> bool:
    kind = type(setup).__name__
    if kind == "BatchSplit":
        return bool(setup.batch_sizes[place] == 0)
    return kind != "MultiTask" or place == len(setup) - 1


def _rebuilt(setup: Setup, children: Sequence[Setup], sizes: Sequence[int] | None) -> Setup:
    if sizes is None:
        return type(setup)(*children)
    return type(setup)(*children, batch_sizes=list(sizes))


def _keep(values: Sequence[Value], kept: Sequence[bool]) -> tuple[Value, ...]:
    return tuple(value for value, keep in zip(values, kept, strict=True) if keep)


def _keep_tasks(
    task_ids: tuple[int | str, ...] | None, kept: Sequence[bool]
) -> tuple[int | str, ...] | None:
    """Keep the tasks of the kept rows, in every channel if they count replicated rows."""
    if task_ids is None:
        return None
    return _keep(task_ids, list(kept) * (len(task_ids) // len(kept)))


def _still(fails: Callable[[Case], bool], case: Case) -> bool:
    try:
        return fails(case)
    except (CompositionError, OracleError):
        return False
