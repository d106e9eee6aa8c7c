"""Masks of models with prompts: tokens that all others attend to, and that attend to all others.

adapters lets prompt tokens attend to the padding of their row in attentions that have a mask for every query
(BERT with 'sdpa'), and takes DistilBERT's mask of two axes for one of four.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from shapeguard.reference import masks, upstream

if TYPE_CHECKING:
    from torch import Tensor

_QUERIES = 2


def prefix_attention_mask(
    attention_mask: Tensor | None,
    dim: int | list[int] = 3,
    prefix_value: int = 0,  # noqa: ARG001 - the signature of adapters; the mask tells by itself
) -> Tensor | None:
    """Widen a mask by the prompt of the running forward pass.

    Shapes: ``batch keys`` -> ``batch prompt+keys``; ``batch 1 1 keys`` -> ``batch 1 1 prompt+keys``;
    with ``dim`` 2, too, ``batch 1 queries keys`` -> ``batch 1 prompt+queries prompt+keys``, where the
    queries of the prompt attend to what the first query attends to.
    """
    prompt: int | None = getattr(upstream.forward_context(), "prompt_tokens_length", None)
    if attention_mask is None or prompt is None:
        return attention_mask
    axes = [dim] if isinstance(dim, int) else dim
    wider = attention_mask
    if _QUERIES not in axes or 3 in axes or attention_mask.dim() == 2:  # noqa: PLR2004 - axes of a mask
        wider = masks.around(attention_mask, prefix=prompt)
    if _QUERIES in axes and wider.dim() > _QUERIES and wider.size(_QUERIES) > 1:
        of_prompt = wider[:, :, :1].expand(-1, -1, prompt, -1)
        wider = torch.cat([of_prompt, wider], dim=_QUERIES)
    return wider
