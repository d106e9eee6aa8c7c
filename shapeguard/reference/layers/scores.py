"""Gating scores of a layer: kept for each group, handed over for all rows.

adapters keeps one array of scores for each adapter, layer and location, and a second array of the same
place is another column (queries, keys and values of one layer). Groups are rows of one column.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch

from shapeguard.reference import upstream

if TYPE_CHECKING:
    from collections.abc import Generator

    from torch import Tensor

_COLLECTING = "_shapeguard_scores"


@contextmanager
def collected(layer: Any) -> Generator[None]:
    """Hand over what groups store inside of the block when it is left: all rows of an adapter at once."""
    context = upstream.forward_context()
    if context is None or not context.output_adapter_gating_scores:
        yield
        return
    found: dict[str, list[Tensor]] = {}
    setattr(context, _COLLECTING, found)
    try:
        yield
    finally:
        setattr(context, _COLLECTING, None)
    for adapter, parts in found.items():
        _keep(layer, context, adapter, torch.cat(parts))


def store_gating_score(self: Any, adapter_name: str, gating_score: Tensor) -> None:
    """Keep the score of every row: ``rows``, or ``rows outputs`` of a gate with several outputs.

    adapters squeezes all axes, and so takes the two outputs of a single row for two rows.
    """
    context = upstream.forward_context()
    if context is None or not context.output_adapter_gating_scores:
        return
    score = gating_score.detach().flatten(1)
    collecting: dict[str, list[Tensor]] | None = getattr(context, _COLLECTING, None)
    if collecting is None:
        _keep(self, context, adapter_name, score)
    else:
        collecting.setdefault(adapter_name, []).append(score)


def _keep(layer: Any, context: Any, adapter: str, score: Tensor) -> None:
    import numpy as np  # noqa: PLC0415 - for whom asks for scores

    array = score.float().cpu().numpy()
    places = context.adapter_gating_scores[adapter].setdefault(layer.layer_idx, {})
    column = array[:, 0] if array.shape[1] == 1 else array
    before = places.get(layer.location_key)
    places[layer.location_key] = column if before is None else np.column_stack((before, column))
