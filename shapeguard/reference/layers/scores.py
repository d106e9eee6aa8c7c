"""Gating scores and fusion attentions: kept for each group, handed over for all rows of a layer.

adapters keeps one array for each adapter, layer and location; what the same place keeps again is another
column (queries, keys and values of one layer). Groups are rows of one column, in the order of the batch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from shapeguard.reference import upstream

if TYPE_CHECKING:
    from torch import Tensor

    from shapeguard.reference.plans import Group

_Part = TypeVar("_Part")
_COLLECTING = "_shapeguard_scores"


@dataclass
class _Collected:
    """What the groups of a layer have kept so far, by adapter or fusion: rows, and one array for them."""

    rows: tuple[int, ...] = ()
    gates: dict[str, list[tuple[tuple[int, ...], Any]]] = field(
        default_factory=dict[str, list[tuple[tuple[int, ...], Any]]]
    )
    fusions: dict[str, list[tuple[tuple[int, ...], Any]]] = field(
        default_factory=dict[str, list[tuple[tuple[int, ...], Any]]]
    )


def of_groups(layer: Any, groups: Sequence[Group], run: Callable[[Group], _Part]) -> list[_Part]:
    """Run every group of a layer, and hand over what they keep when all have run."""
    context = upstream.forward_context()
    if context is None or not (
        context.output_adapter_gating_scores or context.output_adapter_fusion_attentions
    ):
        return [run(group) for group in groups]
    collected = _Collected()
    setattr(context, _COLLECTING, collected)
    try:
        parts: list[_Part] = []
        for group in groups:
            collected.rows = group.rows
            parts.append(run(group))
    finally:
        setattr(context, _COLLECTING, None)
    for adapter, kept in collected.gates.items():
        _keep_score(layer, context, adapter, _in_order(kept))
    for fusion, kept in collected.fusions.items():
        _keep_attentions(layer, context, fusion, _in_order(kept))
    return parts


def store_gating_score(self: Any, adapter_name: str, gating_score: Tensor) -> None:
    """Keep the score of every row: ``rows``, or ``rows outputs`` of a gate with several outputs.

    adapters squeezes all axes, and so takes the two outputs of a single row for two rows (defect 24).
    """
    context = upstream.forward_context()
    if context is None or not context.output_adapter_gating_scores:
        return
    score = gating_score.detach().flatten(1).float().cpu().numpy()
    column = score[:, 0] if score.shape[1] == 1 else score
    collected: _Collected | None = getattr(context, _COLLECTING, None)
    if collected is None:
        _keep_score(self, context, adapter_name, column)
    else:
        collected.gates.setdefault(adapter_name, []).append((collected.rows, column))


def store_fusion_attentions(self: Any, fusion_name: str, attentions: Any) -> None:
    """Keep the attentions of every row: ``rows tokens adapters``."""
    context = upstream.forward_context()
    if context is None or not context.output_adapter_fusion_attentions:
        return
    collected: _Collected | None = getattr(context, _COLLECTING, None)
    if collected is None:
        _keep_attentions(self, context, fusion_name, attentions)
    else:
        collected.fusions.setdefault(fusion_name, []).append((collected.rows, attentions))


def _keep_score(layer: Any, context: Any, adapter: str, column: Any) -> None:
    import numpy as np  # noqa: PLC0415 - for whom asks for scores

    places = context.adapter_gating_scores[adapter].setdefault(layer.layer_idx, {})
    before = places.get(layer.location_key)
    places[layer.location_key] = column if before is None else np.column_stack((before, column))


def _keep_attentions(layer: Any, context: Any, fusion: str, attentions: Any) -> None:
    places = context.adapter_fusion_attentions[fusion].setdefault(layer.layer_idx, {})
    places[layer.location_key] = attentions


def _in_order(kept: Sequence[tuple[tuple[int, ...], Any]]) -> Any:
    """Join the rows of all groups in the order of the batch."""
    import numpy as np  # noqa: PLC0415 - as above

    rows = [row for places, _ in kept for row in places]
    return np.concatenate([array for _, array in kept])[np.argsort(rows, kind="stable")]
