"""Hypothesis strategies for split sizes and compositions, shares without rows included.

::

    @given(compositions(["a", "b", "c"], rows=3))
    def test_rows(composed):
        assert_rowwise_equal(model, composed.setup, inputs, task_ids=composed.task_ids)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shapeguard.errors import MissingExtraError
from shapeguard.reference import upstream

try:
    from hypothesis import strategies as st
except ModuleNotFoundError as error:
    _FEATURE = "shapeguard.oracle.strategies"
    raise MissingExtraError(_FEATURE, "test", "hypothesis") from error

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

    from shapeguard.oracle.blocks import Setup

__all__ = ["BLOCKS", "DISTRIBUTING", "Composed", "compositions", "split_sizes"]

DISTRIBUTING = ("BatchSplit", "MultiTask", "Parallel")
"""Blocks that say where a row goes."""

BLOCKS = (*DISTRIBUTING, "Average", "Fuse", "Split")
"""All blocks but ``Stack``, which is always drawn."""

_MOST_CHILDREN = 3
_DEEPEST = 2
"""adapters allows blocks other than ``Stack`` on two levels."""


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
def compositions(
    draw: DrawFn,
    names: Sequence[str],
    rows: int,
    *,
    blocks: Collection[str] = DISTRIBUTING,
    tokens: int | None = None,
) -> Composed:
    """Draw a composition of the adapters ``names`` on ``rows`` rows that adapters allows.

    ``blocks`` are drawn besides ``Stack``, nested as adapters allows. ``Split`` needs the number of
    ``tokens``, and ``Fuse`` a model with fusion layers for what is drawn. At most one block replicates
    the rows and at most one has tasks.

    Raises ``ValueError`` for an unknown block, or ``Split`` without ``tokens``.
    """
    unknown = sorted({*blocks} - {*BLOCKS})
    if unknown or ("Split" in blocks and tokens is None):
        message = f"unknown blocks {unknown}" if unknown else "Split needs the number of tokens"
        raise ValueError(message)
    drawing = _Drawing(draw, names, frozenset(blocks), tokens or 0)
    top = draw(st.sampled_from([*sorted(blocks), "Stack"]))
    return Composed(drawing.block(top, rows, level=0), drawing.task_ids)


class _Drawing:
    """One composition while it is drawn: what is left to draw, and the ids of its tasks."""

    def __init__(
        self, draw: DrawFn, names: Sequence[str], blocks: frozenset[str], tokens: int
    ) -> None:
        self._draw = draw
        self._names = names
        self._blocks = blocks
        self._tokens = tokens
        self.task_ids: tuple[int, ...] | None = None

    def child(self, parent: str, rows: int, level: int) -> Setup:
        """Draw what may stand inside a block of the kind ``parent``."""
        allowed = self._allowed(parent, level)
        chosen = self._draw(st.sampled_from(allowed))
        if chosen == "str":
            return self._draw(st.sampled_from(self._names))
        return self.block(chosen, rows, level)

    def block(self, kind: str, rows: int, level: int) -> Setup:
        """Draw a block on ``rows`` rows."""
        if kind == "Stack":
            return self.stack(rows, level)
        drawn: dict[str, Callable[[int, int], Setup]] = {
            "BatchSplit": self._batch_split,
            "MultiTask": self._multi_task,
            "Parallel": self._parallel,
        }
        return drawn[kind](rows, level) if kind in drawn else self._mixing(kind, rows, level)

    def stack(self, rows: int, level: int) -> Setup:
        """Draw a stack; after a ``Parallel`` block its rows are replicated."""
        children: list[Setup] = []
        for _ in range(self._draw(st.integers(1, _MOST_CHILDREN))):
            child = self.child("Stack", rows, level + 1)
            if type(child).__name__ == "Parallel":
                rows *= len(child)
                self._blocks -= {"Parallel"}
            children.append(child)
        return upstream.composition().Stack(*children)

    def _batch_split(self, rows: int, level: int) -> Setup:
        shares = self._draw(st.integers(1, _MOST_CHILDREN))
        sizes = self._draw(split_sizes(rows, shares))
        children = [self.child("BatchSplit", size, level + 1) for size in sizes]
        return upstream.composition().BatchSplit(*children, batch_sizes=sizes)

    def _parallel(self, rows: int, level: int) -> Setup:
        channels = self._draw(st.integers(2, _MOST_CHILDREN))
        children = [self.child("Parallel", rows, level + 1) for _ in range(channels)]
        return upstream.composition().Parallel(*children)

    def _multi_task(self, rows: int, level: int) -> Setup:
        self._blocks -= {"MultiTask"}
        tasks = self._draw(st.integers(2, _MOST_CHILDREN))
        self.task_ids = self._draw(st.tuples(*[st.integers(0, tasks - 1)] * rows))
        children = [self.child("MultiTask", rows, level + 1) for _ in range(tasks)]
        return upstream.composition().MultiTask(*children)

    def _mixing(self, kind: str, rows: int, level: int) -> Setup:
        count = self._draw(st.integers(2, _MOST_CHILDREN))
        children = [self.child(kind, rows, level + 1) for _ in range(count)]
        options = (
            {"splits": self._draw(split_sizes(self._tokens, count))} if kind == "Split" else {}
        )
        block: Any = getattr(upstream.composition(), kind)
        return block(*children, **options)

    def _allowed(self, parent: str, level: int) -> list[str]:
        """Return the kinds that adapters lets stand there, of those that are asked for."""
        blocks = upstream.composition()
        nestings = blocks.ALLOWED_NESTINGS[getattr(blocks, parent)]
        drawn = {"str", "Stack", *(self._blocks if level < _DEEPEST else ())}
        names = {each.__name__ for each in nestings}
        if parent != "Stack":  # of a share or a channel there is no second batch to have tasks
            names -= {"MultiTask"}
        return sorted(names & drawn)
