"""Row independence of any batched callable, whatever its framework."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, TypeVar

from shapeguard.errors import OracleError, RowMismatch
from shapeguard.oracle.comparison import Tolerance, difference
from shapeguard.oracle.structure import leaves, map_leaves, take_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from shapeguard.oracle.structure import Leaf

Inputs = TypeVar("Inputs")

DEFAULT = Tolerance()


def assert_rows_independent(
    fn: Callable[[Inputs], object],
    inputs: Inputs,
    *,
    batch_axis: int = 0,
    split: Sequence[int] | None = None,
    atol: float = DEFAULT.atol,
    rtol: float = DEFAULT.rtol,
) -> None:
    """Raise :class:`RowMismatch` unless ``fn(inputs)`` gives every row what it gives the row apart.

    ``inputs`` is a tensor, an array, or a structure of them that all have the batch on
    ``batch_axis``, as has every leaf of the output. ``split`` gives the sizes of the parts that
    are run apart, by default one row each. A size of 0 asks that ``fn`` takes an empty part and
    gives an empty output.

    Raises :class:`OracleError` if ``fn`` is random, fails on the whole batch, or returns no leaf;
    ``ValueError`` if ``split`` does not add up to the batch.
    """
    rows = _rows(inputs, batch_axis)
    sizes = [1] * rows if split is None else list(split)
    if sum(sizes) != rows or min(sizes, default=0) < 0:
        message = f"split={sizes} does not divide {rows} rows"
        raise ValueError(message)
    tolerance = Tolerance(atol, rtol)
    together = _deterministic_run(fn, inputs, tolerance)
    for end, size in zip(accumulate(sizes), sizes, strict=True):
        part = list(range(end - size, end))
        apart = _run_apart(fn, inputs, part, batch_axis)
        for name, leaf in together.items():
            _require_equal(name, (leaf, apart.get(name)), part, (rows, batch_axis), tolerance)


def _rows(inputs: object, axis: int) -> int:
    extents = {_extent(leaf, axis) for leaf in leaves(inputs).values()}
    if len(extents) != 1:
        message = f"inputs do not agree on the batch axis {axis}: extents {sorted(extents)}"
        raise OracleError(message)
    return extents.pop()


def _extent(leaf: Leaf, axis: int) -> int:
    return int(leaf.shape[axis]) if len(leaf.shape) > axis else -1


def _deterministic_run(
    fn: Callable[[Inputs], object], inputs: Inputs, tolerance: Tolerance
) -> Mapping[str, Leaf]:
    try:
        first, second = leaves(fn(inputs)), leaves(fn(inputs))
    except Exception as error:
        message = f"the callable fails on the whole batch: {type(error).__name__}: {error}"
        raise OracleError(message) from error
    if not first:
        message = "the callable returns no tensor or array"
        raise OracleError(message)
    if any(difference(second[name], leaf, tolerance) > 0 for name, leaf in first.items()):
        message = "two equal runs of the callable differ"
        raise OracleError(message)
    return first


def _run_apart(
    fn: Callable[[Inputs], object], inputs: Inputs, part: list[int], axis: int
) -> Mapping[str, Leaf]:
    try:
        return leaves(fn(map_leaves(lambda leaf: take_rows(leaf, part, axis), inputs)))
    except Exception as error:
        message = f"rows {part} crash when they are run apart: {type(error).__name__}: {error}"
        raise RowMismatch(message) from error


def _require_equal(
    name: str,
    leaf_pair: tuple[Leaf, Leaf],
    part: list[int],
    batch: tuple[int, int],
    tolerance: Tolerance,
) -> None:
    rows, axis = batch
    together, apart = leaf_pair
    if _extent(together, axis) != rows:
        message = f"{name} has {_extent(together, axis)} rows for {rows} input rows"
        raise RowMismatch(message)
    if apart is None or _extent(apart, axis) != len(part):
        found = "nothing" if apart is None else f"shape {tuple(apart.shape)}"
        message = f"rows {part} run apart give {found} for {name}, not {len(part)} rows"
        raise RowMismatch(message)
    amount = difference(take_rows(together, part, axis), apart, tolerance)
    if amount > 0:
        message = f"rows {part} of {name} differ by {amount:.3g} from the same rows run apart"
        raise RowMismatch(message)
