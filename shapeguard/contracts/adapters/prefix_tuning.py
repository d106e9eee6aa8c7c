"""Prefix tuning: keys and values to which each adapter prepends its prefix."""

# ruff: noqa: TC001 - enforcers resolve these annotations; axis strings stay quoted

from __future__ import annotations

from typing import Protocol, TypeAlias

from shapeguard.contracts.adapters.layers import WHOLE_COPIES
from shapeguard.contracts.hazards import MISMATCHED_AXIS
from shapeguard.contracts.language import (
    Each,
    Float,
    Shaped,
    Tensor,
    Where,
    declares,
    ensures,
    requires,
)
from shapeguard.contracts.relations import (
    DescribesTheShare,
    Expression,
    PresentInAllOrNone,
    TakesRows,
)

Mask: TypeAlias = Shaped[Tensor, "batch _ #queries keys"] | Shaped[Tensor, "batch keys"] | None
"""An attention mask of any dtype; with two axes in DistilBERT, absent where all is attended."""

GATE_READS_EVERY_ROW = Expression(
    "adapter_setup not in self.prefix_gates or residual_batch == batch",
    MISMATCHED_AXIS,
    "state.residual_input",
)
PADDED_TO_A_MEMBER = Expression("padded in keys", MISMATCHED_AXIS, "result.key_states")


@declares("adapters.methods.prefix_tuning:PrefixTuningState")
class PrefixTuningState:
    """What prefix tuning passes along: keys and values, to which prefixes are prepended."""

    key_states: Float[Tensor, "batch kv_heads keys head_dim"]
    value_states: Float[Tensor, "batch kv_heads keys head_dim"]
    residual_input: Float[Tensor, "residual_batch queries hidden"]
    attention_mask: Mask
    invert_mask: bool
    idx_slice: slice | None


@declares("adapters.methods.prefix_tuning:PrefixTuningLayer")
class PrefixTuningLayer(Protocol):
    """Prefix tuning of one attention layer."""

    prefix_gates: dict[str, object]

    @requires(TakesRows("slice_obj", axis="batch"))
    @ensures(TakesRows("slice_obj", axis="batch", rows="rows"))
    def vslice(
        self, state: PrefixTuningState, slice_obj: slice | Tensor
    ) -> Where[PrefixTuningState, "batch=rows residual_batch=_"]:
        """Take some rows of every field."""
        ...

    @requires(PresentInAllOrNone("states", "attention_mask"))
    @ensures(PADDED_TO_A_MEMBER)
    def pad_and_concat(
        self, states: list[Each[PrefixTuningState, "batch residual_batch keys"]]
    ) -> Where[
        PrefixTuningState,
        "batch=sum(batch) residual_batch=sum(residual_batch) keys=padded",
    ]:
        """Join the rows of all states, padded to one length on the side of the prefix."""
        ...

    def repeat(
        self, state: PrefixTuningState, channels: int
    ) -> Where[
        PrefixTuningState,
        "batch={channels}*batch residual_batch={channels}*residual_batch",
    ]:
        """Repeat the batch once for each channel, channel by channel."""
        ...

    @ensures("longer >= keys")
    @ensures(WHOLE_COPIES)
    def forward(
        self,
        key_states: Shaped[Tensor, "batch kv_heads keys head_dim"],
        value_states: Shaped[Tensor, "batch kv_heads keys head_dim"],
        residual_input: Shaped[Tensor, "residual_batch queries hidden"],
        attention_mask: Mask = None,
        invert_mask: bool = True,  # noqa: FBT001, FBT002 - the signature is that of the library
    ) -> tuple[
        Shaped[Tensor, "rows kv_heads longer head_dim"],
        Shaped[Tensor, "rows kv_heads longer head_dim"],
        Where[Mask, "batch=rows keys=longer"],
    ]:
        """Prepend the prefixes of the active composition to the keys and values of a layer."""
        ...

    @requires(DescribesTheShare("state.idx_slice", axis="batch"))
    @requires(DescribesTheShare("state.idx_slice", axis="batch", exactly=True), level="strict")
    @requires(GATE_READS_EVERY_ROW)
    @ensures("longer >= keys")
    def compose_single(
        self, adapter_setup: str, state: PrefixTuningState, lvl: int = 0
    ) -> Where[PrefixTuningState, "keys=longer"]:
        """Prepend the adapter's prefix: one row of it for each row of the batch."""
        ...
