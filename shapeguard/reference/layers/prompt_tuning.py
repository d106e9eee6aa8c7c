"""Prompt tuning: tokens before the embedded input.

adapters gives every row the prompt of the first adapter (defect 15). Here every row gets its own. All rows
must get as many tokens, since the whole model has one number of tokens and one mask for the prompt.
"""

from __future__ import annotations

from typing import Any

from jaxtyping import Float
from torch import Tensor

from shapeguard.reference import upstream
from shapeguard.reference.chains import Chain, written
from shapeguard.reference.layers.mixing import refuse_others
from shapeguard.reference.plans import Plan, joined, plan_of
from shapeguard.reference.refusing import refuse
from shapeguard.runtime import contract


@contract
def forward(
    self: Any, hidden_states: Float[Tensor, "batch tokens hidden"]
) -> Float[Tensor, "batch prompted hidden"]:
    """Put the prompts of every row before it, and tell the model how many tokens they are."""
    plan = plan_of(self, hidden_states.size(0))
    context = upstream.forward_context()
    if plan is None:
        if context is not None:
            context.prompt_tokens_length = None
        return hidden_states
    groups = plan.groups(self.prompt_tunings)
    prompted = joined(
        groups, [_followed(self, group.chain, group.of(hidden_states)) for group in groups]
    )
    if context is not None:
        context.prompt_tokens_length = prompted.size(1) - hidden_states.size(1) or None
    return prompted


def refused(self: Any, plan: Plan) -> None:
    """Refuse mixtures, and rows that get different numbers of tokens."""
    lengths: dict[int, str] = {}
    for group in plan.groups(self.prompt_tunings):
        lengths.setdefault(_length(self, group.chain), written(group.chain))
    if len(lengths) > 1:
        shown = ", ".join(f"{length} through {chain}" for length, chain in lengths.items())
        refuse(f"prompts must have one length in a batch, and rows get {shown} tokens")


def _followed(self: Any, chain: Chain, hidden: Tensor) -> Tensor:
    for link in chain:
        hidden, _ = self.prompt_tunings[link](hidden)
    return hidden


def _length(self: Any, chain: Chain) -> int:
    refuse_others(chain, (), "prompt tuning has")
    return sum(self.prompt_tunings[link].prompt_tuning_config.prompt_length for link in chain)
