"""Contracts of ``adapters`` (AdapterHub), releases 1.1 to 1.3: what composes a batch.

Axes: ``batch`` is what the composition splits and joins, ``rows`` what a method gives; ``kv_heads``
differs from the number of query heads under grouped-query attention; ``keys`` grows with every
prefix; ``queries`` belongs to the attention layer, so ``keys`` and ``queries`` are unrelated
(cross-attention, caches, prefixes).

Not demanded, since right runs break it: ``residual_input`` of a prefix state may hold fewer rows than
the batch unless a gate reads it (LoRA on keys and values replicates only those under ``Parallel``); a
mask may be absent, boolean, two-dimensional (DistilBERT) or have one row of queries; (IA)³ gives one
position for all; the residual of a bottleneck may be absent (hooked parallel architectures).
"""

from __future__ import annotations

from shapeguard.contracts.adapters.blocks import BatchSplit, Block, Split
from shapeguard.contracts.adapters.bottleneck import (
    BottleneckLayer,
    BottleneckState,
    ParallelAdapter,
)
from shapeguard.contracts.adapters.functions import (
    adjust_tensors_for_parallel,
    adjust_tensors_for_parallel_,
    match_attn_matrices_for_parallel,
)
from shapeguard.contracts.adapters.heads import ModelWithFlexibleHeadsAdaptersMixin
from shapeguard.contracts.adapters.layers import ComposableAdapterLayerBase
from shapeguard.contracts.adapters.lora import LoRALinear, LoRAState
from shapeguard.contracts.adapters.prefix_tuning import PrefixTuningLayer, PrefixTuningState

__all__ = [
    "BatchSplit",
    "Block",
    "BottleneckLayer",
    "BottleneckState",
    "ComposableAdapterLayerBase",
    "LoRALinear",
    "LoRAState",
    "ModelWithFlexibleHeadsAdaptersMixin",
    "ParallelAdapter",
    "PrefixTuningLayer",
    "PrefixTuningState",
    "Split",
    "adjust_tensors_for_parallel",
    "adjust_tensors_for_parallel_",
    "match_attn_matrices_for_parallel",
]
