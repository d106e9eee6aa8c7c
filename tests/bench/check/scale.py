"""The page about many packages: what was measured, and arithmetic from it with what it assumes."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accuracy.releases import CACHE, UnavailableError, fetched

from bench.check import comparison as c
from bench.check import profile as p
from bench.check.comparison import seconds
from bench.check.processes import Costs
from bench.check.trees import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from bench.check.comparison import Compared
    from bench.check.growth import Grown, Series
    from bench.check.profile import Profile
    from bench.check.trees import Tree

PACKAGES = 10_000
CHANGED = (0.01, 0.05, 0.2)
"""Shares of the packages of which any file has changed since the night before."""
CORES = (2, 16, 64)
_HOUR = 3600


@dataclass(frozen=True)
class Sizes:
    """How many lines released packages have, by their names; and which cannot be had."""

    lines: dict[str, int]
    absent: tuple[str, ...]

    @property
    def mean(self) -> float:
        """The mean, which is what a sum over many packages goes by."""
        return statistics.fmean(self.lines.values())


@dataclass(frozen=True)
class Rates:
    """CPU seconds: of a cold check for a line, and of a warm check of one package."""

    line: float
    warm: float


def sizes(cache: Path = CACHE) -> Sizes:
    """Count the lines of the packages that accuracy is measured on, fetching what is not there."""
    from accuracy.whole import RELEASES  # noqa: PLC0415 - brings in all of the measurement

    found: dict[str, int] = {}
    absent: list[str] = []
    for release, home in fetched(RELEASES, cache).items():
        if isinstance(home, UnavailableError):
            absent.append(str(home))
        else:
            found[str(release)] = lines_of(sorted(home.rglob("*.py")))
    return Sizes(found, tuple(absent))


def rates(compared: Sequence[Compared]) -> Rates | None:
    """Return what the trees of one run took together; None if there are none, or one has no figure."""
    cold = [each.results.get(c.ONE) for each in compared]
    warm = [each.results.get(c.WARM) for each in compared]
    spent = [each.cpu for each in cold if isinstance(each, Costs)]
    known = [each.cpu for each in warm if isinstance(each, Costs)]
    if not compared or len(spent) < len(compared) or len(known) < len(compared):
        return None
    return Rates(sum(spent) / sum(each.tree.lines for each in compared), max(known))


def page(
    compared: Sequence[Compared],
    grown: Grown,
    profile: tuple[Profile, Tree] | None,
    of_packages: Sizes,
) -> str:
    """Write the page."""
    lines = [
        "# Scale",
        "",
        "*Written by `make bench`. Do not edit: run it.*",
        "",
        (
            "What `shapeguard check` costs where there is much to check. The figures come from the run that also "
            "wrote [the benchmarks](benchmarks.md), which say how they were measured."
        ),
        *_by_phase(profile),
        *_growth(grown),
        *_night(rates(compared), of_packages),
        *_SPREAD.splitlines(),
    ]
    return "\n".join(lines) + "\n"


def _by_phase(profile: tuple[Profile, Tree] | None) -> Iterator[str]:
    yield from ["", "## 1,000 lines", ""]
    if profile is None:
        yield "Not measured."
        return
    _, tree = profile
    yield f"CPU time of a cold check of {tree.name}, {tree.lines:,} lines, in one process."
    yield ""
    yield from p.table(*profile)


def _growth(grown: Grown) -> Iterator[str]:
    yield from ["", "## Size and depth", ""]
    yield from (
        _grows(f"The cost of copies of `{grown.subpackage}` in one project", grown.files, "files"),
        _grows("The cost of a chain of calls", grown.depth, "its depth"),
        _grows("The cost of one function", grown.statements, "its statements"),
    )
    if grown.files.slope is not None:
        first, each = grown.files.slope
        yield (
            f"- A process needs {first:.0f} MiB of memory, and {each:.2f} MiB more for each file of the project."
        )


def _grows(what: str, series: Series, by: str) -> str:
    costs = {size: each for size, each in series.costs.items() if size not in series.given_up}
    if not costs:
        return f"- {what} was not measured."
    if series.exponent is None:
        return f"- {what} is too little to tell how it grows."
    smallest, largest = min(costs), max(costs)
    first, last = series.files[smallest], series.files[largest]
    span = (first, last) if by == "files" else (smallest, largest)
    return (
        f"- {what} grows with {by} to the power of {series.exponent:.2f}: "
        f"{seconds(costs[smallest].cpu)} of CPU time for {span[0]}, {seconds(costs[largest].cpu)} for {span[1]}."
    )


def _night(rate: Rates | None, of_packages: Sizes) -> Iterator[str]:
    yield from ["", f"## A night over {PACKAGES:,} packages", ""]
    if rate is None or not of_packages.lines:
        reasons = "; ".join(of_packages.absent) or "a check has no figure"
        yield f"Not to be computed: {reasons}."
        return
    yield f"Arithmetic for the {PACKAGES:,} most-used packages that import torch, not a measurement. It assumes:"
    yield ""
    yield from _assumptions(rate, of_packages)
    yield ""
    cold = PACKAGES * of_packages.mean * rate.line
    nights = {"all of them, cold": cold}
    for share in CHANGED:
        nights[f"{100 * share:g} % have changed"] = (
            share * cold + (1 - share) * PACKAGES * rate.warm
        )
    yield "| | CPU hours | " + " | ".join(f"{each} cores" for each in CORES) + " |"
    yield "|---|---:|" + "---:|" * len(CORES)
    for name, spent in nights.items():
        cells = (f"{spent / each / _HOUR:,.1f} h" for each in CORES)
        yield f"| {name} | {spent / _HOUR:,.0f} | {' | '.join(cells)} |"


def _assumptions(rate: Rates, of_packages: Sizes) -> Iterator[str]:
    each = ", ".join(f"{name} {lines:,}" for name, lines in sorted(of_packages.lines.items()))
    yield (
        f"- A package has {of_packages.mean:,.0f} lines, the mean of those on which "
        f"[accuracy](accuracy.md) is measured: {each}."
    )
    for absent in of_packages.absent:
        yield f"- Not counted, for it cannot be had: {absent}."
    yield (
        f"- A cold check takes {1e6 * rate.line:.0f} ms of CPU time for 1,000 lines, as the two trees of the "
        "benchmarks together."
    )
    yield (
        "- A package of which any file has changed is checked as if it had never been, although only what has "
        "looked at the changed functions is executed again; one that has not takes "
        f"{seconds(rate.warm)}, the warm run of the dearer tree. Its cache is kept from one night to the next."
    )
    yield "- Packages share nothing, so cores are busy until the last packages; downloads are not counted."


_SPREAD = """
## How it is spread

A package is a project of its own: nothing that is found in it depends on another. So across many packages
the package is the unit of work, and a scheduler of tasks, such as Ray's, runs
`shapeguard.lint.analyse(package)` for each as a task.

Within one large project the unit is a batch of functions. `analyse(paths, executor=...)` hands batches to
any executor of `concurrent.futures` in whose workers shapeguard is installed and the files are at the same
paths. Threads of one process take turns: what one of them has read serves the others.

```python
from dask.distributed import Client
from shapeguard.lint import analyse

with Client("tcp://scheduler:8786") as client:
    findings = analyse(["packages/vision"], executor=client.get_executor())
```

What is sent are names of files, numbers of functions and settings; what comes back are plain values. A
worker reads the files by itself and keeps what it has read for the next batches of the same check. Results
are brought together in the order of the batches, so findings are the same in whatever order workers end;
tests compare a Dask cluster and a pool of processes with one process.
"""
