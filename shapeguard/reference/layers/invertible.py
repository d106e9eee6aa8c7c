"""Invertible adapters: a bijection of the embeddings, undone before the language modelling head.

adapters gives every row the first adapter of the composition (defect 15). Here every row goes through its
own, and back through them in the opposite order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from shapeguard.reference.chains import Chain, Mixture, kind
from shapeguard.reference.layers.mixing import refuse_others, token_parts, weighted
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
    modules = self.adapter_modules
    groups = plan.groups(modules)
    parts = [_followed(modules, group.chain, group.of(hidden_states), rev) for group in groups]
    return joined(groups, parts)


def get_invertible_adapter(self: Any) -> Any:
    """Return what heads call with ``rev=True``; None if there is none of the active setup.

    It is the one adapter that all rows go through, or this layer, which knows the rows.
    """
    setup = self.get_active_setup()
    if setup is None:
        return None
    modules = self.adapter_modules
    names = list(setup)
    if kind(setup) != "Stack" or not all(isinstance(name, str) for name in names):
        return self
    present = [name for name in names if name in modules]
    return modules[present[0]] if len(present) == 1 else self


def refused(self: Any, plan: Plan) -> None:
    """Refuse fusion, which has no bijection."""
    for group in plan.groups(self.adapter_modules):
        refuse_others(group.chain, {"Average", "Split"}, "invertible adapters have")


@dataclass
class OfModel:
    """The invertible adapters of a model that holds them itself, as a layer."""

    model: Any

    @property
    def adapter_modules(self) -> Any:
        """The invertible adapters, by name."""
        return self.model.invertible_adapters

    @property
    def layer_idx(self) -> int:
        """They are before all layers."""
        return -1

    def get_active_setup(self) -> Any:
        """Return the active setup, if the model has an invertible adapter of it."""
        setup = self.model._get_active_setup()  # noqa: SLF001 - there is no public way
        present = setup is not None and not setup.flatten().isdisjoint(self.adapter_modules)
        return setup if present else None

    def __call__(self, hidden_states: Tensor, rev: bool = False) -> Tensor:  # noqa: FBT001, FBT002 - as heads call it
        """Run every row through its own adapters, as :func:`forward`."""
        result: Tensor = forward(self, hidden_states, rev)
        return result


def invertible_adapters_forward(self: Any, hidden_states: Tensor, rev: bool = False) -> Tensor:  # noqa: FBT001, FBT002 - the signature of adapters
    """Run every row through its own adapters of the model; shapes as :func:`forward`."""
    return OfModel(self)(hidden_states, rev)


def get_invertible_adapter_of_model(self: Any) -> Any:
    """Return what heads call with ``rev=True``; None without invertible adapters."""
    return get_invertible_adapter(OfModel(self))


def _followed(modules: Any, chain: Chain, hidden: Tensor, rev: bool) -> Tensor:  # noqa: FBT001 - as above
    for link in reversed(chain) if rev else chain:
        if isinstance(link, str):
            hidden = modules[link](hidden, rev=rev)
        else:
            hidden = _MIXTURES[link.kind](modules, link, hidden, rev)
    return hidden


def _split(modules: Any, link: Mixture, hidden: Tensor, rev: bool) -> Tensor:  # noqa: FBT001 - as above
    parts = [
        _followed(modules, branch, part, rev)
        for branch, part in zip(link.branches, token_parts(link, hidden), strict=True)
    ]
    return torch.cat(parts, dim=1)


def _average(modules: Any, link: Mixture, hidden: Tensor, rev: bool) -> Tensor:  # noqa: FBT001 - as above
    if rev:
        refuse(f"{link} cannot be inverted: an average of bijections is none")
    return weighted(link, [_followed(modules, branch, hidden, rev) for branch in link.branches])


_MIXTURES = {"Split": _split, "Average": _average}
