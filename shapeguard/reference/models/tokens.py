"""Which tokens of a row are padding, for what averages over the tokens of a row.

A gate is a mean over tokens. adapters takes it over padding as well, so that a row's gate depends on how
long its neighbours are.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import torch

from shapeguard.reference import upstream

if TYPE_CHECKING:
    from torch import Tensor

    from shapeguard.reference.plans import Group, Plan

_INPUT = "_shapeguard_input"
_CROSS = frozenset({"EncDecAttention", "crossattention", "encoder_attn"})
"""What T5, BERT and BART call their attention to the encoder."""


@dataclass
class _Input:
    """What the input of a forward pass is: its masks, and where the layers of the decoder begin."""

    model: Any
    encoder: Tensor | None
    decoder: Tensor | None
    first_of_decoder: int

    @cached_property
    def cross(self) -> frozenset[int]:
        """The modules of attention from the decoder to the encoder, by ``id``."""
        named = self.model.named_modules()
        return frozenset(id(module) for name, module in named if _CROSS & {*name.split(".")})


def remember(model: Any, context: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Keep the masks of a forward pass in its context."""
    mask = kwargs.get("attention_mask", args[1] if len(args) > 1 else None)
    config = model.config
    of_input = _Input(model, mask, mask, 0)
    if getattr(config, "is_encoder_decoder", False):
        of_input.decoder = kwargs.get("decoder_attention_mask")
        of_input.first_of_decoder = getattr(
            config, "encoder_layers", getattr(config, "num_layers", 0)
        )
    setattr(context, _INPUT, of_input)


def real(layer: Any, plan: Plan, group: Group, tokens: int) -> Tensor | None:
    """Return which tokens of a group are no padding, as 0 and 1: ``rows tokens``; None if all are."""
    of_input: _Input | None = getattr(upstream.forward_context(), _INPUT, None)
    if of_input is None:
        return None
    mask = of_input.encoder if _reads_encoder(layer, of_input) else of_input.decoder
    if mask is None or mask.dim() != 2 or mask.size(1) != tokens:  # noqa: PLR2004 - rows and tokens
        return None
    found = plan.taken(group, mask)
    return None if bool(found.all()) else found.to(torch.float32)


def mean(values: Tensor, real_tokens: Tensor | None) -> Tensor:
    """Average over the tokens that are real: ``rows tokens outputs`` -> ``rows outputs``."""
    if real_tokens is None:
        return values.mean(dim=1)
    weights = real_tokens.to(values.dtype)[:, :, None]
    return (values * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1)


def _reads_encoder(layer: Any, of_input: _Input) -> bool:
    """Whether a layer sees tokens of the encoder: it is in it, or makes keys for attention to it."""
    if layer.layer_idx < of_input.first_of_decoder:
        return True
    makes_keys = getattr(layer, "attn_key", None) in {"k", "v"}
    return makes_keys and id(layer) in of_input.cross
