"""What the row oracle says: values to read, to test and to print. No tensors."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapeguard.oracle.distribution import Setup, Share


class Verdict(StrEnum):
    """How a composed run ended."""

    EQUAL = "equal"
    DIFFERENT = "different"
    CRASH = "crash"
    REFUSED = "refused"


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
    chain: tuple[str, ...]

    def __str__(self) -> str:
        """Name the row, the amount and what the row was compared with."""
        alone = " -> ".join(self.chain)
        return f"row {self.row} differs by {self.difference:.3g} in {self.leaf} from alone through {alone}"


@dataclass(frozen=True, slots=True)
class Case:
    """A composition on some rows of a batch: ``rows`` are row numbers of the original inputs."""

    setup: Setup
    rows: tuple[int, ...]
    task_ids: tuple[int | str, ...] | None = None

    def __str__(self) -> str:
        """Name the composition with its sizes, the rows and the tasks."""
        tasks = "" if self.task_ids is None else f", task_ids={list(self.task_ids)}"
        return f"{describe(self.setup)} on rows {list(self.rows)}{tasks}"


@dataclass(frozen=True, slots=True)
class RowReport:
    """What came of comparing a composed run with its rows alone.

    ``ok`` is true if all rows are equal within the tolerance. ``wrong_rows`` are places in the
    output (channel after channel under ``Parallel``), ``max_difference`` the largest difference
    among them, ``against`` the shares that were run alone, ``differences`` one entry for each
    wrong row. After a crash or a refusal ``error`` has its type and text and no row was compared.
    ``smallest`` is the smallest failing case that greedy shrinking finds.
    """

    ok: bool
    verdict: Verdict
    wrong_rows: tuple[int, ...]
    max_difference: float
    against: tuple[Share, ...]
    differences: tuple[RowDifference, ...] = ()
    error: str | None = None
    smallest: Case | None = None

    def __str__(self) -> str:
        """Tell the result in a few lines."""
        rows = sum(len(share.output_rows) for share in self.against)
        if self.verdict is Verdict.EQUAL:
            return f"all {rows} rows come out as they do alone"
        if self.verdict is Verdict.DIFFERENT:
            lines = [f"{len(self.wrong_rows)} of {rows} rows do not come out as they do alone:"]
            lines += [f"  {difference}" for difference in self.differences]
        else:
            word = "is refused" if self.verdict is Verdict.REFUSED else "crashes"
            lines = [f"the composed run {word}, and every row alone runs: {self.error}"]
        if self.smallest is not None:
            lines.append(f"smallest case: {self.smallest}")
        return "\n".join(lines)


def describe(setup: Setup) -> str:
    """Write a composition as the call that makes it, e.g. ``BatchSplit('a', batch_sizes=[2])``."""
    if isinstance(setup, str):
        return repr(setup)
    arguments = [describe(child) for child in setup]
    if hasattr(setup, "batch_sizes"):
        arguments.append(f"batch_sizes={setup.batch_sizes}")
    return f"{type(setup).__name__}({', '.join(arguments)})"
