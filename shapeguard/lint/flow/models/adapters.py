"""Composition blocks of adapters, and of adapter-transformers, its predecessor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.models.vocabulary import Composes

if TYPE_CHECKING:
    from shapeguard.lint.flow.models.vocabulary import Model

_HOMES = ("adapters", "adapters.composition")
_PREDECESSOR = ("transformers.adapters", "transformers.adapters.composition")
_SIZES = {"BatchSplit": "batch_sizes", "Split": "splits", "Average": "weights"}
_BLOCKS = ("Stack", "Fuse", "Parallel", "MultiTask", *_SIZES)

ADAPTERS: tuple[Model, ...] = tuple(
    Composes(f"{home}.{block}", _SIZES.get(block, ""))
    for home in (*_HOMES, *_PREDECESSOR)
    for block in _BLOCKS
    if block != "Average" or home.endswith("composition")
)
