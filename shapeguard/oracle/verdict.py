"""What the row oracle says: values to read, to test and to print. No tensors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shapeguard.oracle.blocks import describe, stacked
from shapeguard.outcome import Relation as Relation  # noqa: PLC0414 - re-exported
from shapeguard.outcome import Verdict as Verdict  # noqa: PLC0414 - re-exported

if TYPE_CHECKING:
    from shapeguard.oracle.blocks import Setup
    from shapeguard.oracle.distribution import Share

MOST_SHOWN = 8


@dataclass(frozen=True, slots=True)
class RowDifference:
    """One row of the output that does not come out as it does alone.

    ``difference`` is the largest absolute difference beyond the tolerance, infinite if the shapes
    differ; ``leaf`` is the part of the output where it was found; ``chain`` are the adapters that
    the row goes through.
    """

    row: int
    difference: float
    leaf: str
    chain: tuple[Setup, ...]

    def __str__(self) -> str:
        """Name the row, the amount and what the row was compared with."""
        return (
            f"row {self.row} {_amount(self.difference)} in {self.leaf} "
            f"from alone through {stacked(self.chain)}"
        )


@dataclass(frozen=True, slots=True)
class ValueDifference:
    """A loss, or the gradient of a parameter, that is not what the rows alone add up to."""

    name: str
    difference: float

    def __str__(self) -> str:
        """Name the value and the amount."""
        return f"{self.name} {_amount(self.difference)}"


@dataclass(frozen=True, slots=True)
class Case:
    """A composition on some rows of a batch: ``rows`` are row numbers of the original inputs.

    ``layers`` are those in which adapters take part, all if it is None.
    """

    setup: Setup
    rows: tuple[int, ...]
    task_ids: tuple[int | str, ...] | None = None
    layers: tuple[int, ...] | None = None

    def __str__(self) -> str:
        """Name the composition with its sizes, the rows, the tasks and the layers."""
        tasks = "" if self.task_ids is None else f", task_ids={list(self.task_ids)}"
        layers = (
            "" if self.layers is None else f", with adapters in layers {list(self.layers)} only"
        )
        return f"{describe(self.setup)} on rows {list(self.rows)}{tasks}{layers}"


@dataclass(frozen=True, slots=True)
class RowReport:
    """What came of comparing a composed run with its rows alone.

    ``ok`` is true if everything is equal within the tolerance. ``wrong_rows`` are places in the
    output (channel after channel under ``Parallel``), ``max_difference`` the largest difference,
    ``against`` the shares that were run alone, ``differences`` one entry for each wrong row,
    ``values`` one for each wrong loss or gradient, ``relation`` what the run differs from. After a
    crash or a refusal ``error`` has its type and text and no row was compared.
    ``smallest`` is the smallest failing case that greedy shrinking finds, ``codes`` are the rules
    that speak about this kind of failure.
    """

    ok: bool
    verdict: Verdict
    wrong_rows: tuple[int, ...] = ()
    max_difference: float = 0.0
    against: tuple[Share, ...] = ()
    differences: tuple[RowDifference, ...] = ()
    values: tuple[ValueDifference, ...] = ()
    relation: Relation | None = None
    error: str | None = None
    smallest: Case | None = None
    codes: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Tell the result in a few lines."""
        rows = sum(len(share.output_rows) for share in self.against)
        if self.verdict is Verdict.CORRECT:
            return f"all {rows} rows come out as they do alone"
        lines = self._told(rows)
        if self.smallest is not None:
            lines.append(f"smallest case: {self.smallest}")
        if self.codes:
            lines.append(f"rules: {', '.join(self.codes)}")
        return "\n".join(lines)

    def _told(self, rows: int) -> list[str]:
        if self.verdict is not Verdict.WRONG:
            word = "is refused" if self.verdict is Verdict.REFUSED else "crashes"
            return [f"the composed run {word}, and every row alone runs: {self.error}"]
        if self.values:
            shown = [f"  {value}" for value in self.values[:MOST_SHOWN]]
            return [f"differs from {self.relation}:", *shown, *_more(self.values)]
        lines = [f"{len(self.wrong_rows)} of {rows} rows do not come out as they do alone:"]
        lines += [f"  {difference}" for difference in self.differences[:MOST_SHOWN]]
        lines += _more(self.differences)
        if self.relation not in {None, Relation.ALONE}:
            lines.append(f"compared with {self.relation}")
        return lines


def _more(values: tuple[object, ...]) -> list[str]:
    return [f"  and {len(values) - MOST_SHOWN} more"] if len(values) > MOST_SHOWN else []


def _amount(difference: float) -> str:
    if math.isinf(difference):
        return "differs in its shape, or is no number,"
    return f"differs by {difference:.3g}"
