"""All that is measured of a check, and what is written of it."""

from __future__ import annotations

import compileall
import importlib.util
import itertools
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.check import aims, comparison, floor, growth, peers, profile, scale, startup, trees
from bench.check.processes import FailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bench.check.comparison import Compared
    from bench.check.floor import Floor
    from bench.check.growth import Grown
    from bench.check.profile import Profile
    from bench.check.scale import Sizes
    from bench.check.startup import Started

CORES = 2
"""The aims are for so many."""


@dataclass(frozen=True)
class Checked:
    """What was measured in one run; ``profile`` is why there is none, where there is none."""

    compared: tuple[Compared, ...]
    started: Started
    grown: Grown
    profile: Profile | str
    floor: Floor
    sizes: Sizes
    versions: tuple[str, ...]
    cores: int


def use_cores(number: int = CORES) -> int:
    """Let this process and those that it starts use no more cores than that; return how many."""
    own = sorted(os.sched_getaffinity(0))[:number]
    os.sched_setaffinity(0, own)
    return len(own)


def compile_sources() -> None:
    """Write the bytecode of shapeguard, as an installer does: that of the other tools is there, too."""
    for package in ("shapeguard", "shapeguard_rules"):
        found = importlib.util.find_spec(package)
        for directory in (found.submodule_search_locations or ()) if found is not None else ():
            compileall.compile_dir(directory, quiet=1)


def measured(told: Callable[[str], object]) -> Checked:
    """Measure everything; ``told`` hears what comes next. Raises MissingError, FailedError.

    The latter also where the sources of shapeguard change meanwhile, for then no cache is warm.
    """
    from accuracy.running import engine_digest  # noqa: PLC0415 - brings in all of the measurement

    compile_sources()
    cores, before = use_cores(), engine_digest()
    with tempfile.TemporaryDirectory(prefix="shapeguard-bench-") as name:
        temporary = Path(name).resolve()
        adapters = trees.adapters(temporary)
        both = (adapters, trees.transformers(temporary))
        compared: list[Compared] = []
        for tree in both:
            told(f"{tree.name}: {len(tree.files)} files, {tree.lines} lines")
            compared.append(comparison.compared(tree, temporary))
        told("phases")
        seen = profiled(adapters, temporary)
        told("floor")
        least = floor.measured(adapters, temporary)
        told("start")
        started = startup.started(adapters, trees.repository(temporary), temporary)
        told("growth")
        small = trees.installed("adapters") / growth.SUBPACKAGE
        grown = growth.grown(small, temporary / "growth")
    if engine_digest() != before:
        message = "the sources of shapeguard have changed while they were measured; measure again"
        raise FailedError(message)
    told("packages")
    versions = tuple(peers.versions())
    return Checked(tuple(compared), started, grown, seen, least, scale.sizes(), versions, cores)


def profiled(tree: trees.Tree, temporary: Path) -> Profile | str:
    """Return where the time goes, or why that is not known."""
    try:
        return profile.profiled(tree, temporary)
    except FailedError as error:
        return str(error)


def of_trees(given: Sequence[trees.Tree], told: Callable[[str], object]) -> list[str]:
    """Compare on other trees alone; return the section."""
    cores = use_cores()
    with tempfile.TemporaryDirectory(prefix="shapeguard-bench-") as name:
        found: list[Compared] = []
        for tree in given:
            told(f"{tree.name}: {len(tree.files)} files, {tree.lines} lines")
            found.append(comparison.compared(tree, Path(name).resolve()))
    return [*comparison.lines(found, peers.versions(), cores)]


def lines(checked: Checked) -> Iterator[str]:
    """Write the sections of the page."""
    yield from comparison.lines(checked.compared, checked.versions, checked.cores)
    yield from startup.lines(checked.started)
    yield from growth.lines(checked.grown)
    tree = checked.compared[0].tree
    if isinstance(checked.profile, str):
        yield from ["", "## A check: phases", "", f"Not measured: {checked.profile}."]
    else:
        yield from profile.lines(checked.profile, tree)
    yield from floor.lines(checked.floor)
    small, large = checked.compared
    yield from aims.lines(
        itertools.chain(
            aims.of_trees(small, large),
            aims.of_start(checked.started),
            aims.of_growth(checked.grown),
        )
    )


def write(checked: Checked, docs: Path) -> None:
    """Write the chart and the page about scale; the sections are for the page that others share."""
    tree = checked.compared[0].tree
    seen = None if isinstance(checked.profile, str) else (checked.profile, tree)
    if seen is not None:
        (docs / profile.CHART).write_text(profile.chart(*seen), "utf-8")
    text = scale.page(checked.compared, checked.grown, seen, checked.sizes)
    (docs / "scale.md").write_text(text, "utf-8")


def told(text: str) -> None:
    """Say on standard error what comes next."""
    sys.stderr.write(f"{text}\n")
