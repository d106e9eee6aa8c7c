"""Attributes of tensors that are read, not called: ``x.T``, ``x.data``, ``x.ndim``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.ranks import rank_of
from shapeguard.lint.flow.domain.values import Int
from shapeguard.lint.flow.operations.rearranging import reversed_axes, swapped

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.tensors import Tensor
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.models import vocabulary as words


def property_of(tensor: Tensor, model: words.Property) -> Value:
    """Return the value of an attribute."""
    match model.gives:
        case "same":
            return tensor
        case "reversed":
            return reversed_axes(tensor, "reversed")
        case "transposed":
            return swapped(tensor, -2, -1, "transposed")
        case _:
            return Int(rank_of(tensor))
