"""Axes that come and go: the extents and cuts of the others keep their meaning."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.tensors import Tensor
from shapeguard.lint.flow.terms import ONE

if TYPE_CHECKING:
    from shapeguard.lint.flow.terms import Term

_MATERIALISED = 4


def dropped(tensor: Tensor, axis: int, identity: str) -> Tensor:
    """Return the tensor without one axis; later axes move to the front."""
    axis = tensor.axis(axis)
    extents = _materialised(tensor)
    if axis < 0:
        kept = {a: t for a, t in extents.items() if a >= 0}
        cuts = tuple(each for each in tensor.cuts if each.axis >= 0)
    else:
        kept = {a - (a > axis): t for a, t in extents.items() if a != axis and a >= 0}
        cuts = tuple(
            replace(each, axis=each.axis - (each.axis > axis))
            for each in tensor.cuts
            if each.axis != axis and each.axis >= 0
        )
    rank = None if tensor.rank is None else tensor.rank - 1
    return Tensor(f"{tensor.origin}-{identity}", tensor.name, _ordered(kept), rank, cuts)


def inserted(tensor: Tensor, axis: int, identity: str) -> Tensor:
    """Return the tensor with an axis of extent 1 more; later axes move to the back."""
    if axis < 0:
        return Tensor(f"{tensor.origin}+{identity}", tensor.name)
    moved = {a + (a >= axis): t for a, t in _materialised(tensor).items() if a >= 0}
    moved[axis] = ONE
    cuts = tuple(
        replace(each, axis=each.axis + (each.axis >= axis))
        for each in tensor.cuts
        if each.axis >= 0
    )
    rank = None if tensor.rank is None else tensor.rank + 1
    return Tensor(f"{tensor.origin}+{identity}", tensor.name, _ordered(moved), rank, cuts)


def materialised(tensor: Tensor) -> tuple[tuple[int, Term], ...]:
    """Return the extents of the leading axes, so that they outlive another origin."""
    return _ordered(_materialised(tensor))


def _materialised(tensor: Tensor) -> dict[int, Term]:
    """Return the extents of the leading axes, so that they outlive a renumbering."""
    rank = _MATERIALISED if tensor.rank is None else tensor.rank
    return {**{axis: tensor.extent(axis) for axis in range(rank)}, **dict(tensor.extents)}


def _ordered(extents: dict[int, Term]) -> tuple[tuple[int, Term], ...]:
    return tuple(sorted(extents.items()))
