"""Distribute a composition away: which rows go, alone, through which adapters.

The blocks ``Stack``, ``BatchSplit``, ``Parallel`` and ``MultiTask`` only say where a row goes. So a
composition of them on a batch is the same as several *shares*: some input rows, each with one flat
chain of adapters. For ``Stack(BatchSplit("a", "b", batch_sizes=[2, 1]), "c")`` on three rows::

    Share(output_rows=(0, 1), input_rows=(0, 1), chain=("a", "c"))
    Share(output_rows=(2,),   input_rows=(2,),   chain=("b", "c"))

``Average``, ``Fuse`` and ``Split`` mix adapters within a row. They stay in the chain, with children
that are distributed away for this row; where all children are the same, an average or a split of
them is that child, which is what the row is compared with.

Blocks are told apart by class name, so this module needs neither torch nor adapters.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, cast

from shapeguard.errors import CompositionError
from shapeguard.oracle.blocks import MIXING, describe, kind, rebuilt, stacked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from shapeguard.oracle.blocks import Setup


@dataclass(frozen=True, slots=True)
class Share:
    """Rows that go through the same chain of adapters, and where they come out.

    ``input_rows[i]`` of the batch becomes ``output_rows[i]`` of the composed output. The chain holds
    names, and blocks that mix adapters within a row.
    """

    output_rows: tuple[int, ...]
    input_rows: tuple[int, ...]
    chain: tuple[Setup, ...]

    def __str__(self) -> str:
        """Name the rows and the adapters."""
        return f"rows {', '.join(map(str, self.output_rows))} alone through {stacked(self.chain)}"


@dataclass(frozen=True, slots=True)
class _Row:
    input_row: int
    channel: int | None = None
    chain: tuple[Setup, ...] = ()


def distribute(
    setup: Setup, rows: int, *, task_ids: Sequence[int | str] | None = None
) -> tuple[Share, ...]:
    """Tell for every output row which input row it is and through which adapters it goes.

    Shares without rows do not appear. ``Parallel`` replicates the rows channel after channel; a
    second one in the same stack goes on channel by channel. ``batch_sizes`` and ``task_ids``
    (indices or names of children) count the rows that reach their block.

    Raises :class:`CompositionError` if the sizes or ids do not fit the rows or ``setup`` is no
    composition.
    """
    return _shares(_through(setup, [_Row(row) for row in range(rows)], task_ids))


def _shares(rows: Sequence[_Row]) -> tuple[Share, ...]:
    members: dict[tuple[int | None, str], list[int]] = {}
    for place, row in enumerate(rows):
        members.setdefault((row.channel, stacked(row.chain)), []).append(place)
    return tuple(
        Share(
            tuple(places),
            tuple(rows[place].input_row for place in places),
            rows[places[0]].chain,
        )
        for places in members.values()
    )


def _through(setup: Setup, rows: list[_Row], task_ids: Sequence[int | str] | None) -> list[_Row]:
    if isinstance(setup, str):
        return [_Row(row.input_row, row.channel, (*row.chain, setup)) for row in rows]
    if kind(setup) in MIXING:
        return _mixed(setup, rows, task_ids)
    if kind(setup) not in _BLOCKS:
        message = f"{setup!r} is neither the name of an adapter nor a composition block"
        raise CompositionError(message)
    return _BLOCKS[kind(setup)](setup, rows, task_ids)


def _mixed(setup: Setup, rows: list[_Row], task_ids: Sequence[int | str] | None) -> list[_Row]:
    """Keep the block in the chain of every row, with the children as this row meets them."""
    bare = [_Row(row.input_row, row.channel) for row in rows]
    children = [_through(child, bare, task_ids) for child in setup]
    return [
        replace(
            row, chain=(*row.chain, *_mixture(setup, [child[place].chain for child in children]))
        )
        for place, row in enumerate(rows)
    ]


def _mixture(setup: Setup, chains: Sequence[tuple[Setup, ...]]) -> tuple[Setup, ...]:
    """Return what a row goes through in a block that mixes: the child, if all are the same."""
    same = len({stacked(chain) for chain in chains}) == 1
    if same and kind(setup) != "Fuse" and _is_whole(setup):
        return tuple(chains[0])
    children = [
        chain[0] if len(chain) == 1 else _stack_like(child, chain)
        for child, chain in zip(setup, chains, strict=True)
    ]
    return (rebuilt(setup, children),)


def _is_whole(setup: Setup) -> bool:
    """Whether the shares of the children add up to one of them."""
    weights: list[float] = list(getattr(setup, "weights", (1.0,)))
    return abs(sum(weights) - 1) < _SMALL


def _stack_like(child: Setup, chain: tuple[Setup, ...]) -> Setup:
    """Stack a chain of several adapters with the class of the stack that it comes from."""
    stack = next(each for each in _blocks(child) if kind(each) == "Stack")
    return type(stack)(*chain)


def _blocks(setup: Setup) -> Iterator[Setup]:
    if not isinstance(setup, str):
        yield setup
        for child in setup:
            yield from _blocks(child)


def _stack(setup: Setup, rows: list[_Row], task_ids: Sequence[int | str] | None) -> list[_Row]:
    for child in setup:
        rows = _through(child, rows, task_ids)
    return rows


def _batch_split(
    setup: Setup, rows: list[_Row], task_ids: Sequence[int | str] | None
) -> list[_Row]:
    sizes = cast("list[int]", setup.batch_sizes)
    if len(sizes) != len(setup) or any(type(size) is not int or size < 0 for size in sizes):
        message = f"batch_sizes={sizes} are not one number of rows for each of {list(setup)}"
        raise CompositionError(message)
    if sum(sizes) != len(rows):
        message = f"batch_sizes={sizes} do not add up to {len(rows)} rows"
        raise CompositionError(message)
    starts = accumulate(sizes, initial=0)
    return [
        row
        for child, start, size in zip(
            setup, starts, sizes, strict=False
        )  # the last start is the end
        for row in _through(child, rows[start : start + size], task_ids)
    ]


def _multi_task(setup: Setup, rows: list[_Row], task_ids: Sequence[int | str] | None) -> list[_Row]:
    children: list[Setup] = list(setup)
    if task_ids is None or len(task_ids) != len(rows):
        message = f"MultiTask needs one of task_ids={task_ids} for each of {len(rows)} rows"
        raise CompositionError(message)
    return [
        _through(_child_of_task(children, task), [row], None)[0]
        for row, task in zip(rows, task_ids, strict=True)
    ]


def _child_of_task(children: list[Setup], task: int | str) -> Setup:
    index = children.index(task) if task in children else task
    if not isinstance(index, int) or not 0 <= index < len(children):
        message = f"task id {task!r} is none of the children {children}"
        raise CompositionError(message)
    return children[index]


def _parallel(setup: Setup, rows: list[_Row], task_ids: Sequence[int | str] | None) -> list[_Row]:
    if all(row.channel is None for row in rows):
        rows = [replace(row, channel=channel) for channel in range(len(setup)) for row in rows]
    if {row.channel for row in rows} != set(range(len(setup))):
        message = f"{describe(setup)} has not as many channels as the Parallel block before it"
        raise CompositionError(message)
    return [
        row
        for channel, child in enumerate(setup)
        for row in _through(child, [row for row in rows if row.channel == channel], task_ids)
    ]


_SMALL = 1e-6
_BLOCKS: dict[str, Callable[[Setup, list[_Row], Sequence[int | str] | None], list[_Row]]] = {
    "Stack": _stack,
    "BatchSplit": _batch_split,
    "MultiTask": _multi_task,
    "Parallel": _parallel,
}
