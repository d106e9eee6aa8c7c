"""Compare rows of two leaves, of torch or numpy alike, and plain values."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shapeguard.oracle.structure import Column, is_leaf

if TYPE_CHECKING:
    from shapeguard.oracle.structure import Leaf

_NUMBERS = ("bool", "int", "uint", "float", "bfloat", "complex")


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Two numbers are equal if they differ by at most ``atol + rtol * |expected|``."""

    atol: float = 1e-4
    rtol: float = 1e-4


def difference(actual: Leaf, expected: Leaf, tolerance: Tolerance) -> float:
    """Return the largest difference beyond the tolerance, 0.0 if there is none.

    Equal infinities and two NaNs are equal. Another shape, a NaN on one side only, and other texts
    differ infinitely.
    """
    if tuple(actual.shape) != tuple(expected.shape):
        return math.inf
    if math.prod(expected.shape) == 0:
        return 0.0
    if not (has_numbers(actual) and has_numbers(expected)):
        return 0.0 if bool((actual == expected).all()) else math.inf
    actual, expected = _as_numbers(actual), _as_numbers(expected)
    same = (actual == expected) | ((actual != actual) & (expected != expected))  # noqa: PLR0124 - NaN
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # numpy's, for inf - inf, which is `same`
        distance = abs(actual - expected)
    close = same | (distance <= tolerance.atol + tolerance.rtol * abs(expected))
    if bool(close.all()):
        return 0.0
    largest = float(distance[~close].max())
    return math.inf if math.isnan(largest) else largest


def difference_of_values(actual: Any, expected: Any, tolerance: Tolerance) -> float:  # noqa: ANN401 - any value
    """Return :func:`difference` for leaves, columns and plain values alike.

    Columns of another length, and two unequal values that are no numbers, differ infinitely.
    """
    if isinstance(actual, Column) and isinstance(expected, Column):
        if len(actual) != len(expected):
            return math.inf
        pairs = zip(actual, expected, strict=True)
        return max((difference_of_values(*pair, tolerance) for pair in pairs), default=0.0)
    if is_leaf(actual) and is_leaf(expected):
        return difference(actual, expected, tolerance)
    if isinstance(actual, Column) or isinstance(expected, Column):
        return math.inf
    actual, expected = _as_number(actual), _as_number(expected)
    if actual == expected or (actual != actual and expected != expected):  # noqa: PLR0124 - NaN
        return 0.0
    if not (
        isinstance(actual, complex | float | int) and isinstance(expected, complex | float | int)
    ):
        return math.inf
    distance = abs(actual - expected)
    if distance <= tolerance.atol + tolerance.rtol * abs(expected):
        return 0.0
    return math.inf if math.isnan(distance) else distance


def has_numbers(leaf: Leaf) -> bool:
    """Tell whether a leaf holds numbers, not texts or objects."""
    return str(leaf.dtype).removeprefix("torch.").startswith(_NUMBERS)


def _as_number(value: Any) -> Any:  # noqa: ANN401 - any value
    """Unwrap an array without axes."""
    return value.item() if is_leaf(value) and len(value.shape) == 0 else value


def _as_numbers(leaf: Leaf) -> Leaf:
    """Widen bool, integers and short floats, whose differences would wrap around or vanish."""
    leaf = leaf.detach() if hasattr(leaf, "detach") else leaf
    kind = str(leaf.dtype).removeprefix("torch.")
    if kind.startswith("complex") or kind == "float64":
        return leaf
    return leaf.double() if hasattr(leaf, "double") else leaf.astype("float64")
