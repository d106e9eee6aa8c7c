"""Copies of the input for the channels of ``Parallel``, made before anything is made of it.

adapters makes them in the first layer that meets the block, and whatever was made of the input before
(masks, residuals, keys) is brought to the same length by division, later, somewhere, some of it in the
caller's own tensors (defects 05, 17, 18, 28). Here all layers see all rows, and no layer replicates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from shapeguard.reference import upstream

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor

_INPUTS = (
    "input_ids",
    "inputs_embeds",
    "pixel_values",
    "input_features",
    "decoder_input_ids",
    "decoder_inputs_embeds",
)
"""What tells how many rows there are; ``attention_mask`` may have less while generating."""
_WITHOUT_ROWS = frozenset(
    {"head_mask", "decoder_head_mask", "cross_attn_head_mask", "cache_position", "task_ids"}
)


def count_rows(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> int | None:
    """Count the rows of the input of a model; None if it has no tensor with rows."""
    named = [kwargs[name] for name in _INPUTS if name in kwargs]
    for value in (*args, *named):
        if isinstance(value, torch.Tensor) and value.dim() > 1:
            return value.size(0)
    return None


def replicated(
    args: tuple[Any, ...], kwargs: Mapping[str, Any], rows: int, channels: int
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Repeat whatever has one row for each of ``channels`` copies, until all have ``rows`` rows.

    Copies follow one another: ``batch ...`` -> ``channels*batch ...``, the first copy first.
    """
    return (
        tuple(_repeated(value, rows, channels) for value in args),
        {
            name: value if name in _WITHOUT_ROWS else _repeated(value, rows, channels)
            for name, value in kwargs.items()
        },
    )


def prepare_model_inputs(below: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``_prepare_model_inputs`` of generation, which replicates the masks with the input."""

    def corrected(self: Any, *args: Any, **kwargs: Any) -> Any:
        inputs, name, others = below(self, *args, **kwargs)
        if others.pop("adapter_input_parallelized", False):  # copies for what is active by default
            copies = upstream.channels(self.adapters_config.active_setup)
            inputs = inputs[: inputs.size(0) // copies]
        setup = upstream.active_setup(self)
        channels = 1 if setup is None else upstream.channels(setup)
        if channels > 1:
            rows = inputs.size(0) * channels
            (inputs,), others = replicated((inputs,), others, rows, channels)
            others["adapter_input_parallelized"] = True
        return inputs, name, others

    return corrected


def _repeated(value: Any, rows: int, channels: int) -> Any:
    if isinstance(value, torch.Tensor):
        return _tensor_repeated(value, rows, channels)
    if upstream.is_tuple(value):
        return tuple(_repeated(each, rows, channels) for each in value)
    if hasattr(value, "to_tuple"):  # a ModelOutput
        members = {name: _repeated(each, rows, channels) for name, each in value.items()}
        return type(value)(**members)
    return value


def _tensor_repeated(value: Tensor, rows: int, channels: int) -> Tensor:
    if value.dim() == 0 or value.size(0) * channels != rows:
        return value
    return value.repeat(channels, *[1] * (value.dim() - 1))
