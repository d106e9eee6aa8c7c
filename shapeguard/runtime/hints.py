"""The one place that knows how jaxtyping represents an annotation.

jaxtyping documents ``issubclass(hint, AbstractArray)``; the attributes ``dtype``, ``array_type``
and ``dim_str`` of a hint are undocumented. They are read here and nowhere else;
``tests/runtime/test_hints.py`` pins them to the supported versions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import jaxtyping
import torch

from shapeguard.contracts.axes import parse_axes
from shapeguard.errors import ContractDefinitionError

if TYPE_CHECKING:
    from shapeguard.contracts.axes import Axis
    from shapeguard.contracts.language import Axes


@dataclass(frozen=True, eq=False, slots=True)
class ArrayHint:
    """An array annotation: its axes, and a test of type and dtype without axes.

    ``any_shape`` is the same jaxtyping hint with ``"..."`` for axes.
    """

    axes: tuple[Axis, ...]
    any_shape: Any
    text: str
    known: dict[tuple[type, object], bool] = field(default_factory=dict[tuple[type, object], bool])

    def accepts(self, value: object) -> bool:
        """Whether type and dtype fit; the shape is not looked at."""
        key = (type(value), getattr(value, "dtype", None))
        known = self.known.get(key)
        if known is None:
            known = self.known[key] = isinstance(value, self.any_shape)
        return known

    @property
    def rank(self) -> str:
        """The number of dimensions in words: ``"4"`` or ``"at least 2"``."""
        fixed = sum(not axis.variadic for axis in self.axes)
        return str(fixed) if fixed == len(self.axes) else f"at least {fixed}"

    def fits_rank(self, rank: int) -> bool:
        """Whether an array of this rank has an extent for every axis."""
        fixed = sum(not axis.variadic for axis in self.axes)
        return rank == fixed if fixed == len(self.axes) else rank >= fixed


def array_hint(hint: object) -> ArrayHint | None:
    """Read ``Float[Tensor, "batch dim"]`` from jaxtyping; None for any other annotation.

    Raises:
        ContractDefinitionError: if the axis string says what contracts do not know.

    """
    if not (isinstance(hint, type) and issubclass(hint, jaxtyping.AbstractArray)):
        return None
    read: Any = hint
    try:
        any_shape, text = read.dtype[read.array_type, "..."], read.dim_str
    except AttributeError as error:
        message = f"this jaxtyping release does not tell the axes of {hint!r} ({error})"
        raise ContractDefinitionError(message) from None
    return ArrayHint(parse_axes(text), any_shape, f'{read.dtype.__name__} "{text}"')


def declared_hint(axes: Axes) -> ArrayHint:
    """Read the same from a declaration in :mod:`shapeguard.contracts`.

    Raises:
        ContractDefinitionError: if jaxtyping has no array kind of that name.

    """
    kind: Any = getattr(jaxtyping, axes.kind, None)
    if kind is None:
        message = f"jaxtyping has no array kind {axes.kind!r}"
        raise ContractDefinitionError(message)
    text = f'{axes.kind} "{axes.text}"'
    return ArrayHint(parse_axes(axes.text), kind[torch.Tensor, "..."], text)
