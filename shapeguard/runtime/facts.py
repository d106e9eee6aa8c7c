"""What a relation may look at: arguments, bound axes, sizes; never elements of arrays."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, SupportsIndex

import torch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapeguard.runtime.extents import Extents
    from shapeguard.runtime.scope import Scope


@dataclass(frozen=True, slots=True)
class Facts:
    """What a relation may look at: the arguments, the bound axes and who calls."""

    arguments: Mapping[str, Any]
    scope: Scope | Extents

    def read(self, path: str) -> Any:  # noqa: ANN401 - any attribute of any argument
        """Follow a path such as ``state.idx_slice``; None where it ends early."""
        name, *attributes = path.split(".")
        value = self.arguments.get(name)
        for attribute in attributes:
            value = getattr(value, attribute, None)
        return value

    def extent(self, axis: str) -> int | None:
        """Return the extent of an axis, if a tensor of this call bound it."""
        bound = self.scope.find(axis)
        return bound.extent if bound is not None and isinstance(bound.extent, int) else None

    def bound_by(self, axis: str) -> str | None:
        """Who bound the axis."""
        bound = self.scope.find(axis)
        return None if bound is None else bound.by


def as_size(value: object) -> int | None:
    """Read an integer that is no truth value; None for anything else. Of arrays, one that lies in memory."""
    if isinstance(value, bool) or (hasattr(value, "device") and not is_in_memory(value)):
        return None
    try:
        return operator.index(value) if isinstance(value, SupportsIndex) else None
    except (TypeError, RuntimeError):  # a tensor of truths or floats, or of more than one element
        return None


def is_in_memory(value: object) -> bool:
    """Whether a tensor can be read without waiting for a device, and outside of any tracing."""
    return type(value) is torch.Tensor and value.device.type == "cpu"


def as_bounds(value: Any) -> tuple[int, int] | None:  # noqa: ANN401 - whatever was kept
    """Read a slice with integer bounds; None for anything else, an open slice included."""
    if type(value) is not slice:
        return None
    start, stop = as_size(value.start), as_size(value.stop)
    return None if start is None or stop is None else (start, stop)
