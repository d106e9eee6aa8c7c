"""The start of a forward pass: the composition is accepted or refused before anything is computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from shapeguard.reference import upstream
from shapeguard.reference.layers.invertible import OfModel
from shapeguard.reference.models import tokens
from shapeguard.reference.models.replication import count_rows, replicated
from shapeguard.reference.plans import made
from shapeguard.reference.refusing import refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from shapeguard.reference.plans import Plan
    from shapeguard.reference.upstream import AdapterLayer, Setup

    Refused = Callable[[Any, Plan], None]


def forward_context(below: Callable[..., None]) -> Callable[..., None]:
    """Return ``forward_context``, which also keeps the masks of the input."""

    def corrected(self: Any, context: Any, *args: Any, **kwargs: Any) -> None:
        tokens.remember(self, context, args, kwargs)
        mask = kwargs.get("attention_mask")
        if isinstance(mask, torch.Tensor) and mask.dtype is torch.bool:
            kwargs["attention_mask"] = mask.long()  # adapters looks for the first 1 of a row
        below(self, context, *args, **kwargs)

    return corrected


def forward(
    below: Callable[..., Any], refused: Callable[[AdapterLayer], Refused | None]
) -> Callable[..., Any]:
    """Return the forward pass of a base model, which first asks every layer whether it can.

    ``refused`` tells which function judges a plan for a layer.
    """

    def corrected(self: Any, *args: Any, **kwargs: Any) -> Any:
        setup: Setup | None = upstream.active_setup(self)
        rows = None if setup is None else count_rows(args, kwargs)
        if setup is None or rows is None:
            return below(self, *args, **kwargs)
        channels = upstream.channels(setup)
        of_layers = rows if _is_replicated(kwargs) else rows * channels
        if not torch.compiler.is_compiling():
            _refuse(self, made(setup, of_layers, _task_ids(kwargs)), refused)
        if channels > 1:
            args, kwargs = replicated(args, kwargs, of_layers, channels)
        return below(self, *args, **kwargs)

    return corrected


def _is_replicated(kwargs: Mapping[str, Any]) -> bool:
    """Whether the caller has made the copies for ``Parallel``, as generation does."""
    name = "adapter_input_parallelized"
    return bool(kwargs.get(name) or getattr(upstream.forward_context(), name, None))


def _task_ids(kwargs: Mapping[str, Any]) -> object:
    name = "task_ids"
    return kwargs.get(name, getattr(upstream.forward_context(), name, None))


def _refuse(model: Any, plan: Plan, refused: Callable[[AdapterLayer], Refused | None]) -> None:
    """Raise :class:`CompositionError` if a layer cannot run the plan."""
    skipped = model.adapters_config.skip_layers or ()
    setup = plan.setup
    names = {setup} if isinstance(setup, str) else setup.flatten()
    unknown = sorted(names - set(model.adapters_config.adapters))
    if unknown:
        refuse(f"the model has no adapter {', '.join(map(repr, unknown))} of {setup}")
    for layer in _layers(model):
        judge = refused(layer)
        if judge is None or layer.layer_idx in skipped or names.isdisjoint(layer.adapter_modules):
            continue
        judge(layer, plan)


def _layers(model: Any) -> Iterator[AdapterLayer]:
    """Go through all layers that may hold adapters, and the models that hold invertible ones themselves."""
    layer = upstream.found("adapters.methods.adapter_layer_base:AdapterLayerBase")
    holder = upstream.found("adapters.model_mixin:InvertibleAdaptersMixin")
    for module in model.modules():
        if isinstance(module, layer):
            yield module
        if isinstance(module, holder) and hasattr(module, "invertible_adapters"):
            yield OfModel(module)
