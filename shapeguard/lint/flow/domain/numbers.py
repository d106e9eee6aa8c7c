"""What the operations of terms compute, on plain integers, and below which value none can fall."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


LEAST, LARGEST = "least", "largest"
BOUNDS = frozenset({LEAST, LARGEST})
"""The operations that give the least and the largest number of a list."""


class UndefinedError(ArithmeticError):
    """A term has no value under an assignment: division by zero, an index past the end."""


def _slice_length(extent: int, start: int | None, stop: int | None) -> int:
    return len(range(*slice(start, stop).indices(max(extent, 0))))


def _slice_start(extent: int, start: int | None, stop: int | None) -> int:
    return slice(start, stop).indices(max(extent, 0))[0]


def _slice_stop(extent: int, start: int | None, stop: int | None) -> int:
    return slice(start, stop).indices(max(extent, 0))[1]


def _quotient(left: int, right: int) -> int:
    if right == 0:
        raise UndefinedError
    return left // right


def _remainder(left: int, right: int) -> int:
    if right == 0:
        raise UndefinedError
    return left % right


def _range_sum(sizes: tuple[int, ...], start: int | None, stop: int | None) -> int:
    if stop is not None and stop > len(sizes):
        raise UndefinedError
    return sum(sizes[start:stop])


def _broadcast(narrow: int, other: int) -> int:
    return other if narrow == 1 else narrow


def _chunks(extent: int, wanted: int) -> int:
    """Count the pieces of ``chunk``: all but the last are of the same size, none is left out."""
    if wanted <= 0:
        raise UndefinedError
    return wanted if extent <= 0 else -(-extent // -(-extent // wanted))


def _range_length(start: int, stop: int, step: int) -> int:
    if step == 0:
        raise UndefinedError
    return len(range(start, stop, step))


def _combinations(extent: int, taken: int) -> int:
    if extent < 0 or taken < 0:
        raise UndefinedError
    return math.comb(extent, taken)


def _member(sizes: tuple[int, ...], index: int) -> int:
    if not -len(sizes) <= index < len(sizes):
        raise UndefinedError
    return sizes[index]


def _least(sizes: tuple[int, ...]) -> int:
    if not sizes:
        raise UndefinedError
    return min(sizes)


def _largest_of(sizes: tuple[int, ...]) -> int:
    if not sizes:
        raise UndefinedError
    return max(sizes)


def _floor_of_product(floors: list[int | None]) -> int | None:
    known = [each for each in floors if each is not None and each >= 0]
    return math.prod(known) if len(known) == len(floors) else None


def _floor_of_quotient(floors: list[int | None]) -> int | None:
    whole, part = floors
    return 0 if whole is not None and part is not None and whole >= 0 and part > 0 else None


def _largest(floors: list[int | None]) -> int | None:
    return max((each for each in floors if each is not None), default=None)


def _smallest(floors: list[int | None]) -> int | None:
    known = [each for each in floors if each is not None]
    return min(known) if len(known) == len(floors) else None


OPERATIONS: Mapping[str, Callable[..., int]] = {
    "slice_length": _slice_length,
    "slice_start": _slice_start,
    "slice_stop": _slice_stop,
    "product": operator.mul,
    "quotient": _quotient,
    "remainder": _remainder,
    "minimum": min,
    "maximum": max,
    "range_sum": _range_sum,
    "member": _member,
    "count": len,
    "broadcast": _broadcast,
    "chunks": _chunks,
    "range_length": _range_length,
    "combinations": _combinations,
    LEAST: _least,
    LARGEST: _largest_of,
}
NON_NEGATIVE = frozenset(
    {
        "slice_length",
        "slice_start",
        "slice_stop",
        "range_sum",
        "member",
        "count",
        "chunks",
        "range_length",
        "combinations",
    }
)
FLOORS: Mapping[str, Callable[[list[int | None]], int | None]] = {
    "product": _floor_of_product,
    "quotient": _floor_of_quotient,
    "maximum": _largest,
    "minimum": _smallest,
    "broadcast": _smallest,
}
