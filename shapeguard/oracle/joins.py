"""Ready-made answers to how the outputs of parts make up the output of the whole."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, cast

from shapeguard.oracle.structure import is_leaf

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shapeguard.oracle.structure import Leaf


def padded(
    fill: float | Mapping[str, float], *, axis: int = 1, side: Literal["left", "right"] = "right"
) -> Callable[[Sequence[Any]], Any]:
    """Return a ``join`` for a collate function that pads every batch to its longest row.

    The parts follow one another on axis 0, and those that are shorter on ``axis`` are filled up. So
    the whole must be as long as its longest row, and what was added must be ``fill``: one number for
    an array, or a number for each key of a mapping of arrays. Arrays of other keys, and arrays
    without ``axis``, are not filled up.
    """

    def join(parts: Sequence[Any]) -> Any:  # noqa: ANN401 - as the parts
        if is_leaf(parts[0]):
            return _fill_up(parts, None if isinstance(fill, Mapping) else fill, axis, side)
        keys = cast("Mapping[str, object]", parts[0])
        return {
            key: _fill_up(
                [part[key] for part in parts],
                fill.get(key) if isinstance(fill, Mapping) else fill,
                axis,
                side,
            )
            for key in keys
        }

    return join


def _fill_up(leaves: Sequence[Leaf], fill: float | None, axis: int, side: str) -> Leaf:
    library = _library(leaves[0])
    if fill is None or len(leaves[0].shape) <= axis:
        return library.concatenate(leaves, axis=0)
    longest = max(leaf.shape[axis] for leaf in leaves)
    filled: list[Leaf] = []
    for leaf in leaves:
        shape = list(leaf.shape)
        shape[axis] = longest - shape[axis]
        added = _full(leaf, shape, fill)
        pieces = [added, leaf] if side == "left" else [leaf, added]
        filled.append(library.concatenate(pieces, axis=axis))
    return library.concatenate(filled, axis=0)


def _full(leaf: Leaf, shape: list[int], fill: float) -> Leaf:
    if hasattr(leaf, "new_full"):
        return leaf.new_full(shape, fill)
    return _library(leaf).full(shape, fill, dtype=leaf.dtype)


def _library(leaf: Leaf) -> Any:  # noqa: ANN401 - torch, or a library of arrays
    """Find the library of a leaf, which is loaded, without importing any."""
    if hasattr(leaf, "new_full"):
        return sys.modules["torch"]
    if hasattr(leaf, "__array_namespace__"):
        return leaf.__array_namespace__()
    return sys.modules["numpy"]
