"""Batch composition of prefix tuning, right for every split: read it from top to bottom.

A prefix tuning layer puts learned keys and values before the keys and values of every row. A
composition sends different rows through different prefixes. Five rules keep every row right:

1. A row keeps the number of the input row that it came from (``compose``, ``vslice``, ``repeat``),
   and its prefix is taken by that number (``compose_single``), not by its place in the batch.
2. What cannot be right is refused on entry, before anything is computed (``compose``).
3. A share may be empty. It takes no part in a join, not even by its length (``pad_and_concat``).
4. Prefixes of different length are aligned by padding that no query attends to
   (``pad_and_concat``); the mask that says so exists from the entry on (``compose``).
5. What is made from a row, such as its gate, is made for the row before rows are joined
   (``gated``).

Each public function stands in for the method of the same name of adapters' ``PrefixTuningLayer``
and keeps its parameters. Source of the defects: adapter-hub/adapters#794 (empty last share), #795
(the fix, which left the others), and running every composition against rows alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from shapeguard.errors import CompositionError
from shapeguard.reference import masks, upstream
from shapeguard.reference.acceptance import JUDGED_FAMILIES, Entry, check
from shapeguard.reference.prefixes import (
    count_input_rows,
    prefixes_of_input_rows,
    total_lengths,
)
from shapeguard.reference.state import PrefixState, change_rows, input_row_numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from shapeguard.reference.upstream import Block, PrefixLayer, Setup, UpstreamState


def compose(self: PrefixLayer, adapter_setup: Setup, state: UpstreamState) -> PrefixState:
    """Enter the layer: refuse, number the rows, make the mask explicit, then compose.

    Raises :class:`CompositionError` if the composition cannot be run right on this batch or model.
    """
    _refuse_unjudged_model(self, state.attention_mask)
    check(adapter_setup, _entry(self, adapter_setup, state.key_states.size(0)))
    numbered = _numbered(state, count_input_rows(self, adapter_setup))
    ready = _with_explicit_mask(self, adapter_setup, _with_residual_of_every_row(numbered))
    composed: PrefixState = upstream.composable_base().compose(self, adapter_setup, ready)
    return composed


def vslice(self: PrefixLayer, state: PrefixState, slice_obj: slice | Tensor) -> PrefixState:  # noqa: ARG001 - a method
    """Take some rows; the numbers go with them, so nothing else has to know which rows these are.

    Shapes: every field ``batch ...`` -> ``n ...``; ``slice_obj`` a slice or int64 ``n``.
    """
    return change_rows(state, lambda field: field[slice_obj])


def repeat(self: PrefixLayer, state: PrefixState, channels: int) -> PrefixState:  # noqa: ARG001 - a method
    """Replicate all rows, channel after channel. Shapes: ``batch ...`` -> ``channels*batch ...``."""
    return change_rows(state, lambda field: field.repeat(channels, *[1] * (field.dim() - 1)))


def compose_single(
    self: PrefixLayer, adapter_setup: str, state: PrefixState, lvl: int = 0
) -> PrefixState:
    """Put the prefix of one adapter before the keys and values of every row.

    Shapes: keys and values ``batch heads keys head_dim`` -> ``batch heads prefix+keys head_dim``,
    mask ``batch ... keys`` -> ``batch ... prefix+keys``; the batch may be 0.
    """
    del lvl
    prefix = prefixes_of_input_rows(self, adapter_setup).index_select(1, state.rows)
    prefix_keys, prefix_values = gated(self, adapter_setup, prefix, state.residual_input)
    mask = state.attention_mask
    return state._replace(
        key_states=torch.cat([prefix_keys, state.key_states], dim=2),
        value_states=torch.cat([prefix_values, state.value_states], dim=2),
        attention_mask=(
            None if mask is None else masks.widen(mask, prefix_keys.size(2), masks.attend(mask))
        ),
    )


def gated(
    layer: PrefixLayer, adapter: str, prefix: Tensor, residual_input: Tensor
) -> tuple[Tensor, Tensor]:
    """Scale the prefix of every row by the gate that the row itself opens, if the adapter has one.

    Shapes: ``2 batch heads prefix head_dim`` and ``batch queries hidden`` -> keys and values, each
    ``batch heads prefix head_dim``.
    """
    keys, values = prefix.unbind(0)
    if adapter not in layer.prefix_gates:
        return keys, values
    gate: Tensor = layer.prefix_gates[adapter](residual_input).sigmoid().mean(dim=1)
    if gate.size(0) > 0:
        upstream.store_gating_score(layer, adapter, gate)
    # A shared gate has one output, which is the first and the last.
    return keys * gate[:, 0, None, None, None], values * gate[:, -1, None, None, None]


def pad_and_concat(self: PrefixLayer, states: Sequence[PrefixState]) -> PrefixState:  # noqa: ARG001 - a method
    """Join the shares that have rows, each padded to the longest of *them*.

    Shapes: keys ``b_i heads k_i head_dim`` -> ``sum(b_i) heads max(k_i) head_dim`` with the
    maximum over the shares that have rows; without any row the first state stands for all.
    """
    filled = [state for state in states if state.batch > 0]
    if not filled:
        return states[0]
    keys = max(state.key_states.size(2) for state in filled)
    padded = [_padded(state, keys) for state in filled]
    return padded[0]._replace(
        key_states=_join(padded, lambda state: state.key_states),
        value_states=_join(padded, lambda state: state.value_states),
        residual_input=_join(padded, lambda state: state.residual_input),
        attention_mask=_join_masks(padded),
        rows=_join(padded, lambda state: state.rows),
    )


def compose_average(
    self: PrefixLayer,  # noqa: ARG001 - a method
    adapter_setup: Block,  # noqa: ARG001 - compose has refused every average of prefixes
    state: PrefixState,
    lvl: int = 0,
) -> PrefixState:
    """Pass on the state: no adapter of the block has a prefix in this layer."""
    del lvl
    return state


def _refuse_unjudged_model(layer: PrefixLayer, mask: Tensor | None) -> None:
    config = layer.model_config
    if config.model_type not in JUDGED_FAMILIES:
        families = ", ".join(sorted(JUDGED_FAMILIES))
        message = f"the reference corrects prefix tuning of {families}, not of {config.model_type}"
        raise CompositionError(message)
    if mask is None and config.is_decoder and not layer.location_key.startswith("cross"):
        # scaled_dot_product_attention aligns is_causal at the first key, which is a prefix key.
        message = (
            "a causal model without attention mask cannot have a prefix: use attention 'eager'"
        )
        raise CompositionError(message)


def _entry(layer: PrefixLayer, setup: Setup, rows: int) -> Entry:
    context = upstream.forward_context()
    return Entry(
        rows=rows,
        input_rows=count_input_rows(layer, setup),
        parallelized=context.adapters_parallelized,
        # adapters 1.1 does not keep what the caller said.
        input_parallelized=bool(getattr(context, "adapter_input_parallelized", True)),
        task_ids=getattr(context, "task_ids", None),
        adapters=layer.prefixes,
    )


def _numbered(state: UpstreamState, input_rows: int) -> PrefixState:
    keys = state.key_states
    return PrefixState(
        key_states=keys,
        value_states=state.value_states,
        residual_input=state.residual_input,
        attention_mask=state.attention_mask,
        invert_mask=state.invert_mask,
        idx_slice=None,
        rows=input_row_numbers(keys.size(0), input_rows, keys.device),
    )


def _with_residual_of_every_row(state: PrefixState) -> PrefixState:
    """Replicate the residual where only keys and values were (LoRA under Parallel in UniPELT)."""
    if state.residual_input.size(0) == state.batch:
        return state
    return state._replace(residual_input=state.residual_input.index_select(0, state.rows))


def _with_explicit_mask(layer: PrefixLayer, setup: Setup, state: PrefixState) -> PrefixState:
    """Give every row a mask if the composition makes rows of different length."""
    if state.attention_mask is not None or len(total_lengths(layer, setup)) == 1:
        return state
    return state._replace(attention_mask=masks.attend_to_all(state.key_states))


def _padded(state: PrefixState, keys: int) -> PrefixState:
    """Put zero keys that no query attends to before the keys, until there are ``keys``."""
    missing = keys - state.key_states.size(2)
    mask = state.attention_mask
    return state._replace(
        key_states=functional.pad(state.key_states, (0, 0, missing, 0)),
        value_states=functional.pad(state.value_states, (0, 0, missing, 0)),
        attention_mask=None if mask is None else masks.widen(mask, missing, masks.blocked(mask)),
    )


def _join(states: Sequence[PrefixState], field: Callable[[PrefixState], Tensor]) -> Tensor:
    return torch.cat([field(state) for state in states], dim=0)


def _join_masks(states: Sequence[PrefixState]) -> Tensor | None:
    present = [state.attention_mask for state in states if state.attention_mask is not None]
    # All or none: compose has made the mask explicit wherever lengths differ.
    return torch.cat(present, dim=0) if present else None
