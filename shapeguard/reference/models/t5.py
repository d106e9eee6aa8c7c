"""T5: relative positions of keys behind prefixes, for every row and every layer.

T5 adds one bias to the scores of all layers, which the first layer makes of the places of its keys. A
prefix moves the keys, so the bias depends on the length of the prefix: of the row, and of the layer.
adapters makes it once, for the longest row and the prefixes of the first layer, and without any
positions where another layer has other prefixes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional

from shapeguard.reference import upstream
from shapeguard.reference.layers.prefix_tuning import lengths_of, widened
from shapeguard.reference.plans import joined, plan_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from shapeguard.reference.plans import Group

_FIRST = "_shapeguard_first_attention"


def forward(below: Callable[..., Any]) -> Callable[..., Any]:
    """Return the forward pass of T5's attention, which gives ``below`` the bias of this very layer."""

    def corrected(self: Any, hidden_states: Tensor, *args: Any, **kwargs: Any) -> Any:
        context = upstream.forward_context()
        if args or context is None or not getattr(context, "prefix_states", None):
            return below(self, hidden_states, *args, **kwargs)
        if self.has_relative_attention_bias:
            context.__dict__.setdefault(_FIRST, {})[self.is_decoder] = self
        kwargs["position_bias"] = _bias(self, hidden_states, kwargs)
        return below(self, hidden_states, **kwargs)

    return corrected


def _bias(self: Any, hidden_states: Tensor, kwargs: dict[str, Any]) -> Tensor:
    """Make the bias of all rows, mask included: ``1|batch heads queries keys``."""
    mask: Tensor = kwargs["mask"]
    keys, queries = mask.size(-1), hidden_states.size(1)
    plan = plan_of(self.prefix_tuning, hidden_states.size(0))
    if plan is None:
        return _positions(self, queries, keys, kwargs) + mask[:, :, -queries:]
    groups = plan.groups(self.prefix_tuning.prefixes)
    lengths = lengths_of(self.prefix_tuning, groups)
    wider = widened(self.prefix_tuning, mask, groups, lengths)
    if wider is None:  # T5 has a mask in every layer
        message = "T5 attends without a mask"
        raise AssertionError(message)
    biases = [_positions(self, queries, length + keys, kwargs) for length in lengths]
    return _of_rows(groups, lengths, biases) + wider[:, :, -queries:]


def _of_rows(groups: Sequence[Group], lengths: Sequence[int], biases: list[Tensor]) -> Tensor:
    """Give every row the bias of its length, padded behind its keys; one for all if they are alike."""
    longest = max(lengths)
    if min(lengths) == longest:
        return biases[0]
    parts = [
        functional.pad(bias, (0, longest - length)).expand(len(group.rows), -1, -1, -1)
        for group, length, bias in zip(groups, lengths, biases, strict=True)
    ]
    return joined(groups, parts)


def _positions(self: Any, queries: int, keys: int, kwargs: dict[str, Any]) -> Tensor:
    """Make the bias of the places alone, as the first layer of the stack would: ``1 heads queries keys``."""
    of_stack: dict[bool, Any] = getattr(upstream.forward_context(), _FIRST, {})
    first = of_stack.get(self.is_decoder)
    if kwargs.get("key_value_states") is not None or first is None:
        weight: Tensor = self.o.weight
        return torch.zeros(
            (1, self.n_heads, queries, keys), device=weight.device, dtype=weight.dtype
        )
    cache_position = kwargs.get("cache_position")
    length = kwargs.get("query_length") or (
        queries if cache_position is None else int(cache_position[-1]) + 1
    )
    device = first.relative_attention_bias.weight.device
    bias: Tensor = first.compute_bias(length, keys, device=device, cache_position=cache_position)
    return bias[:, :, -queries:]
