"""The aims of a check: each with its figure, and whether it is met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.check import comparison as c
from bench.check import startup as s
from bench.check.processes import Costs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.check.comparison import Compared
    from bench.check.growth import Grown
    from bench.check.processes import Results
    from bench.check.startup import Started

TORCHFIX, PYREFLY = "TorchFix, all rules", "pyrefly"


@dataclass(frozen=True)
class Aim:
    """What is measured, the most that it may be, and what it is; None if it has no figure."""

    of: str
    most: float
    figure: float | None
    unit: str = "times"

    def line(self) -> str:
        """Return how the page says it."""
        what = f"- {self.of}: the aim is at most {self.most:g}"
        unit = "" if not self.unit else f" {self.unit}"
        if self.figure is None:
            return f"{what}{unit}; **not measured**."
        verdict = "met" if self.figure <= self.most else "**missed**"
        return f"{what}{unit}; it is {self.figure:.2f}: {verdict}."


def ratio(results: Results, one: str, *others: str) -> float | None:
    """Return the wall time of a subject over that of others together, the least of each."""
    found = [results.get(name) for name in (one, *others)]
    costs = [each for each in found if isinstance(each, Costs)]
    if len(costs) < len(found):
        return None
    return costs[0].best / sum(each.best for each in costs[1:])


def of_trees(adapters: Compared, transformers: Compared) -> Iterator[Aim]:
    """Yield the aims of cold and warm runs; cold ones use all cores, as the tool does by itself."""
    small, large = adapters.results, transformers.results
    cold = f"{adapters.tree.name}, cold"
    yield Aim(f"{cold}, beside its libcst parse", 1.0, ratio(small, c.COLD, c.PARSE))
    yield Aim(f"{cold}, beside TorchFix", 0.1, ratio(small, c.COLD, TORCHFIX))
    cold = f"{transformers.tree.name}, cold"
    yield Aim(f"{cold}, beside its libcst parse", 0.35, ratio(large, c.COLD, c.PARSE))
    yield Aim(f"{cold}, beside pyrefly", 0.25, ratio(large, c.COLD, PYREFLY))
    kinds = (c.ONE, c.COLD, c.FILLING, c.WARM)
    found = [large.get(kind) for kind in kinds]
    peaks = [each.peak for each in found if isinstance(each, Costs)]
    peak = max(peaks) if len(peaks) == len(kinds) else None
    yield Aim(f"{transformers.tree.name}, the most memory of one process", 300, peak, "MiB")


def of_start(started: Started) -> Iterator[Aim]:
    """Yield the aims of what has a warm cache, and of a repository without torch."""
    results, name = started.results, started.tree.name
    yield Aim(f"{name}, warm, beside `import libcst`", 1.5, ratio(results, s.TREE_WARM, s.LIBCST))
    for what, whole, alone in (
        ("a function added to one file", s.TREE_CHANGED, s.FILE_CHANGED),
        ("a statement added to a function of one file", s.TREE_EDITED, s.FILE_EDITED),
    ):
        yield Aim(
            f"{name}, {what}, beside the warm run and the libcst parse of that file",
            1.5,
            ratio(results, whole, s.TREE_WARM, s.FILE_PARSE),
        )
        yield Aim(
            f"`{started.file}` alone, {what}, beside its warm run and its libcst parse",
            1.5,
            ratio(results, alone, s.FILE_WARM, s.FILE_PARSE),
        )
    for hook in (s.HOOK_COLD, s.HOOK_WARM):
        yield Aim(f"{hook}, beside `import click`", 2.5, ratio(results, hook, s.CLICK))


def of_growth(grown: Grown) -> Iterator[Aim]:
    """Yield the aims of exponents."""
    yield Aim("The exponent in files", 1.1, grown.files.exponent, "")
    yield Aim("The exponent in statements", 1.2, grown.statements.exponent, "")


def lines(aims: Iterator[Aim]) -> Iterator[str]:
    """Write the section of the page."""
    yield from ["", "## A check: aims", ""]
    yield "Ratios of wall time in this run, the least of each; a cold check uses all cores, as it does by itself."
    yield ""
    for aim in aims:
        yield aim.line()
