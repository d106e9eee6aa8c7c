"""How prefixes of different length share one batch: every row carries its own attention mask.

A mask says which keys the queries of a row attend to. Three encodings reach a prefix tuning layer
(transformers 4.47 to 4.57):

=================  ==========================  =======  ===================
encoding           shape                       attend   blocked
=================  ==========================  =======  ===================
additive (float)   ``batch 1 queries|1 keys``  0        smallest finite value
boolean            ``batch 1 queries|1 keys``  True     False
plain              ``batch keys``              1        0
=================  ==========================  =======  ===================

The encoding is read from the mask. adapters reads it from ``invert_mask`` instead, which says
nothing about booleans and pads with 1.0 where an additive mask needs the smallest value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional

if TYPE_CHECKING:
    from torch import Tensor


def attend(mask: Tensor) -> float:
    """Return what ``mask`` holds where a query attends to a key."""
    return 0.0 if _is_additive(mask) else 1.0


def blocked(mask: Tensor) -> float:
    """Return what ``mask`` holds where a query must not attend to a key."""
    return torch.finfo(mask.dtype).min if _is_additive(mask) else 0.0


def all_keys(key_states: Tensor) -> Tensor:
    """Write down the mask that None stands for where all keys are attended to.

    Shapes: ``batch heads keys head_dim`` -> additive ``batch 1 1 keys``.
    """
    return key_states.new_zeros(key_states.size(0), 1, 1, key_states.size(2))


def keys_so_far(key_states: Tensor, queries: int) -> Tensor:
    """Write down the mask that None stands for in a causal layer.

    The last query is at the last key. Shapes: ``batch heads keys head_dim`` -> boolean
    ``batch 1 queries keys``.
    """
    batch, _, keys, _ = key_states.shape
    square = torch.ones(queries, keys, dtype=torch.bool, device=key_states.device)
    return square.tril(diagonal=keys - queries).expand(batch, 1, queries, keys)


def around(mask: Tensor, *, prefix: int, padding: int = 0, behind: bool = False) -> Tensor:
    """Put ``prefix`` keys that are attended to before those of ``mask``, and ``padding`` that is not.

    The padding stands before all others, or ``behind`` them. Shapes: ``batch ... keys`` ->
    ``batch ... prefix+keys+padding``.
    """
    wider = _padded(mask, (prefix, 0), attend(mask))
    return _padded(wider, (0, padding) if behind else (padding, 0), blocked(mask))


def _padded(mask: Tensor, columns: tuple[int, int], value: float) -> Tensor:
    if not any(columns):
        return mask
    if mask.dtype is torch.bool:
        return functional.pad(mask, columns, value=bool(value))
    return functional.pad(mask, columns, value=value)


def _is_additive(mask: Tensor) -> bool:
    return mask.dtype.is_floating_point and mask.dim() > 2  # noqa: PLR2004 - batch and keys
