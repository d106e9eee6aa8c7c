"""Which tokens of a row are padding, for what averages over the tokens of a row.

A gate is a mean over tokens. adapters takes it over padding as well, so that a row's gate depends on how
long its neighbours are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from shapeguard.reference import upstream

if TYPE_CHECKING:
    from torch import Tensor

    from shapeguard.reference.plans import Group, Plan

_MASKS = "_shapeguard_masks"


def remember(model: Any, context: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Keep the masks of a forward pass in its context, and where the layers of the decoder begin."""
    of_input = kwargs.get("attention_mask", args[1] if len(args) > 1 else None)
    masks = {"encoder": of_input, "decoder": of_input}
    first = 0
    if getattr(model.config, "is_encoder_decoder", False):
        masks["decoder"] = kwargs.get("decoder_attention_mask")
        first = getattr(model.config, "encoder_layers", getattr(model.config, "num_layers", 0))
    setattr(context, _MASKS, (masks, first))


def real(layer: Any, plan: Plan, group: Group, tokens: int) -> Tensor | None:
    """Return which tokens of a group are no padding, as 0 and 1: ``rows tokens``; None if all are."""
    masks, first = getattr(upstream.forward_context(), _MASKS, ({}, 0))
    mask: Tensor | None = masks.get("encoder" if _reads_encoder(layer, first) else "decoder")
    if mask is None or mask.dim() != 2 or mask.size(1) != tokens:  # noqa: PLR2004 - rows and tokens
        return None
    places = group.rows
    if mask.size(0) != len(plan.rows):
        places = tuple(plan.rows[place].source for place in group.rows)
    found = mask.index_select(0, torch.tensor(places, device=mask.device))
    return None if bool(found.all()) else found.to(torch.float32)


def mean(values: Tensor, real_tokens: Tensor | None) -> Tensor:
    """Average over the tokens that are real: ``rows tokens outputs`` -> ``rows outputs``."""
    if real_tokens is None:
        return values.mean(dim=1)
    weights = real_tokens.to(values.dtype)[:, :, None]
    return (values * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1)


def _reads_encoder(layer: Any, first: int) -> bool:
    """Whether a layer sees tokens of the encoder: it is in it, or makes keys for cross-attention."""
    if layer.layer_idx < first:
        return True
    return layer.location_key.startswith("cross") and getattr(layer, "attn_key", None) in {"k", "v"}
