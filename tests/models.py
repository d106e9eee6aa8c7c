"""Tiny randomly initialised models with adapters that differ from the base model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import adapters
import torch
from transformers import BertConfig, BertModel

if TYPE_CHECKING:
    from collections.abc import Mapping

VOCABULARY = 100
TOKENS = 6
SIZES = {
    "vocab_size": VOCABULARY,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 48,
    "max_position_embeddings": 32,
}
TWO_STACKS = {
    "vocab_size": VOCABULARY,
    "d_model": 32,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 4,
    "encoder_ffn_dim": 48,
    "decoder_ffn_dim": 48,
    "max_position_embeddings": 64,
}
T5 = {
    "vocab_size": VOCABULARY,
    "d_model": 32,
    "d_kv": 10,
    "d_ff": 48,
    "num_layers": 2,
    "num_heads": 4,
}
GPT = {"vocab_size": VOCABULARY, "n_embd": 32, "n_layer": 2, "n_head": 4}


def tiny_bert(
    methods: Mapping[str, Any], *, attention: str = "eager", seed: int = 0, **changes: Any
) -> Any:
    """A BERT of two layers in eval mode, with one randomised adapter for each method."""
    config = BertConfig(**SIZES, attn_implementation=attention, **changes)
    return with_adapters(BertModel, config, methods, seed)


def with_adapters(model_class: Any, config: Any, methods: Mapping[str, Any], seed: int = 0) -> Any:
    """A model made from ``config``, in eval mode, with randomised adapters."""
    torch.manual_seed(seed)
    model = model_class(config)
    adapters.init(model)
    for name, adapter in methods.items():
        model.add_adapter(name, config=adapter)
    randomise(model, methods, seed)
    return model.eval()


def randomise(model: Any, names: Mapping[str, Any], seed: int) -> None:
    """Give all adapter weights values that change the output noticeably."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parts = set(name.split("."))
            # What torch keeps of an orthogonal matrix cannot be any numbers.
            if parts & set(names) and "parametrizations" not in parts:
                parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.5)


def prefix(length: int = 4, *, gated: bool = False, **changes: Any) -> Any:
    """Configure a small prefix of ``length`` tokens."""
    return adapters.PrefixTuningConfig(
        prefix_length=length, bottleneck_size=8, use_gating=gated, **changes
    )


def batch(rows: int, *, mask: str = "none", seed: int = 1) -> dict[str, torch.Tensor]:
    """Make inputs of ``rows`` rows; ``mask`` is ``none``, ``full`` or ``padded``."""
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(1, VOCABULARY, (rows, TOKENS), generator=generator)
    if mask == "none":
        return {"input_ids": ids}
    lengths = torch.full((rows,), TOKENS)
    if mask == "padded":
        lengths = TOKENS - torch.arange(rows) % 4
    return {
        "input_ids": ids,
        "attention_mask": (torch.arange(TOKENS) < lengths[:, None]).long(),
    }
