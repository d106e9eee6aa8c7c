"""Shrink a failing composition: fewer rows, fewer adapters, less nesting, as long as it fails.

Greedy, as in delta debugging (Zeller and Hildebrandt 2002, "Simplifying and isolating
failure-inducing input"): the first smaller case that still fails is taken, and again, until none
fails. Needs neither torch nor adapters: blocks are rebuilt by their own classes.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate, chain
from typing import TYPE_CHECKING, TypeVar

from shapeguard.errors import CompositionError, OracleError
from shapeguard.oracle.blocks import kind, rebuilt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from shapeguard.oracle.blocks import Setup
    from shapeguard.oracle.verdict import Case

Value = TypeVar("Value")

MOST_TRIALS = 100


def shrink(
    case: Case, fails: Callable[[Case], bool], trials: int = MOST_TRIALS, layers: int = 0
) -> Case:
    """Return a smallest case that ``fails``, trying at most ``trials`` smaller ones.

    A smaller case that cannot be judged or is no valid composition does not count as failing. If
    ``layers`` of the model are known, one of them is tried before all others.
    """
    left = trials
    smaller: Iterator[Case] = chain(in_one_layer(case, layers), smaller_cases(case))
    while left > 0 and (candidate := next(smaller, None)) is not None:
        left -= 1
        if _still(fails, candidate):
            case = candidate
            smaller = smaller_cases(case)
    return case


def in_one_layer(case: Case, layers: int) -> Iterator[Case]:
    """All cases with adapters in one layer only, of a case that has them in several."""
    if layers > 1 and case.layers is None:
        for layer in range(layers):
            yield replace(case, layers=(layer,))


def smaller_cases(case: Case) -> Iterator[Case]:
    """All cases with one row less, then all with a simpler composition."""
    rows = len(case.rows)
    for dropped in range(rows if rows > 1 else 0):
        kept = [row != dropped for row in range(rows)]
        yield replace(
            case,
            setup=restrict(case.setup, kept),
            rows=_keep(case.rows, kept),
            task_ids=_keep_tasks(case.task_ids, kept),
        )
    for setup in simpler(case.setup):
        yield replace(case, setup=setup)


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
            yield rebuilt(setup, children[:place] + children[place + 1 :], rest)
        for less in simpler(child):
            yield rebuilt(setup, [*children[:place], less, *children[place + 1 :]], sizes)


def _restrict(setup: Setup, kept: Sequence[bool], *, parallelized: bool) -> Setup:
    if isinstance(setup, str):
        return setup
    if kind(setup) == "Stack":
        return _restrict_stack(setup, kept, parallelized=parallelized)
    if kind(setup) == "BatchSplit":
        old: list[int] = setup.batch_sizes
        parts = [kept[end - size : end] for end, size in zip(accumulate(old), old, strict=True)]
        sizes = [sum(part) for part in parts]
        return rebuilt(setup, _restrict_each(setup, parts, parallelized=parallelized), sizes)
    replicated = kind(setup) == "Parallel" and parallelized
    channel = kept[: len(kept) // len(setup)] if replicated else kept
    inside = parallelized or kind(setup) == "Parallel"
    parts = [channel] * len(setup)
    return rebuilt(setup, _restrict_each(setup, parts, parallelized=inside), None)


def _restrict_stack(setup: Setup, kept: Sequence[bool], *, parallelized: bool) -> Setup:
    children: list[Setup] = []
    for child in setup:
        children.append(_restrict(child, kept, parallelized=parallelized))
        if kind(child) == "Parallel" and not parallelized:
            kept = list(kept) * len(child)
            parallelized = True
    return rebuilt(setup, children, None)


def _restrict_each(
    setup: Setup, parts: Sequence[Sequence[bool]], *, parallelized: bool
) -> list[Setup]:
    return [
        _restrict(child, part, parallelized=parallelized)
        for child, part in zip(setup, parts, strict=True)
    ]


def _is_droppable(setup: Setup, place: int) -> bool:
    if kind(setup) == "BatchSplit":
        return bool(setup.batch_sizes[place] == 0)
    if kind(setup) == "Split":
        return False
    return kind(setup) != "MultiTask" or place == len(setup) - 1


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
