"""LoRA on the joint projection to queries, keys and values (GPT-2), which adapters composes not at all.

adapters takes whatever is in a block of one child for the name of an adapter (defect 29). Here every
group of rows goes through adapters' own forward pass, alone, with its one adapter active.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from shapeguard.reference import upstream
from shapeguard.reference.chains import Chain, written
from shapeguard.reference.layers import gates, scores
from shapeguard.reference.layers.mixing import refuse_others, weighted
from shapeguard.reference.plans import Plan, joined, plan_of
from shapeguard.reference.refusing import refuse
from shapeguard.runtime import contract

if TYPE_CHECKING:
    from collections.abc import Callable

    from shapeguard.reference.plans import Group

_Forward: TypeAlias = "Callable[[Any, Tensor], Tensor]"


def corrected(below: _Forward) -> _Forward:
    """Return the forward pass, which runs ``below`` for single adapters."""

    @contract
    def forward(
        self: Any, x: Float[Tensor, "batch *tokens features_in"]
    ) -> Float[Tensor, "batch *tokens features_out"]:
        plan = None if self.merged else plan_of(self, x.size(0))
        if plan is None:
            return below(self, x)
        groups = plan.groups(self.loras)

        def run(group: Group) -> Tensor:
            return _through(below, self, group.chain, Layer(group.of(x), (plan, group)))

        return joined(groups, scores.of_groups(self, groups, run))

    return forward


def refused(self: Any, plan: Plan) -> None:
    """Refuse everything but one adapter, or an average of single ones, for each row."""
    for group in plan.groups(self.loras):
        _refuse_stacks(group.chain)
        refuse_others(group.chain, {"Average"}, "LoRA has")


class Layer(NamedTuple):
    """A group of rows before the layer, ``rows tokens features_in``."""

    x: Tensor
    where: tuple[Plan, Group]


def _through(below: _Forward, self: Any, chain: Chain, layer: Layer) -> Tensor:
    if not chain:
        return _bare(self, layer.x)
    (link,) = chain
    if isinstance(link, str):
        with upstream.adapter_setup(link):
            return _regated(self, self.loras[link], below(self, layer.x), layer)
    plain = _bare(self, layer.x)
    changes = [_through(below, self, branch, layer) - plain for branch in link.branches]
    return plain + weighted(link, changes)


def _regated(self: Any, lora: Any, output: Tensor, layer: Layer) -> Tensor:
    """Correct the gates of queries, keys and values for padded rows."""
    own = gates.corrected(self, lora, layer.x, layer.where) if lora.use_gating else None
    if own is None:
        return output
    _, ratio = own
    of_features = ratio.repeat_interleave(self.out_features // 3, dim=-1)
    scale: Tensor = self.pad(of_features, lora, fill_value=1).unsqueeze(1)
    if lora.composition_mode == "scale":
        return output * scale
    plain = _bare(self, layer.x)
    return plain + (output - plain) * scale


def _bare(self: Any, x: Tensor) -> Tensor:
    weight = self.weight.t() if self.fan_in_fan_out else self.weight
    return functional.linear(x, weight, bias=self.bias)


def _refuse_stacks(chain: Chain) -> None:
    if len(chain) > 1:
        refuse(f"LoRA on a joint projection cannot be stacked: {written(chain)}")
    for link in chain:
        for branch in () if isinstance(link, str) else link.branches:
            _refuse_stacks(branch)
