"""What a check costs before it checks anything, and when next to nothing has changed."""

from __future__ import annotations

import ast
import itertools
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.check.comparison import cache_of, parser, seconds, tool
from bench.check.processes import Absent, Subject, in_rounds, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bench.check.processes import Results
    from bench.check.trees import Tree

ROUNDS, CHANGES = 9, 3
BUDGET = 30.0
"""Seconds that the rounds after the first may take together, of each group."""
CHANGED = "methods/prefix_tuning.py"
"""The file of adapters that is changed; of another tree the first that is not empty."""

CLICK, LIBCST = "import click", "import libcst"
FILE_WARM, FILE_COLD, FILE_PARSE = "one file, warm", "one file, cold", "libcst.parse_module of it"
FILE_CHANGED, TREE_CHANGED = (
    "one file, a function added, cache of before",
    "whole tree, a function added to that file, cache of before",
)
FILE_EDITED, TREE_EDITED = (
    "one file, a statement added, cache of before",
    "whole tree, a statement added to that file, cache of before",
)
TREE_WARM = "whole tree, warm"
HOOK_COLD, HOOK_WARM = "hook, repository without torch, cold", "hook, the same, warm"


@dataclass(frozen=True)
class Started:
    """What was measured, on which tree, which file of it, and which repository."""

    tree: Tree
    file: str
    repository: Tree
    results: Results


def started(
    tree: Tree, repository: Tree, temporary: Path, *, rounds: int = ROUNDS, changes: int = CHANGES
) -> Started:
    """Run what starts; afterwards a file of the tree is changed. Raises FailedError if none can be."""
    file = _file(tree)
    subjects = {
        **_python(tree.directory),
        **_hook(repository, temporary),
        **_unchanged(tree, file, temporary),
    }
    for name in (HOOK_WARM, TREE_WARM):  # what they find is kept from here on
        run(subjects[name])
    results = in_rounds(subjects, rounds=rounds, budget=BUDGET)
    for name, subject in _changed(tree, file, temporary).items():
        results |= in_rounds({name: subject}, rounds=changes, budget=BUDGET)
    return Started(tree, file, repository, results)


def _file(tree: Tree) -> str:
    names = [path.relative_to(tree.directory).as_posix() for path in tree.files]
    sizes = {name: (tree.directory / name).stat().st_size for name in names}
    wanted = [name for name in names if name.endswith(CHANGED)]
    return next(iter(wanted)) if wanted else next(name for name in names if sizes[name])


def _python(directory: Path) -> dict[str, Subject]:
    statements = {"python -c pass": "pass", CLICK: CLICK, LIBCST: LIBCST}
    return {
        **{name: Subject((sys.executable, "-c", it), directory) for name, it in statements.items()},
        "shapeguard --version": Subject(tool("--version"), directory),
        "shapeguard check --help": Subject(tool("check", "--help"), directory),
    }


def _hook(repository: Tree, temporary: Path) -> dict[str, Subject]:
    files = tuple(path.relative_to(repository.directory).as_posix() for path in repository.files)
    here, cache = repository.directory, str(cache_of(repository, temporary))
    return {
        HOOK_COLD: Subject(tool("check", "--no-cache", *files), here),
        HOOK_WARM: Subject(tool("check", "--cache-dir", cache, *files), here),
    }


def _unchanged(tree: Tree, file: str, temporary: Path) -> dict[str, Subject]:
    kept = ("check", "--quiet", "--cache-dir", str(cache_of(tree, temporary)))
    return {
        FILE_PARSE: parser("libcst.parse_module", tree.directory, file),
        FILE_COLD: Subject(tool("check", "--quiet", "--no-cache", file), tree.directory),
        FILE_WARM: Subject(tool(*kept, file), tree.directory),
        TREE_WARM: Subject(tool(*kept, *tree.paths), tree.directory),
    }


def _changed(tree: Tree, file: str, temporary: Path) -> dict[str, Subject]:
    """Return checks of a file that changes before each: the whole tree first, which rests on more."""
    kept = ("check", "--quiet", "--cache-dir", str(cache_of(tree, temporary)))
    path, numbers = tree.directory / file, itertools.count()
    text = path.read_text("utf-8")
    above, below = _within_longest(text)

    def add() -> None:
        path.write_text(f"{text}\n\ndef changed_{next(numbers)}():\n    return None\n", "utf-8")

    def edit() -> None:
        path.write_text(f"{above}changed = {next(numbers)}\n{below}", "utf-8")

    return {
        TREE_CHANGED: Subject(tool(*kept, *tree.paths), tree.directory, add),
        FILE_CHANGED: Subject(tool(*kept, file), tree.directory, add),
        TREE_EDITED: Subject(tool(*kept, *tree.paths), tree.directory, edit),
        FILE_EDITED: Subject(tool(*kept, file), tree.directory, edit),
    }


def _within_longest(text: str) -> tuple[str, str]:
    """Cut a module where a statement may stand: before the last one of its longest function, or at its end."""
    functions = [each for each in ast.walk(ast.parse(text)) if isinstance(each, ast.FunctionDef)]
    if not functions:
        return text, ""
    longest = max(functions, key=lambda each: (each.end_lineno or 0) - each.lineno)
    last, lines = longest.body[-1], text.splitlines(keepends=True)
    decorators = last.decorator_list if isinstance(last, ast.FunctionDef | ast.ClassDef) else ()
    row = min([last.lineno, *(each.lineno for each in decorators)]) - 1
    return "".join(lines[:row]) + lines[row][: last.col_offset], "".join(lines[row:])


def lines(measured: Started) -> Iterator[str]:
    """Write the section of the page."""
    tree, repository = measured.tree, measured.repository
    yield from ["", "## A check: start", ""]
    yield (
        f"Whole processes in up to {ROUNDS} rounds. The file is `{measured.file}` of {tree.name}; where it is "
        f"changed, a function is added at its end before each of {CHANGES} rounds, or a statement in its longest "
        "function, and what the cache holds is from before the change. The repository without torch is a git repository of "
        f"{repository.name}, {len(repository.files)} files, all of them given by name, as a hook gives them."
    )
    yield ""
    yield "| | min | median | rounds | CPU | memory |"
    yield "|---|---:|---:|---:|---:|---:|"
    for name, costs in measured.results.items():
        if isinstance(costs, Absent):
            yield f"| {name} | absent: {costs.reason} | | | | |"
            continue
        cells = (seconds(costs.best), seconds(costs.median), str(len(costs.rounds)))
        yield f"| {name} | {' | '.join(cells)} | {seconds(costs.cpu)} | {costs.peak:.0f} MiB |"
