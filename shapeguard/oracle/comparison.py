"""Compare rows of two leaves, of torch or numpy alike."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapeguard.oracle.structure import Leaf


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Two numbers are equal if they differ by at most ``atol + rtol * |expected|``."""

    atol: float = 1e-4
    rtol: float = 1e-4


def difference(actual: Leaf, expected: Leaf, tolerance: Tolerance) -> float:
    """Return the largest difference beyond the tolerance, 0.0 if there is none.

    Equal infinities and two NaNs are equal. Another shape, and a NaN on one side only, differ
    infinitely.
    """
    if tuple(actual.shape) != tuple(expected.shape):
        return math.inf
    if math.prod(expected.shape) == 0:
        return 0.0
    actual, expected = _as_numbers(actual), _as_numbers(expected)
    same = (actual == expected) | ((actual != actual) & (expected != expected))  # noqa: PLR0124 - NaN
    distance = abs(actual - expected)
    close = same | (distance <= tolerance.atol + tolerance.rtol * abs(expected))
    if bool(close.all()):
        return 0.0
    largest = float(distance[~close].max())
    return math.inf if math.isnan(largest) else largest


def _as_numbers(leaf: Leaf) -> Leaf:
    """Widen bool, integers and short floats, whose differences would wrap around or vanish."""
    kind = str(leaf.dtype).removeprefix("torch.")
    if kind.startswith("complex") or kind == "float64":
        return leaf
    return leaf.double() if hasattr(leaf, "double") else leaf.astype("float64")
