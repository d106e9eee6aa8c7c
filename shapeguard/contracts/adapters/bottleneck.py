"""Bottleneck adapters: hidden states that each adapter passes through its bottleneck."""

# ruff: noqa: TC001, UP037 - enforcers resolve these annotations; axis strings stay quoted

from __future__ import annotations

from typing import Protocol

from shapeguard.contracts.adapters.blocks import Block, Split
from shapeguard.contracts.adapters.layers import ONE_STATE_A_WEIGHT, WHOLE_COPIES
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
    PresentInAllOrNone,
    Replicates,
    SplitsTheBatch,
    TakesRows,
)


@declares("adapters.methods.bottleneck:BottleneckState")
class BottleneckState:
    """What bottleneck adapters pass along; ``bottleneck_up`` is there once an adapter has run."""

    hidden_states: Float[Tensor, "batch seq hidden"]
    input_tensor: Float[Tensor, "batch seq hidden"] | None
    adapter_residual: Float[Tensor, "batch seq hidden"] | None
    layer_norm: object | None
    bottleneck_up: Float[Tensor, "batch seq hidden"] | None
    last: str | None


@declares("adapters.methods.bottleneck:BottleneckLayer")
class BottleneckLayer(Protocol):
    """The adapters behind one sub-layer of a Transformer block."""

    @requires(TakesRows("slice_obj", axis="batch"))
    @ensures(TakesRows("slice_obj", axis="batch", rows="rows"))
    def vslice(
        self, state: BottleneckState, slice_obj: slice | Tensor
    ) -> Where[BottleneckState, "batch=rows"]:
        """Take some rows of every field."""
        ...

    @requires(PresentInAllOrNone("states", "bottleneck_up"))
    def pad_and_concat(
        self, states: list[Each[BottleneckState, "batch"]]
    ) -> Where[BottleneckState, "batch=sum(batch)"]:
        """Join the rows of all states."""
        ...

    def repeat(
        self, state: BottleneckState, channels: int
    ) -> Where[BottleneckState, "batch={channels}*batch"]:
        """Repeat the batch once for each channel, channel by channel."""
        ...

    @requires(ONE_STATE_A_WEIGHT)
    def mean(
        self, states: list[BottleneckState], weights: Shaped[Tensor, "children 1 1 1"]
    ) -> BottleneckState:
        """Take the weighted mean of states of the same rows."""
        ...

    def pre_block(self, adapter_setup: Block | str, state: BottleneckState) -> BottleneckState:
        """Add the residual and normalise as the first adapter of a block wants it."""
        ...

    def compose_single(
        self, adapter_setup: str, state: BottleneckState, lvl: int = 0
    ) -> BottleneckState:
        """Pass the hidden states through one adapter."""
        ...

    def compose_fuse(
        self, adapter_setup: Block, state: BottleneckState, lvl: int = 0
    ) -> BottleneckState:
        """Fuse what the children make of the same hidden states."""
        ...

    @requires(SplitsTheBatch("adapter_setup.splits", "adapter_setup.children", axis="seq"))
    def compose_split(
        self, adapter_setup: Split, state: BottleneckState, lvl: int = 0
    ) -> BottleneckState:
        """Give every child its positions of the sequence and join the results."""
        ...

    @requires(Replicates(("residual_input", "hidden_states")))
    @ensures(WHOLE_COPIES)
    def bottleneck_layer_forward(
        self,
        hidden_states: Float[Tensor, "batch seq hidden"],
        residual_input: Float[Tensor, "residual_batch seq hidden"] | None,
        layer_norm: object | None,
    ) -> Float[Tensor, "rows seq hidden"]:
        """Pass the output of a sub-layer through the active composition."""
        ...


@declares("adapters.methods.modeling:ParallelAdapter")
class ParallelAdapter(Protocol):
    """A bottleneck beside a sub-layer, which adds the input of the sub-layer afterwards."""

    def post_forward(
        self,
        hidden_states: Float[Tensor, "batch seq hidden"],
        input_hidden_states: Float[Tensor, "#batch seq hidden"],
        input_tensor: Float[Tensor, "#batch seq hidden"] | None,
        layer_norm: object | None,
    ) -> Float[Tensor, "batch seq hidden"]:
        """Add what went in, of which ``Parallel`` may have made no copies."""
        ...
