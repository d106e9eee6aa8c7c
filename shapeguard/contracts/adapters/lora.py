"""LoRA and its family (DoRA, (IA)³, VeRA, MTL-LoRA): what is added to, or scales, a linear layer."""

# ruff: noqa: TC001, UP037 - enforcers resolve these annotations; axis strings stay quoted

from __future__ import annotations

from typing import Protocol

from shapeguard.contracts.adapters.layers import ONE_STATE_A_WEIGHT, WHOLE_COPIES
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
    AlikeBesideTheBatch,
    Expression,
    PresentInAllOrNone,
    TakesRows,
)

FED_WITH_INPUTS = Expression(
    "changed == inputs or self.loras[adapter_setup].composition_mode == 'scale'",
    MISMATCHED_AXIS,
    "state.hidden_states",
)
"""In a stack the next LoRA reads what the last one gave; only a factor of the outputs may differ."""
AS_WIDE_AS_THE_OUTPUT = Expression("changed == outputs", MISMATCHED_AXIS, "result.hidden_states")


@declares("adapters.methods.lora:LoRAState")
class LoRAState:
    """What LoRA passes along; ``hidden_states`` is there once an adapter has run.

    (IA)³ gives one factor for all positions of a row.
    """

    layer_input: Float[Tensor, "batch *positions inputs"]
    hidden_states: (
        Float[Tensor, "batch *positions changed"] | Float[Tensor, "batch 1 changed"] | None
    )
    layer_output: Float[Tensor, "batch *positions outputs"]
    last: str | None


@declares("adapters.methods.lora:LoRALinear")
class LoRALinear(Protocol):
    """A linear layer with adapters."""

    loras: dict[str, object]

    @requires(TakesRows("slice_obj", axis="batch"))
    @ensures(TakesRows("slice_obj", axis="batch", rows="rows"))
    def vslice(self, state: LoRAState, slice_obj: slice | Tensor) -> Where[LoRAState, "batch=rows"]:
        """Take some rows of every field."""
        ...

    @requires(PresentInAllOrNone("states", "hidden_states"))
    @requires(AlikeBesideTheBatch("states", "hidden_states"))
    def pad_and_concat(
        self, states: list[Each[LoRAState, "batch"]]
    ) -> Where[LoRAState, "batch=sum(batch)"]:
        """Join the rows of all states."""
        ...

    def repeat(self, state: LoRAState, channels: int) -> Where[LoRAState, "batch={channels}*batch"]:
        """Repeat the batch once for each channel, channel by channel."""
        ...

    @requires(ONE_STATE_A_WEIGHT)
    @requires(PresentInAllOrNone("states", "hidden_states"))
    @requires(AlikeBesideTheBatch("states", "hidden_states"))
    def mean(self, states: list[LoRAState], weights: Shaped[Tensor, "children 1 1 1"]) -> LoRAState:
        """Take the weighted mean of states of the same rows."""
        ...

    @requires(FED_WITH_INPUTS)
    @ensures(AS_WIDE_AS_THE_OUTPUT)
    def compose_single(self, adapter_setup: str, state: LoRAState, lvl: int = 0) -> LoRAState:
        """Pass the inputs, or what the last adapter made of them, through one adapter."""
        ...

    @ensures(WHOLE_COPIES)
    def forward(
        self, input_states: Float[Tensor, "batch *positions inputs"]
    ) -> Float[Tensor, "rows *positions outputs"]:
        """Apply the linear layer and the active composition."""
        ...
