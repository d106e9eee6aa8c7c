"""The same trees by all tools: parsers, linters, a type checker, and shapeguard cold and warm."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bench.check import peers
from bench.check.processes import LONG, Absent, Costs, Subject, in_rounds, once

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bench.check.processes import Results
    from bench.check.trees import Tree

ROUNDS, BUDGET = 3, 45.0
"""How often each subject runs, and the seconds that the rounds after the first may take together."""
AST, PARSE, METADATA = "ast.parse", "libcst.parse_module", "libcst with metadata"
ONE, COLD, FILLING, WARM = (
    "shapeguard, cold, --jobs 1",
    "shapeguard, cold",
    "shapeguard, fills its cache",
    "shapeguard, warm",
)
PARSERS = {AST: "ast", PARSE: "libcst", METADATA: "metadata"}
_SCRIPT = str(Path(__file__).with_name("parsing.py"))


class Compared(NamedTuple):
    """A tree, and what each subject took for it."""

    tree: Tree
    results: Results


def tool(*arguments: str) -> tuple[str, ...]:
    """Return the command of shapeguard as it is installed here."""
    script = Path(sys.executable).with_name("shapeguard")
    command = (str(script),) if script.is_file() else (sys.executable, "-m", "shapeguard")
    return (*command, *arguments)


def parser(kind: str, directory: Path, *paths: str) -> Subject:
    """Return the process that parses everything below paths."""
    return Subject((sys.executable, _SCRIPT, PARSERS[kind], *paths), directory)


def cache_of(tree: Tree, temporary: Path) -> Path:
    """Return the directory of the cache that results of a tree are kept in."""
    return temporary / "caches" / tree.name.replace("/", "-")


def compared(
    tree: Tree, temporary: Path, *, rounds: int = ROUNDS, budget: float = BUDGET
) -> Compared:
    """Run all subjects on a tree; the cache is filled before, by a run that is measured as well."""
    cache = cache_of(tree, temporary)
    shutil.rmtree(cache, ignore_errors=True)
    kept = ("check", "--quiet", "--cache-dir", str(cache))
    filling = Subject(tool(*kept, *tree.paths), tree.directory)
    filled = once(filling)
    fresh = ("check", "--quiet", "--no-cache")
    subjects: dict[str, Subject | Absent] = {
        **{kind: parser(kind, tree.directory, *tree.paths) for kind in PARSERS},
        **peers.subjects(tree),
        ONE: Subject(tool(*fresh, "--jobs", "1", *tree.paths), tree.directory),
        COLD: Subject(tool(*fresh, *tree.paths), tree.directory),
        WARM: Subject(tool(*kept, *tree.paths), tree.directory),
    }
    found = in_rounds(subjects, rounds=rounds, budget=budget)
    warm = found.pop(WARM)
    return Compared(tree, {**found, FILLING: filled, WARM: warm})


def lines(all_compared: Sequence[Compared], versions: Sequence[str], cores: int) -> Iterator[str]:
    """Write the section of the page."""
    yield from ["", "## A check beside other tools", ""]
    yield (
        f"Whole processes, from their start to their end, on {cores} cores, in turn within each round: up to "
        f"{ROUNDS} rounds. What takes longer than {LONG:.0f} s runs in the first alone, and those after it take "
        f"no more than about {BUDGET:.0f} s together. CPU time is that of a process and all its descendants "
        "(`getrusage` of children), the least of all rounds; memory is the peak of the largest single "
        f"process. {', '.join(versions)}; ruff and pyrefly are not written in Python, and pyrefly finds torch "
        "in the environment of shapeguard. Fixit's one rule is `NoRedundantFString`. The metadata are scopes, "
        "parents, positions and qualified names."
    )
    for each in all_compared:
        tree = each.tree
        yield from ["", f"### {tree.name}: {len(tree.files):,} files, {tree.lines:,} lines", ""]
        if tree.note:
            yield from [tree.note, ""]
        yield from table(each.results, beside=PARSE)


def table(results: Results, *, beside: str) -> Iterator[str]:
    """Write what subjects took, and how that is to one of them; who is absent is named below."""
    base = results.get(beside)
    yield f"| | min | median | rounds | CPU | memory | min / {beside} |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for name, costs in results.items():
        if isinstance(costs, Absent):
            yield f"| {name} | absent | | | | | |"
            continue
        ratio = f"{costs.best / base.best:.2f}" if isinstance(base, Costs) else ""
        cells = (
            seconds(costs.best),
            seconds(costs.median),
            str(len(costs.rounds)),
            seconds(costs.cpu),
            f"{costs.peak:.0f} MiB",
            ratio,
        )
        yield f"| {name} | {' | '.join(cells)} |"
    yield from _absent(results)


def _absent(results: Mapping[str, Costs | Absent]) -> Iterator[str]:
    missing = {name: each for name, each in results.items() if isinstance(each, Absent)}
    if missing:
        yield ""
    for name, absent in missing.items():
        yield f"- {name} is absent: {absent.reason}."


def seconds(value: float) -> str:
    """Write seconds with as many digits as mean something."""
    return f"{1e3 * value:.0f} ms" if value < 1 else f"{value:.1f} s"
