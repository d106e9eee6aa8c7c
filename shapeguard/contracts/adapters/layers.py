"""What holds for every layer that composes: prefix tuning, bottleneck, LoRA and its family."""

# ruff: noqa: TC001, UP037 - enforcers resolve these annotations; axis strings stay quoted
# ruff: noqa: UP044 - Python 3.11 loses the star of *tuple[...] inside Annotated

from __future__ import annotations

from typing import Protocol, TypeAlias, Unpack

from shapeguard.contracts.adapters.blocks import BatchSplit, Block, Split
from shapeguard.contracts.hazards import MISMATCHED_AXIS
from shapeguard.contracts.language import (
    Each,
    Shaped,
    Tensor,
    Where,
    declares,
    ensures,
    requires,
)
from shapeguard.contracts.relations import Expression, OneTaskIdARow, SplitsTheBatch

LayerState: TypeAlias = tuple[Shaped[Tensor, "batch ..."], Unpack[tuple[object, ...]]]
"""What every composable layer passes along: its first field carries the batch (``_bsz``)."""

KEPT = Expression("rows == batch", MISMATCHED_AXIS, "result")
KEPT_OR_REPLICATED = Expression(
    "rows == batch or rows == batch * adapter_setup.parallel_channels", MISMATCHED_AXIS, "result"
)
WHOLE_COPIES = Expression(
    "rows >= batch and (batch == 0 or rows % batch == 0)", MISMATCHED_AXIS, "result"
)
"""What a layer gives: the batch, or several copies of it where ``Parallel`` replicates."""
ONE_STATE_A_WEIGHT = Expression("len(states) == children", argument="states")


@declares("adapters.methods.adapter_layer_base:ComposableAdapterLayerBase")
class ComposableAdapterLayerBase(Protocol):
    """A layer through which a composition passes its state."""

    @ensures(KEPT)
    def pre_block(
        self, adapter_setup: Block | str, state: LayerState
    ) -> Where[LayerState, "batch=rows"]:
        """Prepare the state for a block, as its first adapter wants it."""
        ...

    @ensures(KEPT_OR_REPLICATED)
    def compose(
        self, adapter_setup: Block | str, state: LayerState
    ) -> Where[LayerState, "batch=rows"]:
        """Pass the state of one layer through the whole composition."""
        ...

    @ensures(KEPT_OR_REPLICATED)
    def compose_stack(
        self, adapter_setup: Block, state: LayerState, lvl: int = 0
    ) -> Where[LayerState, "batch=rows"]:
        """Pass the state through one child after the other."""
        ...

    @ensures(KEPT)
    def compose_fuse(
        self, adapter_setup: Block, state: LayerState, lvl: int = 0
    ) -> Where[LayerState, "batch=rows"]:
        """Pass the state through every child and fuse the results by attention."""
        ...

    @ensures(KEPT)
    def compose_split(
        self, adapter_setup: Split, state: LayerState, lvl: int = 0
    ) -> Where[LayerState, "batch=rows"]:
        """Give every child its positions of the sequence and join the results."""
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
