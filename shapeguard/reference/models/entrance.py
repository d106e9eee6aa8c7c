"""The start of a forward pass: the plan is made, refused or accepted, and the input follows it.

``Parallel`` makes copies of the rows. adapters makes them in the first layer that meets the block, and
whatever was made of the input before (masks, residuals, keys) is brought to the same length by division,
later, somewhere (defects 05, 17, 18, 28). Here the input itself is replicated, before anything is made
of it, so all layers see all rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from shapeguard.reference import upstream
from shapeguard.reference.layers.invertible import OfModel
from shapeguard.reference.models import tokens
from shapeguard.reference.plans import made

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor

    from shapeguard.reference.plans import Plan
    from shapeguard.reference.upstream import AdapterLayer, Setup

    Refused = Callable[[Any, Plan], None]

_OTHER_AXES = frozenset(
    {"head_mask", "decoder_head_mask", "cross_attn_head_mask", "cache_position", "task_ids"}
)
"""Tensors that have no rows."""


def forward_context(below: Callable[..., None]) -> Callable[..., None]:
    """Return ``forward_context``, which also keeps the masks of the input."""

    def corrected(self: Any, context: Any, *args: Any, **kwargs: Any) -> None:
        tokens.remember(self, context, args, kwargs)
        below(self, context, *args, **kwargs)

    return corrected


def forward(
    below: Callable[..., Any], refused: Callable[[AdapterLayer], Refused | None]
) -> Callable[..., Any]:
    """Return the forward pass of a base model, which refuses before it computes.

    ``refused`` tells which function judges a plan for a layer.
    """

    def corrected(self: Any, *args: Any, **kwargs: Any) -> Any:
        setup = _active(self)
        rows = None if setup is None else _rows(args, kwargs)
        if setup is None or rows is None:
            return below(self, *args, **kwargs)
        copies = _copies(setup, kwargs)
        _refuse(self, setup, rows * copies, kwargs, refused)
        if upstream.channels(setup) > 1:
            wanted = rows * copies
            args = tuple(_replicated(each, wanted, setup) for each in args)
            kwargs = {
                name: value if name in _OTHER_AXES else _replicated(value, wanted, setup)
                for name, value in kwargs.items()
            }
        return below(self, *args, **kwargs)

    return corrected


def _active(model: Any) -> Setup | None:
    config = getattr(model, "adapters_config", None)
    if config is None:
        return None
    context = upstream.load("adapters.context").AdapterSetup.get_context()
    setup: Setup | None = config.active_setup if context is None else context.adapter_setup
    return setup


def _rows(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> int | None:
    """Count the rows of the input: those of the first tensor that has rows."""
    named = [value for name, value in kwargs.items() if name not in _OTHER_AXES]
    for value in (*args, *named):
        if isinstance(value, torch.Tensor) and value.dim() > 1:
            return value.size(0)
    return None


def _copies(setup: Setup, kwargs: Mapping[str, Any]) -> int:
    """How many copies are to be made of the input; one if the caller has replicated it."""
    name = "adapter_input_parallelized"
    if kwargs.get(name) or getattr(upstream.forward_context(), name, None):
        return 1
    return upstream.channels(setup)


def _refuse(
    model: Any,
    setup: Setup,
    rows: int,
    kwargs: Mapping[str, Any],
    refused: Callable[[AdapterLayer], Refused | None],
) -> None:
    context = upstream.forward_context()
    task_ids = kwargs.get("task_ids", getattr(context, "task_ids", None))
    plan = made(setup, rows, task_ids)
    skipped = model.adapters_config.skip_layers or ()
    names = setup.flatten() if not isinstance(setup, str) else {setup}
    for layer in (*_of_model(model), *upstream.adapter_layers(model)):
        judge = refused(layer)
        if judge is None or layer.layer_idx in skipped or names.isdisjoint(layer.adapter_modules):
            continue
        judge(layer, plan)


def _of_model(model: Any) -> list[AdapterLayer]:
    """Return the invertible adapters of the models and encoders that hold them themselves."""
    mixin = upstream.found("adapters.model_mixin:InvertibleAdaptersMixin")
    return [
        OfModel(module)
        for module in model.modules()
        if isinstance(module, mixin) and hasattr(module, "invertible_adapters")
    ]


def _replicated(value: Any, wanted: int, setup: Setup) -> Any:
    """Repeat what has the rows of the input, channel after channel, until there are ``wanted``."""
    channels = upstream.channels(setup)
    if isinstance(value, torch.Tensor):
        return _repeated(value, wanted, channels)
    if upstream.is_tuple(value):
        return tuple(_replicated(each, wanted, setup) for each in value)
    if hasattr(value, "to_tuple"):  # a ModelOutput
        return type(value)(
            **{name: _replicated(each, wanted, setup) for name, each in value.items()}
        )
    return value


def _repeated(value: Tensor, wanted: int, channels: int) -> Tensor:
    if value.dim() == 0 or value.size(0) * channels != wanted:
        return value
    return value.repeat(channels, *[1] * (value.dim() - 1))
