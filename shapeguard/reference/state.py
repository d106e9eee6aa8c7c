"""The state that runs through a composition, with the number of every row.

adapters tells which prefix belongs to a row by ``idx_slice``, the range of the batch that a share
was cut from. A range cannot say what a batch looks like after it was replicated, permuted or put
together again, so it goes stale (adapter-hub/adapters#794 and what the fix of it left). Here every
row carries the number of the input row that it came from, and keeps it wherever it goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor


class PrefixState(NamedTuple):
    """The state of a prefix tuning layer: the fields of ``PrefixTuningState``, then ``rows``.

    Shapes: ``key_states`` and ``value_states`` ``batch kv_heads keys head_dim``,
    ``residual_input`` ``batch queries hidden``, ``attention_mask`` as in
    :mod:`shapeguard.reference.masks`, ``rows`` ``batch`` (int64). ``idx_slice`` is always None.
    """

    key_states: Tensor
    value_states: Tensor
    residual_input: Tensor
    attention_mask: Tensor | None
    invert_mask: bool
    idx_slice: None
    rows: Tensor

    @property
    def batch(self) -> int:
        """How many rows the state has."""
        return self.key_states.size(0)


def input_row_numbers(batch: int, input_rows: int, device: torch.device) -> Tensor:
    """Return, for every row that enters a layer, the number of the input row that it came from.

    From the second layer of a ``Parallel`` model on they arrive replicated, channel after
    channel, so the numbers start anew with every channel. Shapes: -> ``batch``.
    """
    return torch.arange(batch, device=device) % max(input_rows, 1)


def change_rows(state: PrefixState, change: Callable[[Tensor], Tensor]) -> PrefixState:
    """Apply one change of the batch axis to everything that has one, the row numbers included."""
    mask = state.attention_mask
    return state._replace(
        key_states=change(state.key_states),
        value_states=change(state.value_states),
        residual_input=change(state.residual_input),
        attention_mask=None if mask is None else change(mask),
        rows=change(state.rows),
    )
