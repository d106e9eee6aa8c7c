"""ReFT: an intervention at the first and last tokens of a row.

adapters gives every row the first adapter of the composition (defect 15), and keeps the places of the
tokens for the next layer, whatever batch that has (defect 25). Here every group of rows goes through its
own adapters, which are told where the tokens of these rows are.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from jaxtyping import Float
from torch import Tensor

from shapeguard.reference import upstream
from shapeguard.reference.layers.mixing import refuse_others, weighted
from shapeguard.reference.plans import Group, Plan, joined, plan_of
from shapeguard.runtime import contract

if TYPE_CHECKING:
    from collections.abc import Generator

    from shapeguard.reference.chains import Chain


@contract
def forward(
    self: Any, hidden_states: Float[Tensor, "batch tokens hidden"]
) -> Float[Tensor, "batch tokens hidden"]:
    """Run every group of rows through its own adapters."""
    plan = plan_of(self, hidden_states.size(0))
    if plan is None:
        return hidden_states
    groups = plan.groups(self.refts)
    parts: list[Tensor] = []
    for group in groups:
        with _places_of(plan, group):
            parts.append(_followed(self, group.chain, group.of(hidden_states)))
    return joined(groups, parts)


def refused(self: Any, plan: Plan) -> None:
    """Refuse blocks that have no meaning for an intervention."""
    for group in plan.groups(self.refts):
        refuse_others(group.chain, {"Average"}, "ReFT has")


def _followed(self: Any, chain: Chain, hidden: Tensor) -> Tensor:
    for link in chain:
        if isinstance(link, str):
            _forget_places()
            hidden = self.refts[link](hidden)
        else:
            hidden = weighted(link, [_followed(self, branch, hidden) for branch in link.branches])
    return hidden


@contextmanager
def _places_of(plan: Plan, group: Group) -> Generator[None]:
    """Let the context tell, for the time of a block, where the tokens of these rows begin and end."""
    context = upstream.forward_context()
    if getattr(context, "seqlens", None) is None:
        yield
        return
    whole = {name: getattr(context, name) for name in ("offsets", "seqlens")}
    for name, of_input in whole.items():
        setattr(context, name, plan.taken(group, of_input.reshape(-1)))
    try:
        yield
    finally:
        for name, of_input in whole.items():
            setattr(context, name, of_input)
        _forget_places()


def _forget_places() -> None:
    """Adapters may look at different tokens, and the next layer is another batch."""
    context = upstream.forward_context()
    for name in ("pref_idx", "suff_idx"):
        if hasattr(context, name):
            delattr(context, name)
