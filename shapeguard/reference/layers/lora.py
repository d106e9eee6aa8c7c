"""LoRA and its family: an update of a linear layer, made for a row by the row's own chain.

A chain makes one *update* of the layer's output: LoRA, VeRA and DoRA add to it (``hidden`` is
``rows tokens out``), IA3 scales it (``rows 1 out``). The update is *applied* by the last adapter of the row.
adapters applies the one update of a whole batch with the last adapter of its last share, so that
DoRA magnitudes come from a sibling, and IA3 factors are added (defect 14).
"""

from __future__ import annotations

from typing import Any, NamedTuple, cast

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from shapeguard.reference import upstream
from shapeguard.reference.chains import Chain, Mixture, written
from shapeguard.reference.layers import gates, scores
from shapeguard.reference.layers.mixing import weighted
from shapeguard.reference.plans import Group, Plan, joined, plan_of
from shapeguard.reference.refusing import refuse
from shapeguard.runtime import contract


class Layer(NamedTuple):
    """A group of rows before and after the linear layer."""

    before: Float[Tensor, "rows *tokens features_in"]
    after: Float[Tensor, "rows *tokens features_out"]
    where: tuple[Plan, Group]


@contract
def forward(
    self: Any, input_states: Float[Tensor, "batch *tokens features_in"]
) -> Float[Tensor, "batch *tokens features_out"]:
    """Run the layer on all rows, then update every group of rows by its own chain."""
    output = _linear(self, input_states)
    plan = None if self.merged else plan_of(self, input_states.size(0))
    if plan is None:
        return output
    groups = plan.groups(self.loras)

    def run(group: Group) -> Tensor:
        return _updated(self, (plan, group), input_states, output)

    return joined(groups, scores.of_groups(self, groups, run))


def refused(self: Any, plan: Plan) -> None:
    """Refuse blocks that LoRA has no meaning for, and stacks that do not fit the layer."""
    for group in plan.groups(self.loras):
        _refuse_in(self, group.chain)


def _linear(self: Any, input_states: Tensor) -> Tensor:
    if self.fan_in_fan_out:
        return functional.linear(input_states, self.weight.transpose(-2, -1), bias=self.bias)
    # Behind LoRALinear stands the linear layer itself, which may be a quantised one.
    wrapped = cast("Any", super(upstream.found("adapters.methods.lora:LoRALinear"), self))
    output: Tensor = wrapped.forward(input_states)
    return output


def _updated(self: Any, where: tuple[Plan, Group], input_states: Tensor, output: Tensor) -> Tensor:
    _, group = where
    layer = Layer(group.of(input_states), group.of(output), where)
    return _applied(self, _followed(self, group.chain, None, layer), layer)


class _Update(NamedTuple):
    hidden: Tensor
    lora: Any


def _followed(self: Any, chain: Chain, update: _Update | None, layer: Layer) -> _Update | None:
    """Make the update of a chain; None if it has no adapter here."""
    for link in chain:
        if isinstance(link, Mixture):
            update = _average(self, link, update, layer)
            continue
        update = _Update(_made(self, link, update, layer), self.loras[link])
    return update


def _made(self: Any, name: str, update: _Update | None, layer: Layer) -> Tensor:
    lora = self.loras[name]
    before = None if update is None else update.hidden
    made: tuple[Tensor, Tensor | None] = lora(before, layer.before)
    hidden, gate = made
    if gate is None:
        return hidden
    own = gates.corrected(self, lora, layer.before, layer.where)
    if own is not None:
        gate, ratio = own
        hidden = hidden * ratio[:, :, None]
    self._store_gating_score(name, gate.flatten(1))
    return hidden


def _applied(self: Any, update: _Update | None, layer: Layer) -> Tensor:
    """Update the output of the layer, as the adapter wants that made the update."""
    if update is None:
        return layer.after
    if update.lora is None:
        return layer.after + update.hidden
    if not _is_dora(update.lora):
        combined: Tensor = update.lora.com(layer.after, update.hidden, scaling=1.0)
        return combined
    magnitude: Tensor = update.lora.m.weight.view(-1)
    linalg: Any = torch.linalg
    norm: Tensor = linalg.norm(self.weight + update.lora.delta_w, dim=1)
    return magnitude / norm * (layer.after + update.hidden)


def _average(self: Any, link: Mixture, update: _Update | None, layer: Layer) -> _Update:
    """Add up what the branches change of the output, by their weights.

    Updates that are only added are added up as they are, so that an adapter may follow; any others by
    what comes out of the layer.
    """
    branches = [_followed(self, branch, update, layer) for branch in link.branches]
    present = [each for each in branches if each is not None]
    if all(each.lora is None or _adds(each.lora) for each in present):
        nothing = torch.zeros_like(layer.after)
        hidden = [nothing if each is None else each.hidden for each in branches]
        adding = next((each.lora for each in present), None)
        return _Update(weighted(link, hidden), adding)
    changes = [_applied(self, each, layer) - layer.after for each in branches]
    return _Update(weighted(link, changes), None)


def _adds(lora: Any) -> bool:
    return lora.composition_mode == "add" and not _is_dora(lora)


def _is_dora(lora: Any) -> bool:
    return bool(getattr(lora, "use_dora", False))  # adapters 1.1 has no DoRA


def _refuse_in(self: Any, chain: Chain) -> None:
    for place, link in enumerate(chain):
        if isinstance(link, Mixture):
            _refuse_mixture(self, link, is_last=place == len(chain) - 1)
        elif place > 0 and self.loras[link].composition_mode == "add":
            _refuse_to_feed(self, chain)


def _refuse_mixture(self: Any, link: Mixture, *, is_last: bool) -> None:
    if link.kind != "Average":
        refuse(f"LoRA has no {link.kind} composition: {link} in {self.location_key}")
    for branch in link.branches:
        _refuse_in(self, branch)
    loras = [self.loras[each] for each in _names(link)]
    if not is_last and not all(map(_adds, loras)):
        refuse(f"{link} averages DoRA or IA3, and no adapter can be stacked on what they give")


def _refuse_to_feed(self: Any, chain: Chain) -> None:
    """Refuse a stack that is not square: the update of one LoRA is the input of the next (defect 26)."""
    if self.in_features != self.out_features:
        refuse(
            f"the stack {written(chain)} feeds the update of one LoRA to the next in "
            f"{self.location_key}, which goes from {self.in_features} to {self.out_features} "
            "features: stack LoRA on square layers alone"
        )


def _names(link: Mixture) -> list[str]:
    return [
        name
        for branch in link.branches
        for each in branch
        for name in ([each] if isinstance(each, str) else _names(each))
    ]
