"""What a composition means: through which adapters every row goes.

This is the row view, on which all of the reference stands. A composition block never computes
anything: it says of every row of a batch which *chain* of adapters the row goes through. For
``Stack(BatchSplit("a", "b", batch_sizes=[2, 1]), "c")`` on three rows::

    row 0   a -> c
    row 1   a -> c
    row 2   b -> c

``BatchSplit``, ``MultiTask`` and ``Parallel`` only choose chains, and are gone from them. ``Average``,
``Fuse`` and ``Split`` let several adapters meet in one row, so they stay in its chain, as a
:class:`Mixture` whose branches are chains again. ``Parallel`` makes copies of the rows before it, one
channel after the other.

Blocks are told apart by class name, so this module needs neither torch nor adapters.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any, TypeAlias

from shapeguard.reference import arguments
from shapeguard.reference.refusing import refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from shapeguard.reference.upstream import Block, Setup

Chain: TypeAlias = "tuple[str | Mixture, ...]"
"""The adapters that a row goes through, one after the other."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """Several branches that a row goes through side by side.

    ``kind`` is ``Average`` (``shares`` are the weights), ``Split`` (``shares`` are numbers of tokens)
    or ``Fuse`` (``name`` is that of the fusion layer).
    """

    kind: str
    branches: tuple[Chain, ...]
    shares: tuple[float, ...] = ()
    name: str = ""

    def __str__(self) -> str:
        """Write the mixture as the block that it comes from."""
        return f"{self.kind}({', '.join(map(written, self.branches))})"


@dataclass(frozen=True, slots=True)
class Row:
    """A row on its way through a composition: where it comes from, and its chain so far."""

    source: int
    chain: Chain = ()
    channel: int | None = None


def distribute(setup: Setup, rows: int, task_ids: object = None) -> tuple[Row, ...]:
    """Tell for every row that leaves ``setup`` which of ``rows`` it is, and its chain.

    Raises :class:`CompositionError` if sizes, weights or ids do not fit their block or the rows
    that reach it.
    """
    return tuple(_through(setup, [Row(source) for source in range(rows)], task_ids))


def within(chain: Chain, present: Collection[str]) -> Chain:
    """Return what is left of a chain in a layer that has modules of ``present`` alone.

    A row passes by an adapter that the layer does not have; a mixture that has none is passed by, too.
    """
    kept: list[str | Mixture] = []
    for link in chain:
        if isinstance(link, str):
            kept += [link] if link in present else []
            continue
        branches = tuple(within(branch, present) for branch in link.branches)
        kept += [replace(link, branches=branches)] if any(branches) else []
    return tuple(kept)


def written(chain: Chain) -> str:
    """Write a chain for people: ``a -> b``."""
    return " -> ".join(map(str, chain)) or "no adapter"


def kind(setup: Setup) -> str:
    """Return the class name of a block; ``str`` for the name of an adapter."""
    return type(setup).__name__


def _through(setup: Setup, rows: list[Row], task_ids: object) -> list[Row]:
    if isinstance(setup, str):
        return [replace(row, chain=(*row.chain, setup)) for row in rows]
    if kind(setup) not in _BLOCKS:
        refuse(f"{setup!r} is neither the name of an adapter nor a composition block")
    return _BLOCKS[kind(setup)](setup, rows, task_ids)


def _stack(setup: Block, rows: list[Row], task_ids: object) -> list[Row]:
    for child in setup:
        rows = _through(child, rows, task_ids)
    return rows


def _batch_split(setup: Any, rows: list[Row], task_ids: object) -> list[Row]:
    sizes = arguments.batch_sizes(setup, len(rows))
    ends = list(accumulate(sizes))
    return [
        row
        for child, size, end in zip(setup, sizes, ends, strict=True)
        for row in _through(child, rows[end - size : end], task_ids)
    ]


def _multi_task(setup: Block, rows: list[Row], task_ids: object) -> list[Row]:
    children = list(setup)
    tasks = arguments.task_indices(setup, task_ids, [row.source for row in rows])
    return [
        leaving
        for row, task in zip(rows, tasks, strict=True)
        for leaving in _through(children[task], [row], None)
    ]


def _parallel(setup: Block, rows: list[Row], task_ids: object) -> list[Row]:
    channels = range(len(setup))
    if all(row.channel is None for row in rows):
        rows = [replace(row, channel=channel) for channel in channels for row in rows]
    elif {row.channel for row in rows} != set(channels):
        refuse(f"{setup} has not as many channels as the Parallel block before it")
    return [
        row
        for channel, child in zip(channels, setup, strict=True)
        for row in _through(child, [row for row in rows if row.channel == channel], task_ids)
    ]


def _average(setup: Any, rows: list[Row], task_ids: object) -> list[Row]:
    return _mixed(setup, rows, task_ids, shares=arguments.weights(setup))


def _split(setup: Any, rows: list[Row], task_ids: object) -> list[Row]:
    return _mixed(setup, rows, task_ids, shares=arguments.splits(setup))


def _fuse(setup: Any, rows: list[Row], task_ids: object) -> list[Row]:
    return _mixed(setup, rows, task_ids, name=setup.name)


def _mixed(
    setup: Block,
    rows: list[Row],
    task_ids: object,
    *,
    shares: Sequence[float] = (),
    name: str = "",
) -> list[Row]:
    """Keep the block in the chain of every row, with its children as this row meets them."""
    bare = [replace(row, chain=()) for row in rows]
    branches = [_through(child, bare, task_ids) for child in setup]
    return [
        replace(
            row,
            chain=(
                *row.chain,
                Mixture(kind(setup), tuple(each[at].chain for each in branches), (*shares,), name),
            ),
        )
        for at, row in enumerate(rows)
    ]


_BLOCKS: dict[str, Callable[[Any, list[Row], object], list[Row]]] = {
    "Stack": _stack,
    "BatchSplit": _batch_split,
    "MultiTask": _multi_task,
    "Parallel": _parallel,
    "Average": _average,
    "Split": _split,
    "Fuse": _fuse,
}
