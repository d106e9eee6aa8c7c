"""The rows of what a model returns.

A leaf of the output *has rows* if its first axis is the batch. Where prediction heads were run on
shares of the batch (``MultiHeadOutput.head_outputs``), the rows of all heads are put in a line, and
a leaf is named as it is when one head runs alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from shapeguard.errors import OracleError
from shapeguard.oracle.comparison import difference
from shapeguard.oracle.structure import leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from shapeguard.oracle.comparison import Tolerance
    from shapeguard.oracle.structure import Leaf

Row = dict[str, "Leaf"]
"""The leaves of one row, each without its batch axis."""


def batched_names(single: object, twice: object) -> tuple[str, ...]:
    """Return the leaves that have rows: one for a row alone, two for the same row twice."""
    once, double = leaves(single), leaves(twice)
    return tuple(
        name
        for name, leaf in once.items()
        if _length(leaf) == 1 and name in double and _length(double[name]) == len((0, 1))
    )


def rows_of(output: object, names: Iterable[str], count: int) -> list[Row]:
    """Divide an output into ``count`` rows; a leaf that is absent, or lost or gained rows, is in none."""
    known = tuple(names)
    parts = head_outputs(output)
    if parts is None:
        return _divided(leaves(output), known, count)
    found: list[Row] = []
    for part in parts:
        held = leaves(part)
        lengths = {_length(held[name]) for name in known if name in held}
        found += _divided(held, known, max(lengths, default=0))
    return found if len(found) == count else [{} for _ in range(count)]


def head_outputs(output: object) -> list[object] | None:
    """Return what each head gave, where several heads shared the batch."""
    parts: object = getattr(output, "head_outputs", None)
    return cast("list[object]", parts) if isinstance(parts, list) else None


def losses(output: object) -> dict[str, Leaf]:
    """Return the scalar losses of an output: floating, without axes, named ``loss``."""
    return {
        name: leaf
        for name, leaf in leaves(output).items()
        if name.endswith("loss") and len(leaf.shape) == 0 and ".head_outputs" not in name
    }


def require_determinism(first: object, second: object, tolerance: Tolerance) -> None:
    """Raise :class:`OracleError` if two outputs of equal runs differ."""
    again = leaves(second)
    for name, leaf in leaves(first).items():
        if name not in again or difference(again[name], leaf, tolerance) > 0:
            message = (
                f"two equal runs differ in {name}: the model is random, so rows cannot be judged"
            )
            raise OracleError(message)


def _divided(held: Mapping[str, Leaf], names: tuple[str, ...], count: int) -> list[Row]:
    whole = [name for name in names if name in held and _length(held[name]) == count]
    return [{name: held[name][place] for name in whole} for place in range(count)]


def _length(leaf: Leaf) -> int:
    return int(leaf.shape[0]) if len(leaf.shape) > 0 else -1
