"""Bottleneck adapters: rows go through down- and up-projections beside or after their layer.

An adapter acts in three steps: it is *prepared* (residual and normalisation of the layer before it,
as its configuration says), *applied*, and, after the last adapter of a row, the layer is *finished*
(residual and normalisation behind it). adapters prepares once for a block and again for every block
in it (defect 10), and finishes all rows as the last adapter of the last share wants it (defect 14).
Here every adapter is prepared for itself and every row is finished by its own last adapter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from shapeguard.reference import upstream
from shapeguard.reference.chains import Mixture
from shapeguard.reference.layers import gates, scores
from shapeguard.reference.layers.mixing import token_parts, weighted
from shapeguard.reference.plans import Plan, joined, plan_of
from shapeguard.reference.refusing import refuse
from shapeguard.runtime import contract

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapeguard.reference.chains import Chain
    from shapeguard.reference.plans import Group


class Layer(NamedTuple):
    """What a group of rows brings to the layer: all ``rows tokens hidden``, and the layer's norm."""

    output: Float[Tensor, "rows tokens hidden"]
    residual: Float[Tensor, "rows tokens hidden"] | None
    norm: Any
    where: tuple[Plan, Group] | None = None

    def of(self, plan: Plan, group: Group) -> Layer:
        """Take the rows of a group."""
        residual = None if self.residual is None else group.of(self.residual)
        return Layer(group.of(self.output), residual, self.norm, (plan, group))


class Flow(NamedTuple):
    """Rows on their way through a chain.

    ``hidden`` and ``up`` (the up-projection alone, for fusion) are ``rows tokens hidden``; ``last``
    is the adapter that finishes the rows, None while they have met none.
    """

    hidden: Float[Tensor, "rows tokens hidden"]
    up: Float[Tensor, "rows tokens hidden"] | None = None
    last: Any = None


@contract
def bottleneck_layer_forward(
    self: Any,
    hidden_states: Float[Tensor, "batch tokens hidden"],
    residual_input: Float[Tensor, "batch tokens hidden"] | None,
    layer_norm: Any,
) -> Float[Tensor, "batch tokens hidden"]:
    """Run every group of rows through its own adapters and finish it."""
    plan = plan_of(self, hidden_states.size(0))
    if plan is None:
        return without_adapters(self, Layer(hidden_states, residual_input, layer_norm))
    groups = plan.groups(self.adapters)

    whole = Layer(hidden_states, residual_input, layer_norm)

    def run(group: Group) -> Flow:
        layer = whole.of(plan, group)
        return _followed(self, group.chain, Flow(layer.output), layer)

    flows = scores.of_groups(self, groups, run)
    if len({_ending(flow.last) for flow in flows}) == 1:
        # Rows that end alike are finished together: normalising once is what adapters does, too.
        flow = flows[0]._replace(hidden=joined(groups, [each.hidden for each in flows]))
        return _finished(self, flow, whole)
    parts = [
        _finished(self, flow, whole.of(plan, group))
        for flow, group in zip(flows, groups, strict=True)
    ]
    return joined(groups, parts)


def refused(self: Any, plan: Plan) -> None:
    """Refuse mixtures whose branches end differently, and fusions without a fusion layer."""
    for group in plan.groups(self.adapters):
        _refuse_in(self, group.chain)


def without_adapters(self: Any, layer: Layer) -> Tensor:
    """Return what the layer gives without adapters; a hooked layer adds its residual itself."""
    if _is_hooked(self):
        return layer.output
    hidden = layer.output if layer.residual is None else layer.output + layer.residual
    return hidden if layer.norm is None else layer.norm(hidden)


def _is_hooked(self: Any) -> bool:
    """Whether the model itself adds residual and norm; adapters 1.1 has no such layers."""
    return bool(getattr(self, "is_layer_hooked", False))


def _finished(self: Any, flow: Flow, layer: Layer) -> Tensor:
    """Add what stands behind the adapters, as the last of them wants it."""
    if flow.last is None:
        return without_adapters(self, layer._replace(output=flow.hidden))
    finished: Tensor = flow.last.post_forward(flow.hidden, layer.output, layer.residual, layer.norm)
    return finished


def _ending(last: Any) -> tuple[bool, bool] | None:
    """Tell what an adapter does behind the layer; what ends alike may be finished by either."""
    return None if last is None else (_is_beside(last), bool(last.original_ln_after))


def _followed(self: Any, chain: Chain, flow: Flow, layer: Layer) -> Flow:
    for link in chain:
        if isinstance(link, str):
            flow = _applied(self, link, _prepared(self.adapters[link], flow, layer), layer)
        else:
            flow = _MIXTURES[link.kind](self, link, flow, layer)
    return flow


class _Prepared(NamedTuple):
    hidden: Tensor
    residual: Tensor
    query: Tensor | None = None


def _prepared(adapter: Any, flow: Flow, layer: Layer, fusion: Any = None) -> _Prepared:
    hidden, query, residual = adapter.pre_forward(
        flow.hidden, layer.residual, layer.norm, fusion_config=fusion
    )
    return _Prepared(hidden, residual, query)


def _applied(self: Any, name: str, prepared: _Prepared, layer: Layer) -> Flow:
    adapter = self.adapters[name]
    if not adapter.use_gating:
        hidden, _, up = adapter(prepared.hidden, residual_input=prepared.residual)
        return Flow(hidden, up, adapter)
    hidden, _, up, gate = adapter(
        prepared.hidden, residual_input=prepared.residual, output_gating=True
    )
    gate = gate.flatten(1)
    own = gates.corrected(self, adapter, prepared.hidden, layer.where)
    if own is not None:
        gate, ratio = own
        kept = 0 if _is_beside(adapter) else prepared.residual
        hidden = kept + (hidden - kept) * ratio[:, :, None]
    self._store_gating_score(name, gate)
    return Flow(hidden, up, adapter)


def _average(self: Any, link: Mixture, flow: Flow, layer: Layer) -> Flow:
    """Add the branches up by their weights; a branch without adapters here is the state before."""
    start = Flow(flow.hidden)
    branches = [_followed(self, branch, start, layer) for branch in link.branches]
    hidden, last = _alike(branches, [layer.output] * len(branches))
    return Flow(weighted(link, hidden), None, last)


def _split(self: Any, link: Mixture, flow: Flow, layer: Layer) -> Flow:
    """Give every branch its tokens and join them again."""
    hidden = token_parts(link, flow.hidden)
    outputs = token_parts(link, layer.output)
    residuals: Sequence[Tensor | None] = [None] * len(hidden)
    if layer.residual is not None:
        residuals = token_parts(link, layer.residual)
    branches: list[Flow] = []
    for at, branch in enumerate(link.branches):
        # Without ``where``: the tokens of a branch are not those of a row.
        part = Layer(outputs[at], residuals[at], layer.norm)
        start = Flow(hidden[at])
        branches.append(_followed(self, branch, start, part) if hidden[at].size(1) else start)
    if all(each.last is None for each in branches):
        return flow
    parts, last = _alike(branches, outputs)
    return Flow(torch.cat(parts, dim=1), None, last)


def _fuse(self: Any, link: Mixture, flow: Flow, layer: Layer) -> Flow:
    """Let attention weigh the branches; the adapter that is last in the block prepares for all."""
    branches = [branch for branch in link.branches if branch]
    last = self.adapters[branches[-1][-1]] if branches else None
    if last is None:  # not left in a chain: see chains.within
        return flow
    fusion_config, _ = self.adapters_config.get_fusion(link.name)
    prepared = _prepared(last, flow, layer, fusion_config)
    ups = [_up(self, branch, prepared, layer) for branch in branches]
    values = torch.stack(ups).permute(1, 2, 0, 3)
    context = upstream.forward_context()
    attentions = bool(context is not None and context.output_adapter_fusion_attentions)
    fused = self.adapter_fusion_layer[link.name](
        prepared.query, values, values, prepared.residual, output_attentions=attentions
    )
    if attentions:
        self._store_fusion_attentions(link.name, fused[-1])
    return Flow(fused[0] if attentions else fused, None, last)


def _up(self: Any, branch: Chain, prepared: _Prepared, layer: Layer) -> Tensor:
    """Return what the last adapter of a branch of adapters adds; the first is prepared already."""
    first, *others = branch
    flow = _followed(self, tuple(others), _applied(self, str(first), prepared, layer), layer)
    return flow.hidden if flow.up is None else flow.up


_MIXTURES = {"Average": _average, "Split": _split, "Fuse": _fuse}


def _alike(branches: Sequence[Flow], outputs: Sequence[Tensor]) -> tuple[list[Tensor], Any]:
    """Return what the branches end with, and one adapter that can finish all of them.

    Adapters beside the layer leave it to ``post_forward`` to add the layer's own output. Where only some
    branches do, it is added to those at once, and an adapter after the layer finishes.
    """
    lasts = [each.last for each in branches]
    if all(map(_is_beside, lasts)):
        return [each.hidden for each in branches], lasts[-1]
    hidden = [
        each.hidden + output if _is_beside(each.last) else each.hidden
        for each, output in zip(branches, outputs, strict=True)
    ]
    after = [last for last in lasts if last is not None and not _is_beside(last)]
    return hidden, after[-1] if after else None


def _is_beside(adapter: Any) -> bool:
    return isinstance(adapter, upstream.found("adapters.methods.modeling:ParallelAdapter"))


def _refuse_in(self: Any, chain: Chain) -> None:
    for link in chain:
        if isinstance(link, str):
            continue
        for branch in link.branches:
            _refuse_in(self, branch)
        if link.kind == "Fuse":
            _refuse_fusion(self, link)
        elif len({_has_norm_behind(self, branch) for branch in link.branches}) > 1:
            refuse(f"the adapters of {link} do not agree on original_ln_after")


def _refuse_fusion(self: Any, link: Mixture) -> None:
    if link.name not in self.adapter_fusion_layer:
        refuse(f"{link} has no fusion layer {link.name!r}: add it with add_adapter_fusion()")
    if any(isinstance(each, Mixture) for branch in link.branches for each in branch):
        refuse(f"{link} would have to fuse blocks: fuse adapters or stacks of them")


def _has_norm_behind(self: Any, branch: Chain) -> bool:
    if not branch:
        return not _is_hooked(self)
    last = branch[-1]
    if isinstance(last, Mixture):
        return all(_has_norm_behind(self, each) for each in last.branches if each)
    return bool(self.adapters[last].original_ln_after)
