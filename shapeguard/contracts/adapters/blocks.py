"""Composition blocks: their children, and the sizes by which they hand the batch or the sequence out."""

from __future__ import annotations

from typing import Protocol

from shapeguard.contracts.language import declares


@declares("adapters.composition:AdapterCompositionBlock")
class Block(Protocol):
    """A composition block: its children are adapter names or further blocks."""

    children: list[object]
    parallel_channels: int


@declares("adapters.composition:BatchSplit")
class BatchSplit(Block, Protocol):
    """Gives ``batch_sizes[i]`` rows to ``children[i]``; a share may be empty."""

    batch_sizes: list[int]


@declares("adapters.composition:Split")
class Split(Block, Protocol):
    """Gives ``splits[i]`` positions of the sequence to ``children[i]``."""

    splits: list[int]
