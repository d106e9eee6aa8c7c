"""What is known of attention in particular models: which layers are causal, and which were judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shapeguard.reference.refusing import refuse

if TYPE_CHECKING:
    from shapeguard.reference.upstream import PrefixLayer

JUDGED_FAMILIES = frozenset(
    {
        "albert",
        "bart",
        "beit",
        "bert",
        "bert-generation",
        "distilbert",
        "electra",
        "gpt2",
        "gptj",
        "llama",
        "mbart",
        "mistral",
        "mt5",
        "plbart",
        "roberta",
        "t5",
        "vit",
        "whisper",
        "xlm-roberta",
        "xmod",
    }
)
"""Families whose prefix tuning the row oracle has judged with the reference installed."""

JUDGED_ATTENTIONS = frozenset({"eager", "sdpa"})
_RELATIVE = frozenset({"mt5", "t5"})
_DECODERS = frozenset({"gpt2", "gptj", "llama", "mistral"})


def is_judged(config: Any) -> bool:
    """Whether it is known of a family and its attention that every row comes out right."""
    return config.model_type in JUDGED_FAMILIES and _implementation(config) in JUDGED_ATTENTIONS


def require_judged(config: Any) -> None:
    """Refuse rows with different prefixes where it is not known that every row comes out right."""
    if config.model_type not in JUDGED_FAMILIES:
        families = ", ".join(sorted(JUDGED_FAMILIES))
        refuse(
            f"different prefixes in a batch are corrected for {families}, and not for "
            f"{config.model_type}: run the rows of each prefix by themselves"
        )
    if not is_judged(config):
        refuse(
            "different prefixes in a batch are corrected for attention 'eager' and 'sdpa', and not "
            f"for {_implementation(config)!r}: choose one of them"
        )


def _implementation(config: Any) -> str:
    return str(getattr(config, "_attn_implementation", "eager"))


def counts_keys_from_the_first(layer: PrefixLayer) -> bool:
    """Whether the place of a key is its distance from the first key, so that padding must stand behind.

    Elsewhere the place of a query is counted from the last key (GPT-2 with attention ``eager``), so that
    padding must stand before.
    """
    return layer.model_config.model_type in _RELATIVE


def is_causal(layer: PrefixLayer) -> bool:
    """Whether no mask stands for a causal one in this layer.

    scaled_dot_product_attention aligns ``is_causal`` at the first key, which is a prefix key, so the mask
    must be written down wherever there is a prefix (defect 08).
    """
    config = layer.model_config
    if layer.location_key.startswith("self"):
        return config.model_type in _DECODERS or config.is_decoder or config.is_encoder_decoder
    return False
