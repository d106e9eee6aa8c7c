"""What is corrected: which function stands instead of which of adapters, and what each layer refuses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from shapeguard.reference import heads, upstream
from shapeguard.reference.layers import (
    bottleneck,
    invertible,
    lora,
    merged_lora,
    prefix_tuning,
    prompt_tuning,
    reft,
    scores,
)
from shapeguard.reference.models import caches, entrance, prompts, replication, t5, vit

if TYPE_CHECKING:
    from collections.abc import Callable

    from shapeguard.reference.plans import Plan
    from shapeguard.reference.upstream import AdapterLayer
    from shapeguard.runtime.patching import Wrap


@dataclass(frozen=True, slots=True)
class Correction:
    """``wrap`` makes what stands in ``place`` of what stood there.

    A place is ``module:Class.method`` or ``module:function``; ``everywhere`` says whether all supported
    releases of adapters have it.
    """

    place: str
    wrap: Wrap
    everywhere: bool = True

    @property
    def owner(self) -> str:
        """Name what has the function: ``module:Class``, or ``module``."""
        return self.place.removesuffix(self.method).rstrip(".:")

    @property
    def method(self) -> str:
        """Name the method or function."""
        return self.place.rpartition(":")[2].rpartition(".")[2]


def _instead(function: Callable[..., Any]) -> Wrap:
    def wrap(_below: Callable[..., Any]) -> Callable[..., Any]:
        return function

    return wrap


_METHODS = "adapters.methods"
_REFUSED: dict[str, Callable[[Any, Plan], None]] = {
    f"{_METHODS}.prefix_tuning:PrefixTuningLayer": prefix_tuning.refused,
    f"{_METHODS}.bottleneck:BottleneckLayer": bottleneck.refused,
    f"{_METHODS}.lora:LoRALinear": lora.refused,
    f"{_METHODS}.lora:LoRAMergedLinear": merged_lora.refused,
    f"{_METHODS}.reft:ReftLayer": reft.refused,
    f"{_METHODS}.prompt_tuning:PromptTuningLayer": prompt_tuning.refused,
    f"{_METHODS}.invertible:InvertibleAdapterLayer": invertible.refused,
}


def refused(layer: AdapterLayer) -> Callable[[Any, Plan], None] | None:
    """Return what judges a plan for a layer, before any tensor is touched."""
    if isinstance(layer, invertible.OfModel):
        return invertible.refused
    return next((judge for kind, judge in _judges() if isinstance(layer, kind)), None)


@cache
def _judges() -> list[tuple[type, Callable[[Any, Plan], None]]]:
    return [
        (upstream.found(place), judge) for place, judge in _REFUSED.items() if upstream.has(place)
    ]


_MIXINS = "adapters.model_mixin"
_RELATIVE = (
    "mt5.modeling_mt5:MT5AttentionWithAdapters",
    "t5.modeling_t5:T5AttentionWithAdapters",
)
"""Attention with a bias for the places of keys."""
_CACHING = (
    "llama.modeling_llama:LlamaDecoderLayerWithAdapters",
    "mistral.modeling_mistral:MistralDecoderLayerWithAdapters",
)
"""Layers that look for their cache under an older name."""
_UNMASKED = (
    "beit.modeling_beit:BeitSelfAttentionWithAdapters",
    "vit.modeling_vit:ViTSelfAttentionWithAdapters",
)
"""Attention that has no mask."""
_UNMASKED_BY_SDPA = (
    "beit.modeling_beit:BeitSdpaSelfAttentionWithAdapters",
    "vit.modeling_vit:ViTSdpaSelfAttentionWithAdapters",
)
"""The same where attention ``sdpa`` is a class of its own, in some releases."""
_PROMPTED = (
    "methods.prompt_tuning",
    *(
        f"models.{name}.modeling_{name}"
        for name in (
            "albert",
            "bert",
            "bert_generation",
            "distilbert",
            "electra",
            "roberta",
            "xlm_roberta",
            "xmod",
        )
    ),
)
"""Modules that widen their masks for prompts."""
_HEADS = "adapters.heads.model_mixin:ModelWithFlexibleHeadsAdaptersMixin"
CORRECTIONS = (
    Correction(f"{_MIXINS}:ModelAdaptersMixin.forward_context", entrance.forward_context),
    Correction(
        f"{_MIXINS}:ModelAdaptersMixin._prepare_model_inputs", replication.prepare_model_inputs
    ),
    Correction(
        f"{_MIXINS}:ModelBaseAdaptersMixin.forward", lambda below: entrance.forward(below, refused)
    ),
    Correction(
        f"{_METHODS}.adapter_layer_base:AdapterLayerBase._store_gating_score",
        _instead(scores.store_gating_score),
    ),
    Correction(
        f"{_METHODS}.adapter_layer_base:AdapterLayerBase._store_fusion_attentions",
        _instead(scores.store_fusion_attentions),
    ),
    Correction(
        f"{_METHODS}.prefix_tuning:PrefixTuningLayer.forward", _instead(prefix_tuning.forward)
    ),
    Correction(
        f"{_METHODS}.bottleneck:BottleneckLayer.bottleneck_layer_forward",
        _instead(bottleneck.bottleneck_layer_forward),
    ),
    Correction(f"{_METHODS}.lora:LoRALinear.forward", _instead(lora.forward)),
    Correction(f"{_METHODS}.lora:LoRAMergedLinear.forward", merged_lora.corrected),
    Correction(f"{_METHODS}.reft:ReftLayer.forward", _instead(reft.forward)),
    Correction(
        f"{_METHODS}.prompt_tuning:PromptTuningLayer.forward", _instead(prompt_tuning.forward)
    ),
    Correction(
        f"{_METHODS}.invertible:InvertibleAdapterLayer.forward",
        _instead(invertible.forward),
        everywhere=False,
    ),
    Correction(
        f"{_METHODS}.invertible:InvertibleAdapterLayer.get_invertible_adapter",
        _instead(invertible.get_invertible_adapter),
        everywhere=False,
    ),
    Correction(
        f"{_MIXINS}:InvertibleAdaptersMixin.invertible_adapters_forward",
        _instead(invertible.invertible_adapters_forward),
    ),
    Correction(
        f"{_MIXINS}:InvertibleAdaptersMixin.get_invertible_adapter",
        _instead(invertible.get_invertible_adapter_of_model),
    ),
    Correction(f"{_HEADS}.forward_head", heads.forward_head),
    Correction(f"{_HEADS}.set_active_adapters", heads.set_active_adapters),
    *(Correction(f"adapters.models.{place}.forward", t5.forward) for place in _RELATIVE),
    *(Correction(f"adapters.models.{place}.forward", caches.forward) for place in _CACHING),
    *(Correction(f"adapters.models.{place}.forward", vit.forward) for place in _UNMASKED),
    *(
        Correction(f"adapters.models.{place}.forward", vit.forward, everywhere=False)
        for place in _UNMASKED_BY_SDPA
    ),
    *(
        Correction(
            f"adapters.{module}:prefix_attention_mask",
            _instead(prompts.prefix_attention_mask),
            everywhere=module.startswith("models"),
        )
        for module in _PROMPTED
    ),
)
