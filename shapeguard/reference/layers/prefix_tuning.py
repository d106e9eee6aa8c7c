"""Prefix tuning: keys and values of each adapter before the keys and values of a row.

A row that goes through ``a -> b`` has the keys ``[prefix of b, prefix of a, keys]``. Rows of one batch may
have prefixes of different length, or none. Shorter rows are padded where it does not change the place of any
key (before all others; in T5 behind them), and their mask blocks the padding. A prefix belongs to an input
row (dropout makes them differ), and is found by the number of that row. adapters finds it by the range of the
batch that a share was cut from, which is stale once shares have been joined, replicated or permuted (defects
02 to 06, adapter-hub/adapters#794).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from jaxtyping import Float, Shaped
from torch import Tensor
from torch.nn import functional

from shapeguard.reference import masks, upstream
from shapeguard.reference.chains import Chain
from shapeguard.reference.layers import scores
from shapeguard.reference.layers.mixing import refuse_others
from shapeguard.reference.models import attention, tokens
from shapeguard.reference.plans import Plan, joined, plan_of
from shapeguard.reference.refusing import refuse
from shapeguard.runtime import contract

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapeguard.reference.plans import Group

Mask = Shaped[Tensor, "batch _ #queries masked"] | Shaped[Tensor, "batch masked"] | None
"""A mask may cover more keys than there are yet: attention reads as many as it has keys."""
WiderMask = Shaped[Tensor, "batch _ #queries wider"] | Shaped[Tensor, "batch wider"] | None


@contract
def forward(
    self: Any,
    key_states: Float[Tensor, "batch heads keys head_dim"],
    value_states: Float[Tensor, "batch heads keys head_dim"],
    residual_input: Float[Tensor, "batch queries hidden"],
    attention_mask: Mask = None,
    invert_mask: bool = True,  # noqa: ARG001, FBT001, FBT002 - the signature of adapters
) -> tuple[
    Float[Tensor, "batch heads wider head_dim"],
    Float[Tensor, "batch heads wider head_dim"],
    WiderMask,
]:
    """Put every row's own prefix before its keys and values, and widen the mask to fit."""
    given = None if attention_mask is None else attention_mask[..., : key_states.size(2)]
    plan = plan_of(self, key_states.size(0))
    if plan is None:
        return key_states, value_states, given
    groups = plan.groups(self.prefixes)

    def run(group: Group) -> tuple[Tensor | None, Tensor | None]:
        return _prefix(self, plan, group, residual_input)

    prefixes = scores.of_groups(self, groups, run)
    keys, values = zip(*prefixes, strict=True)
    lengths = [0 if each is None else each.size(2) for each in keys]
    mask = _explicit(self, key_states, residual_input.size(1), given, lengths)
    return (
        _before(self, key_states, groups, keys),
        _before(self, value_states, groups, values),
        widened(self, mask, groups, lengths),
    )


def refused(self: Any, plan: Plan) -> None:
    """Refuse mixtures, for which attention has no meaning, and attentions that were not judged."""
    groups = plan.groups(self.prefixes)
    for group in groups:
        refuse_others(group.chain, (), "prefix tuning has")
    if len(groups) > 1:
        attention.require_judged(self.model_config)


def lengths_of(self: Any, groups: Sequence[Group]) -> list[int]:
    """Return how many keys the prefix of the rows of each group has."""
    return [sum(_of_input(self, name).size(3) for name in _names(group.chain)) for group in groups]


def widened(
    self: Any, mask: Tensor | None, groups: Sequence[Group], lengths: Sequence[int]
) -> Tensor | None:
    """Widen the mask of every group by its prefix, and by the padding that it needs.

    Shapes: ``batch ... keys`` -> ``batch ... longest+keys``.
    """
    if mask is None:
        return None
    longest = max(lengths)
    if min(lengths) == longest:
        return masks.around(mask, prefix=longest)
    behind = attention.counts_keys_from_the_first(self)
    parts = [
        masks.around(group.of(mask), prefix=length, padding=longest - length, behind=behind)
        for group, length in zip(groups, lengths, strict=True)
    ]
    return joined(groups, parts)


def _prefix(
    self: Any, plan: Plan, group: Group, residual_input: Tensor
) -> tuple[Tensor | None, Tensor | None]:
    """Make keys and values of the prefixes of each row of a group: ``rows heads prefix head_dim``.

    Both are None for rows without a prefix in this layer.
    """
    pairs = [
        _gated(self, name, plan, group, residual_input) for name in reversed(_names(group.chain))
    ]
    if not pairs:
        return None, None
    keys, values = zip(*pairs, strict=True)
    return torch.cat(keys, dim=2), torch.cat(values, dim=2)


def _gated(
    self: Any, name: str, plan: Plan, group: Group, residual_input: Tensor
) -> tuple[Tensor, Tensor]:
    """Scale the prefix of every row by the gate that the row itself opens, if the adapter has one."""
    of_input = _of_input(self, name)
    numbers = torch.tensor(plan.sources(group), device=of_input.device) % of_input.size(1)
    keys, values = of_input.index_select(1, numbers).unbind(0)
    if name not in self.prefix_gates:
        return keys, values
    residual = group.of(residual_input)
    opened: Tensor = self.prefix_gates[name](residual).sigmoid()
    gate = tokens.mean(opened, tokens.real(self, plan, group, residual.size(1)))
    scores.store_gating_score(self, name, gate)
    # A shared gate has one output, which is the first and the last.
    return keys * gate[:, 0, None, None, None], values * gate[:, -1, None, None, None]


def _before(
    self: Any, states: Tensor, groups: Sequence[Group], prefixes: Sequence[Tensor | None]
) -> Tensor:
    """Put prefixes before the keys (or values), and zeros until all rows are as long as the longest."""
    longest = max(0 if prefix is None else prefix.size(2) for prefix in prefixes)
    present = [prefix.to(states.dtype) for prefix in prefixes if prefix is not None]
    if len(present) == len(groups) and all(prefix.size(2) == longest for prefix in present):
        return torch.cat([joined(groups, present), states], dim=2)
    parts: list[Tensor] = []
    for group, prefix in zip(groups, prefixes, strict=True):
        own = group.of(states)
        if prefix is not None:
            own = torch.cat([prefix.to(own.dtype), own], dim=2)
        missing = longest + states.size(2) - own.size(2)
        behind = attention.counts_keys_from_the_first(self)
        parts.append(functional.pad(own, (0, 0, 0, missing) if behind else (0, 0, missing, 0)))
    return joined(groups, parts)


def _explicit(
    self: Any,
    key_states: Tensor,
    queries: int,
    mask: Tensor | None,
    lengths: Sequence[int],
) -> Tensor | None:
    """Write the mask down that None stands for, where it would stand for another one with prefixes."""
    if mask is not None or max(lengths) == 0 or not attention.is_judged(self.model_config):
        return mask
    if attention.is_causal(self) and queries > 1:
        return masks.keys_so_far(key_states, queries)
    return None if min(lengths) == max(lengths) else masks.all_keys(key_states)


def _of_input(self: Any, name: str) -> Tensor:
    """Look up ``2 input_rows heads prefix head_dim``: keys and values, before any composition."""
    context = upstream.forward_context()
    if context is None:
        refuse(f"the prefix of {name!r} is made by the model, and this is no forward pass of it")
    of_adapter: Tensor = context.prefix_states[name][self.location_key][self.prefixes[name]]
    return of_adapter


def _names(chain: Chain) -> list[str]:
    return [link for link in chain if isinstance(link, str)]
