"""Contracts of ``adapters`` (AdapterHub), releases 1.1 to 1.3: the methods that compose a batch.

Axes: ``batch`` is what the composition splits and joins; ``kv_heads`` differs from the number of
query heads under grouped-query attention; ``keys`` grows with every prefix; ``queries`` belongs to
the attention layer, so ``keys`` and ``queries`` are unrelated (cross-attention, caches, prefixes).

Not demanded, since right runs break it: ``residual_input`` may hold fewer rows than the batch
unless a gate reads it (LoRA on keys and values replicates only those under ``Parallel``); a mask
may be absent, boolean, two-dimensional (DistilBERT) or have one row of queries.
"""

# ruff: noqa: TC001, UP037 - enforcers resolve these annotations; axis strings stay quoted
# ruff: noqa: UP044 - Python 3.11 loses the star of *tuple[...] inside Annotated

from __future__ import annotations

from typing import Protocol, TypeAlias, Unpack

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
    OneTaskIdARow,
    PresentInAllOrNone,
    SplitsTheBatch,
    TakesRows,
)

LayerState: TypeAlias = tuple[Shaped[Tensor, "batch ..."], Unpack[tuple[object, ...]]]
"""What every composable layer passes along: its first field carries the batch (``_bsz``)."""

KEPT = Expression("rows == batch", MISMATCHED_AXIS, "result")
KEPT_OR_REPLICATED = Expression(
    "rows == batch or rows == batch * adapter_setup.parallel_channels", MISMATCHED_AXIS, "result"
)
ONE_STATE_A_WEIGHT = Expression("len(states) == children", argument="states")
GATE_READS_EVERY_ROW = Expression(
    "adapter_setup not in self.prefix_gates or residual_batch == batch",
    MISMATCHED_AXIS,
    "state.residual_input",
)
PADDED_TO_A_MEMBER = Expression("padded in keys", MISMATCHED_AXIS, "result.key_states")


@declares("adapters.composition:AdapterCompositionBlock")
class Block(Protocol):
    """A composition block: its children are adapter names or further blocks."""

    children: list[object]
    parallel_channels: int


@declares("adapters.composition:BatchSplit")
class BatchSplit(Block, Protocol):
    """Gives ``batch_sizes[i]`` rows to ``children[i]``; a share may be empty."""

    batch_sizes: list[int]


@declares("adapters.methods.adapter_layer_base:ComposableAdapterLayerBase")
class ComposableAdapterLayerBase(Protocol):
    """What holds for every composable method: prefix tuning, bottleneck, LoRA and its family."""

    @ensures(KEPT_OR_REPLICATED)
    def compose_stack(
        self, adapter_setup: Block, state: LayerState, lvl: int = 0
    ) -> Where[LayerState, "batch=rows"]:
        """Pass the state through one child after the other."""
        ...

    @requires(
        SplitsTheBatch(
            "adapter_setup.batch_sizes",
            "adapter_setup.children",
            axis="batch",
            # its bincount() has no entry for tasks after the last one present
            fewer_allowed_from=("compose_multi_task",),
        )
    )
    @ensures(KEPT)
    def compose_batch_split(
        self, adapter_setup: BatchSplit, state: LayerState, lvl: int = 0
    ) -> Where[LayerState, "batch=rows"]:
        """Give every child its share of the batch and join the results."""
        ...

    @requires(OneTaskIdARow("adapter_setup.children", axis="batch"))
    @requires(OneTaskIdARow("adapter_setup.children", axis="batch", in_range=True), level="values")
    @ensures(KEPT)
    def compose_multi_task(
        self, adapter_setup: Block, state: LayerState, lvl: int = 0
    ) -> Where[LayerState, "batch=rows"]:
        """Give each row to the child that its task id names."""
        ...

    @ensures(KEPT_OR_REPLICATED)
    def compose_parallel(
        self, adapter_setup: Block, state: LayerState, lvl: int = 0
    ) -> Where[LayerState, "batch=rows"]:
        """Pass the input through every child; the first block of a model replicates it."""
        ...

    @ensures(KEPT)
    def compose_average(
        self, adapter_setup: Block, state: LayerState, lvl: int = 0
    ) -> Where[LayerState, "batch=rows"]:
        """Pass the input through every child and take the mean."""
        ...

    @requires(ONE_STATE_A_WEIGHT)
    def mean(
        self,
        states: list[Each[LayerState, "batch"]],
        weights: Shaped[Tensor, "children 1 1 1"],
    ) -> Where[LayerState, "batch=rows"]:
        """Take the weighted mean of states of the same rows."""
        ...

    @ensures(KEPT)
    def compose_single(
        self, adapter_setup: str, state: LayerState, lvl: int = 0
    ) -> Where[LayerState, "batch=rows"]:
        """Pass the state through one adapter."""
        ...


@declares("adapters.methods.prefix_tuning:PrefixTuningState")
class PrefixTuningState:
    """What prefix tuning passes along: keys and values, to which prefixes are prepended."""

    key_states: Float[Tensor, "batch kv_heads keys head_dim"]
    value_states: Float[Tensor, "batch kv_heads keys head_dim"]
    residual_input: Float[Tensor, "residual_batch queries hidden"]
    attention_mask: Shaped[Tensor, "batch _ #queries keys"] | Shaped[Tensor, "batch keys"] | None
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

    @requires(DescribesTheShare("state.idx_slice", axis="batch"))
    @requires(DescribesTheShare("state.idx_slice", axis="batch", exactly=True), level="strict")
    @requires(GATE_READS_EVERY_ROW)
    @ensures("longer >= keys")
    def compose_single(
        self, adapter_setup: str, state: PrefixTuningState, lvl: int = 0
    ) -> Where[PrefixTuningState, "keys=longer"]:
        """Prepend the adapter's prefix: one row of it for each row of the batch."""
        ...
