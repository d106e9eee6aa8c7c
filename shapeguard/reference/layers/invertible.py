"""Invertible adapters: a bijection of the embeddings, undone before the language modelling head.

adapters gives every row the first adapter of the composition (defect 15). Here every row goes through its
own, and back through them in the opposite order.
"""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float  # noqa: TC002 - contracts read it
from torch import Tensor  # noqa: TC002 - contracts read it

from shapeguard.reference.chains import Chain, Mixture
from shapeguard.reference.plans import Plan, joined, plan_of
from shapeguard.reference.refusing import refuse
from shapeguard.runtime import contract


@contract
def forward(
    self: Any,
    hidden_states: Float[Tensor, "batch tokens hidden"],
    rev: bool = False,  # noqa: FBT001, FBT002 - the signature of adapters
) -> Float[Tensor, "batch tokens hidden"]:
    """Run every group of rows through its own adapters; back if ``rev``."""
    plan = plan_of(self, hidden_states.size(0))
    if plan is None:
        return hidden_states
    groups = plan.groups(self)
    return joined(
        groups, [_followed(self, group.chain, group.of(hidden_states), rev) for group in groups]
    )


def get_invertible_adapter(self: Any) -> Any:
    """Return what heads call with ``rev=True``: this layer, which knows the rows; None if inactive."""
    return None if self.get_active_setup() is None else self


def refused(self: Any, plan: Plan) -> None:
    """Refuse fusion, which has no bijection."""
    for group in plan.groups(self):
        _refuse_in(group.chain)


def _followed(self: Any, chain: Chain, hidden: Tensor, rev: bool) -> Tensor:  # noqa: FBT001 - as above
    for link in reversed(chain) if rev else chain:
        if isinstance(link, str):
            hidden = self[link](hidden, rev=rev)
        else:
            hidden = _MIXTURES[link.kind](self, link, hidden, rev)
    return hidden


def _split(self: Any, link: Mixture, hidden: Tensor, rev: bool) -> Tensor:  # noqa: FBT001 - as above
    tokens = [int(share) for share in link.shares]
    if sum(tokens) != hidden.size(1):
        refuse(f"splits={tokens} of {link} do not add up to {hidden.size(1)} tokens")
    parts = [
        _followed(self, branch, part, rev)
        for branch, part in zip(link.branches, hidden.split(tokens, dim=1), strict=True)
    ]
    return torch.cat(parts, dim=1)


def _average(self: Any, link: Mixture, hidden: Tensor, rev: bool) -> Tensor:  # noqa: FBT001 - as above
    if rev:
        refuse(f"{link} cannot be inverted: an average of bijections is none")
    weighted = [
        weight * _followed(self, branch, hidden, rev)
        for weight, branch in zip(link.shares, link.branches, strict=True)
    ]
    return torch.stack(weighted).sum(dim=0)


_MIXTURES = {"Split": _split, "Average": _average}


def _refuse_in(chain: Chain) -> None:
    for link in chain:
        if isinstance(link, Mixture):
            if link.kind == "Fuse":
                refuse(f"invertible adapters have no Fuse composition: {link}")
            for branch in link.branches:
                _refuse_in(branch)
