"""Hypothesis strategies for split sizes and compositions, shares without rows included.

::

    @given(compositions(["a", "b", "c"], rows=3))
    def test_rows(composed):
        assert_rowwise_equal(model, composed.setup, inputs, task_ids=composed.task_ids)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shapeguard.errors import MissingExtraError
from shapeguard.reference import upstream

try:
    from hypothesis import strategies as st
except ModuleNotFoundError as error:
    _FEATURE = "shapeguard.oracle.strategies"
    raise MissingExtraError(_FEATURE, "test", "hypothesis") from error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

    from shapeguard.oracle.blocks import Setup

__all__ = ["Composed", "compositions", "split_sizes"]

SHARES = st.integers(1, 3)


@dataclass(frozen=True, slots=True)
class Composed:
    """A composition, with an id for every row if it contains ``MultiTask``."""

    setup: Setup
    task_ids: tuple[int, ...] | None = None


def split_sizes(rows: int, shares: int) -> SearchStrategy[list[int]]:
    """Draw ``shares`` non-negative sizes that add up to ``rows``; zeros anywhere are common."""
    cuts = st.lists(st.integers(0, rows), min_size=shares - 1, max_size=shares - 1).map(sorted)
    return cuts.map(
        lambda at: [end - start for start, end in zip([0, *at], [*at, rows], strict=True)]
    )


@st.composite
def compositions(draw: DrawFn, names: Sequence[str], rows: int) -> Composed:
    """Draw a composition of the adapters ``names`` on ``rows`` rows that adapters allows.

    One block of ``BatchSplit``, ``Parallel`` and ``MultiTask`` distributes the rows, alone or among
    the adapters of a ``Stack``. Its children are adapters, stacks of them, and, if it stands alone
    and adapters allows it, ``BatchSplit`` blocks.
    """
    top = draw(st.sampled_from(sorted(_BLOCK)))
    stacked = draw(st.booleans())  # adapters allows no third level of blocks
    setup = draw(_BLOCK[top](names, rows, nested=not stacked))
    if stacked:
        before = draw(st.lists(st.sampled_from(names), max_size=1))
        after = draw(st.lists(st.sampled_from(names), max_size=2))
        setup = upstream.composition().Stack(*before, setup, *after)
    ids = st.tuples(*[st.integers(0, _children(setup) - 1)] * rows)
    return Composed(setup, draw(ids) if top == "MultiTask" else None)


@st.composite
def _chain(draw: DrawFn, names: Sequence[str]) -> Setup:
    chain = draw(st.lists(st.sampled_from(names), min_size=1, max_size=2))
    return chain[0] if len(chain) == 1 else upstream.composition().Stack(*chain)


@st.composite
def _batch_split(draw: DrawFn, names: Sequence[str], rows: int, *, nested: bool) -> Setup:
    sizes = draw(SHARES.flatmap(lambda shares: split_sizes(rows, shares)))
    children = [draw(_share(names, size, nested=nested)) for size in sizes]
    return upstream.composition().BatchSplit(*children, batch_sizes=sizes)


def _share(names: Sequence[str], rows: int, *, nested: bool) -> SearchStrategy[Setup]:
    if not nested:
        return _chain(names)
    return st.one_of(_chain(names), _batch_split(names, rows, nested=False))


@st.composite
def _parallel(draw: DrawFn, names: Sequence[str], rows: int, *, nested: bool) -> Setup:
    children = draw(st.lists(_share(names, rows, nested=nested), min_size=2, max_size=3))
    return upstream.composition().Parallel(*children)


@st.composite
def _multi_task(draw: DrawFn, names: Sequence[str], rows: int, *, nested: bool) -> Setup:
    del rows, nested
    children = draw(st.lists(_chain(names), min_size=2, max_size=3))
    return upstream.composition().MultiTask(*children)


def _children(setup: Setup) -> int:
    blocks = [child for child in setup if type(child).__name__ == "MultiTask"]
    return len(blocks[0]) if blocks else len(setup)


_BLOCK = {"BatchSplit": _batch_split, "Parallel": _parallel, "MultiTask": _multi_task}
