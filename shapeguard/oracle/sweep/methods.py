# pyright: basic, reportArgumentType=false
# ruff: noqa: PLC0415 - each function is self-contained: its source is printed into regression tests
"""Methods of adapters, one small function each: the configurations of the adapters a, b, c and d.

Each function stands alone and uses nothing of shapeguard, so that its source can be printed into a
regression test. The sizes fit the tiny models of :mod:`shapeguard.oracle.sweep.families`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NAMES: Final = ("a", "b", "c", "d")


def seq_bn() -> dict[str, Any]:
    """Bottlenecks after the layer, with its normalisation before them."""
    from adapters import SeqBnConfig

    return {name: SeqBnConfig(reduction_factor=4) for name in "abcd"}


def double_seq_bn() -> dict[str, Any]:
    """Bottlenecks after attention and after the layer."""
    from adapters import DoubleSeqBnConfig

    return {name: DoubleSeqBnConfig(reduction_factor=4) for name in "abcd"}


def par_bn() -> dict[str, Any]:
    """Bottlenecks beside the layer."""
    from adapters import ParBnConfig

    return {name: ParBnConfig(reduction_factor=4) for name in "abcd"}


def seq_bn_inv() -> dict[str, Any]:
    """Bottlenecks, and invertible adapters around the embeddings."""
    from adapters import SeqBnInvConfig

    return {name: SeqBnInvConfig(reduction_factor=4) for name in "abcd"}


def compacter() -> dict[str, Any]:
    """Bottlenecks of hypercomplex layers."""
    from adapters import CompacterConfig

    return {name: CompacterConfig(reduction_factor=4, phm_dim=2) for name in "abcd"}


def prefix() -> dict[str, Any]:
    """Prefixes of one length."""
    from adapters import PrefixTuningConfig

    return {name: PrefixTuningConfig(prefix_length=4, bottleneck_size=8) for name in "abcd"}


def prefix_flat() -> dict[str, Any]:
    """Prefixes without a bottleneck."""
    from adapters import PrefixTuningConfig

    return {name: PrefixTuningConfig(prefix_length=4, flat=True) for name in "abcd"}


def prefix_gated() -> dict[str, Any]:
    """Prefixes with gates."""
    from adapters import PrefixTuningConfig

    return {
        name: PrefixTuningConfig(prefix_length=4, bottleneck_size=8, use_gating=True)
        for name in "abcd"
    }


def prefix_ragged() -> dict[str, Any]:
    """Prefixes of different length."""
    from adapters import PrefixTuningConfig

    return {
        name: PrefixTuningConfig(prefix_length=length, bottleneck_size=8)
        for name, length in {"a": 4, "b": 2, "c": 3, "d": 4}.items()
    }


def prefix_leave_out() -> dict[str, Any]:
    """Prefixes, of which some leave out a layer."""
    from adapters import PrefixTuningConfig

    return {
        name: PrefixTuningConfig(prefix_length=4, bottleneck_size=8, leave_out=layers)
        for name, layers in {"a": [0], "b": [], "c": [1], "d": []}.items()
    }


def lora() -> dict[str, Any]:
    """LoRA on queries and values."""
    from adapters import LoRAConfig

    return {name: LoRAConfig(r=4) for name in "abcd"}


def lora_gated() -> dict[str, Any]:
    """LoRA with gates."""
    from adapters import LoRAConfig

    return {name: LoRAConfig(r=4, use_gating=True) for name in "abcd"}


def lora_leave_out() -> dict[str, Any]:
    """LoRA, of which some leave out a layer."""
    from adapters import LoRAConfig

    return {
        name: LoRAConfig(r=4, leave_out=layers)
        for name, layers in {"a": [0], "b": [], "c": [1], "d": []}.items()
    }


def dora() -> dict[str, Any]:
    """LoRA with magnitudes."""
    from adapters import DoRAConfig

    return {name: DoRAConfig(r=4) for name in "abcd"}


def vera() -> dict[str, Any]:
    """LoRA with shared random matrices."""
    from adapters import VeraConfig

    return {name: VeraConfig(r=4) for name in "abcd"}


def ia3() -> dict[str, Any]:
    """Scaled keys, values and inner states."""
    from adapters import IA3Config

    return {name: IA3Config() for name in "abcd"}


def loreft() -> dict[str, Any]:
    """Interventions in a subspace, at the first places."""
    from adapters import LoReftConfig

    return {name: LoReftConfig(r=2) for name in "abcd"}


def prompt_tuning() -> dict[str, Any]:
    """Tokens before the input."""
    from adapters import PromptTuningConfig

    return {name: PromptTuningConfig(prompt_length=3) for name in "abcd"}


def mam() -> dict[str, Any]:
    """Prefixes together with parallel bottlenecks."""
    from adapters import ConfigUnion, ParBnConfig, PrefixTuningConfig

    return {
        name: ConfigUnion(
            PrefixTuningConfig(prefix_length=4, bottleneck_size=8), ParBnConfig(reduction_factor=4)
        )
        for name in "abcd"
    }


def unipelt() -> dict[str, Any]:
    """Prefixes, bottlenecks and LoRA together, with gates."""
    from adapters import ConfigUnion, LoRAConfig, PrefixTuningConfig, SeqBnConfig

    return {
        name: ConfigUnion(
            LoRAConfig(r=4, use_gating=True),
            PrefixTuningConfig(prefix_length=4, bottleneck_size=8, use_gating=True),
            SeqBnConfig(reduction_factor=4, use_gating=True),
        )
        for name in "abcd"
    }


def lora_and_ia3() -> dict[str, Any]:
    """LoRA for some, IA3 for others."""
    from adapters import IA3Config, LoRAConfig

    return {"a": LoRAConfig(r=4), "b": IA3Config(), "c": LoRAConfig(r=4), "d": LoRAConfig(r=4)}


def lora_and_dora() -> dict[str, Any]:
    """LoRA for some, DoRA for others."""
    from adapters import DoRAConfig, LoRAConfig

    return {"a": LoRAConfig(r=4), "b": DoRAConfig(r=4), "c": LoRAConfig(r=4), "d": LoRAConfig(r=4)}


def seq_bn_and_par_bn() -> dict[str, Any]:
    """Bottlenecks after the layer for some, beside it for others."""
    from adapters import ParBnConfig, SeqBnConfig

    after, beside = SeqBnConfig(reduction_factor=4), ParBnConfig(reduction_factor=4)
    return {"a": after, "b": beside, "c": after, "d": after}


def seq_bn_and_lora() -> dict[str, Any]:
    """Bottlenecks for some, LoRA for others."""
    from adapters import LoRAConfig, SeqBnConfig

    after, within = SeqBnConfig(reduction_factor=4), LoRAConfig(r=4)
    return {"a": after, "b": within, "c": after, "d": within}


METHODS: Final[Mapping[str, Callable[[], dict[str, Any]]]] = {
    each.__name__.replace("_", "-"): each
    for each in (
        seq_bn,
        double_seq_bn,
        par_bn,
        seq_bn_inv,
        compacter,
        prefix,
        prefix_flat,
        prefix_gated,
        prefix_ragged,
        prefix_leave_out,
        lora,
        lora_gated,
        lora_leave_out,
        dora,
        vera,
        ia3,
        loreft,
        prompt_tuning,
        mam,
        unipelt,
        lora_and_ia3,
        lora_and_dora,
        seq_bn_and_par_bn,
        seq_bn_and_lora,
    )
}
