"""All models of transformers, once: what a sample of them does not show of time, and of memory."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench.check import comparison, peers, trees
from bench.check.aims import PYREFLY, Aim, ratio
from bench.check.processes import Costs, Subject, once
from bench.check.whole import compile_sources, use_cores
from bench.sections import MODELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bench.check.processes import Absent, Results

LIMIT = 3600.0
"""Seconds that a process may take here."""
CHOSEN = (comparison.AST, comparison.PARSE, PYREFLY, peers.RUFF)
"""What is compared with: the others take a quarter of an hour and more."""


def measured(told: Callable[[str], object]) -> list[str]:
    """Measure everything once, and return the section. Raises MissingError and FailedError."""
    compile_sources()
    cores = use_cores()
    with tempfile.TemporaryDirectory(prefix="shapeguard-bench-") as name:
        temporary = Path(name).resolve()
        return of_tree(trees.all_models(temporary), temporary, cores, told)


def of_tree(
    tree: trees.Tree, temporary: Path, cores: int, told: Callable[[str], object]
) -> list[str]:
    """Measure a tree once, and return the section."""
    results: Results = {}
    for subject, each in _subjects(tree, temporary).items():
        told(f"{tree.name}: {subject}")
        results[subject] = once(each, LIMIT)
    return [*_lines(tree, results, cores)]


def _subjects(tree: trees.Tree, temporary: Path) -> dict[str, Subject | Absent]:
    kept = ("check", "--quiet", "--cache-dir", str(comparison.cache_of(tree, temporary)))
    known = comparison.tool(*kept, *tree.paths)
    parsers = {
        kind: comparison.parser(kind, tree.directory, *tree.paths) for kind in comparison.PARSERS
    }
    others = {**parsers, **peers.subjects(tree)}
    return {
        **{name: others[name] for name in CHOSEN},
        comparison.FILLING: Subject(known, tree.directory),
        comparison.WARM: Subject(known, tree.directory),
    }


def _lines(tree: trees.Tree, results: Results, cores: int) -> Iterator[str]:
    yield from ["", f"## {MODELS[0]}", ""]
    yield (
        f"{tree.name}, {len(tree.files):,} files, {tree.lines:,} lines, once, on {cores} cores; "
        "`make bench BENCH='--only models'` measures it, which takes a quarter of an hour. Memory is the "
        f"peak of the largest single process. {', '.join(peers.versions())}."
    )
    yield ""
    yield from comparison.table(results, beside=comparison.PARSE)
    filled = results.get(comparison.FILLING)
    peak = filled.peak if isinstance(filled, Costs) else None
    yield ""
    for aim in (
        Aim(
            "Cold, beside its libcst parse",
            0.35,
            ratio(results, comparison.FILLING, comparison.PARSE),
        ),
        Aim("Cold, beside pyrefly", 0.25, ratio(results, comparison.FILLING, PYREFLY)),
        Aim("The most memory of one process", 300, peak, "MiB"),
    ):
        yield aim.line()
