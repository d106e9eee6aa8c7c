"""How the cost of a check grows: with files, with the depth of calls, with statements."""

from __future__ import annotations

import math
import re
import subprocess
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bench.check import generated
from bench.check.comparison import seconds, tool
from bench.check.processes import Absent, Costs, Subject, in_rounds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from bench.check.processes import Results

ROUNDS, BUDGET = 2, 30.0
COPIES = (1, 2, 4, 8)
DEPTHS = (2, 4, 8, 16, 32, 64)
STATEMENTS = (100, 200, 400, 800, 1_600, 3_200)
SUBPACKAGE = "models/t5"
LEAST = 0.1
"""What takes less than this share more than the start is not in a fit: clocks differ by as much."""
_START = 0
"""The size that stands for next to nothing."""


@dataclass(frozen=True)
class Series:
    """What was measured by size; at size 0 is what a check of one small function takes.

    ``files`` tells for each size how many files there are. ``given_up`` are the sizes at which a function
    is more work than the tool takes on: they have a figure that says nothing of growth.
    """

    results: Mapping[int, Costs | Absent]
    files: Mapping[int, int]
    given_up: frozenset[int] = frozenset()

    @property
    def costs(self) -> dict[int, Costs]:
        """The sizes that have a figure."""
        pairs = ((size, each) for size, each in self.results.items() if size != _START)
        return {size: each for size, each in pairs if isinstance(each, Costs)}

    @property
    def exponent(self) -> float | None:
        """The exponent of CPU time, less that of a check of next to nothing; None if there is no figure."""
        little = self.results.get(_START)
        start = little.cpu if isinstance(little, Costs) else 0.0
        pairs = [(size, each.cpu - start) for size, each in self.costs.items()]
        positive = [
            (n, cost) for n, cost in pairs if cost > LEAST * start and n not in self.given_up
        ]
        return exponent(positive) if len(positive) > 1 else None

    @property
    def slope(self) -> tuple[float, float] | None:
        """The peak memory in MiB as a line over the number of files: at no file, and for each."""
        points = [(self.files[size], each.peak) for size, each in self.costs.items()]
        return line(points) if len(points) > 1 else None


@dataclass(frozen=True)
class Grown:
    """The three series; ``subpackage`` says of what copies were made, in how many lines."""

    subpackage: str
    lines: int
    files: Series
    depth: Series
    statements: Series


def exponent(points: Iterable[tuple[float, float]]) -> float:
    """Return the exponent of the power that fits best: least squares over logarithms."""
    return line([(math.log(size), math.log(cost)) for size, cost in points])[1]


def line(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the line that fits best by least squares: its value at 0, and its slope."""
    middle = sum(x for x, _ in points) / len(points)
    height = sum(y for _, y in points) / len(points)
    spread = sum((x - middle) ** 2 for x, _ in points)
    slope = sum((x - middle) * (y - height) for x, y in points) / spread
    return height - slope * middle, slope


def grown(
    package: Path,
    temporary: Path,
    *,
    copies: Sequence[int] = COPIES,
    depths: Sequence[int] = DEPTHS,
    statements: Sequence[int] = STATEMENTS,
    rounds: int = ROUNDS,
) -> Grown:
    """Measure all three, with copies of a package that must be a small one."""
    little = temporary / "start" / "little.py"
    _write(little, generated.LITTLE)
    for number in copies:
        generated.copies(package, number, temporary / f"copies_{number}" / "grown")
    sources = sorted(package.rglob("*.py"))
    return Grown(
        "/".join(package.parts[-2:]),
        sum(len(path.read_bytes().splitlines()) for path in sources),
        _series(little, {each: temporary / f"copies_{each}" for each in copies}, rounds),
        _generated(little, {each: generated.chain(each) for each in depths}, "chain", rounds),
        _generated(
            little, {each: generated.statements(each) for each in statements}, "long", rounds
        ),
    )


def _generated(little: Path, texts: Mapping[int, str], name: str, rounds: int) -> Series:
    paths = {size: little.parents[1] / f"{name}_{size}" / "source.py" for size in texts}
    for size, path in paths.items():
        _write(path, texts[size])
    series = _series(little, paths, rounds)
    return replace(
        series, given_up=frozenset(size for size, path in paths.items() if gives_up(path))
    )


def gives_up(path: Path) -> bool:
    """Say whether a check of a file leaves out a function for the work that it is."""
    command = tool("check", "--no-cache", "--jobs", "1", "--statistics", path.name)
    done = subprocess.run(command, cwd=path.parent, capture_output=True, text=True, check=False)
    return re.search(r"^not analysed: ", done.stderr, re.MULTILINE) is not None


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8")


def _series(little: Path, paths: Mapping[int, Path], rounds: int) -> Series:
    subjects = {str(size): _subject(path) for size, path in {_START: little, **paths}.items()}
    found: Results = in_rounds(subjects, rounds=rounds, budget=BUDGET)
    files = {size: len([*path.rglob("*.py")]) or 1 for size, path in paths.items()}
    return Series({int(size): each for size, each in found.items()}, files)


def _subject(path: Path) -> Subject:
    here, name = path.parent, path.name
    command = tool("check", "--quiet", "--no-cache", "--jobs", "1", name)
    return Subject(command, here)


def lines(measured: Grown) -> Iterator[str]:
    """Write the section of the page."""
    yield from ["", "## A check: growth", ""]
    yield (
        f"CPU time of `shapeguard check --no-cache --jobs 1`, the least of up to {ROUNDS} rounds. An exponent "
        "is fitted by least squares over logarithms to the time that is more than that of a check of one "
        "function of one statement, so that the start does not flatten it; sizes that take less than "
        f"{100 * LEAST:.0f} % more than that are left out, for they would tell of noise."
    )
    yield from ["", f"### Files: copies of `{measured.subpackage}` in one package", ""]
    yield from _files(measured)
    yield from ["", "### Depth of calls: each function joins, and calls the next", ""]
    yield from _sizes(measured.depth, "calls")
    yield from ["", "### Statements of one function", ""]
    yield from _sizes(measured.statements, "statements")


def _files(measured: Grown) -> Iterator[str]:
    series = measured.files
    yield "| copies | files | lines | CPU | memory |"
    yield "|---:|---:|---:|---:|---:|"
    for size, costs in series.costs.items():
        cells = (f"{series.files[size]}", f"{size * measured.lines:,}", seconds(costs.cpu))
        yield f"| {size} | {' | '.join(cells)} | {costs.peak:.0f} MiB |"
    yield from _missing(series)
    yield ""
    if series.exponent is not None:
        yield f"The exponent is {series.exponent:.2f}."
    if series.slope is not None:
        first, each = series.slope
        yield f"Memory fits {first:.0f} MiB, and {each:.2f} MiB for each file."


def _sizes(series: Series, unit: str) -> Iterator[str]:
    yield f"| {unit} | CPU | memory |"
    yield "|---:|---:|---:|"
    for size, costs in series.costs.items():
        mark = " (given up)" if size in series.given_up else ""
        yield f"| {size:,}{mark} | {seconds(costs.cpu)} | {costs.peak:.0f} MiB |"
    yield from _missing(series)
    if series.given_up:
        yield ""
        yield "A function that is given up is more work than the tool takes on; its figure is not in the fit."
    if series.exponent is not None:
        yield from ["", f"The exponent is {series.exponent:.2f}."]


def _missing(series: Series) -> Iterator[str]:
    for size, each in series.results.items():
        if isinstance(each, Absent):
            yield f"| {size} | absent: {each.reason} | |"
