"""What a check would cost if it executed less, and what it would find then: where shortcuts end."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from bench.check.comparison import PARSE, parser, seconds
from bench.check.processes import Absent, Costs, Subject, in_rounds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bench.check.processes import Results
    from bench.check.trees import Tree

ROUNDS, BUDGET = 2, 30.0
ALL, ALONE, SHALLOW, ONCE = (
    "what the tool executes",
    "without what calls them",
    "without what they call",
    "without either: every function once",
)
_BOUNDS = {ALL: (1, 1), ALONE: (0, 1), SHALLOW: (1, 0), ONCE: (0, 0)}
"""Whether callers are executed, and whether calls are followed."""
_SCRIPT = str(Path(__file__).with_name("bounded.py"))


@dataclass(frozen=True)
class Floor:
    """What less would cost on a tree, and how many findings each kind of check has."""

    tree: Tree
    results: Results
    findings: Mapping[str, int]

    def beside_parse(self, name: str) -> float | None:
        """Return the CPU time of a kind of check over that of the libcst parse of the tree."""
        one, parse = self.results.get(name), self.results.get(PARSE)
        both = isinstance(one, Costs) and isinstance(parse, Costs)
        return one.cpu / parse.cpu if both else None


def measured(tree: Tree, temporary: Path) -> Floor:
    """Check a tree as the tool does, and with less, each in one process."""
    reports = {name: temporary / f"floor{number}.json" for number, name in enumerate(_BOUNDS)}
    subjects: dict[str, Subject | Absent] = {PARSE: parser(PARSE, tree.directory, *tree.paths)}
    for name, (callers, calls) in _BOUNDS.items():
        command = (sys.executable, _SCRIPT, str(callers), str(calls), str(reports[name]))
        subjects[name] = Subject((*command, *tree.paths), tree.directory)
    results = in_rounds(subjects, rounds=ROUNDS, budget=BUDGET)
    return Floor(tree, results, {name: _found(path) for name, path in reports.items()})


def _found(report: Path) -> int:
    return (
        len(msgspec.json.decode(report.read_bytes(), type=list[object])) if report.exists() else 0
    )


def lines(floor: Floor) -> Iterator[str]:
    """Write the section of the page."""
    yield from ["", "## A check: floor", ""]
    yield (
        f"A cold check of {floor.tree.name} in one process, and what it would cost to execute less: up to "
        f"{ROUNDS} rounds, CPU time beside that of libcst's parse of the same files. Why it is so is said in "
        "[decision 14](decisions/0014-executions-not-summaries.md)."
    )
    yield ""
    yield "| functions are executed | CPU | beside the parse | findings |"
    yield "|---|---:|---:|---:|"
    for name in _BOUNDS:
        costs, times = floor.results[name], floor.beside_parse(name)
        if isinstance(costs, Absent) or times is None:
            yield f"| {name} | absent | | |"
        else:
            yield f"| {name} | {seconds(costs.cpu)} | {times:.1f} | {floor.findings[name]} |"
    once = floor.beside_parse(ONCE)
    if once is not None:
        yield ""
        yield (
            f"So {once:.1f} times the parse is what is left when every function in which something can happen is "
            "executed a single time and no call is followed, as if summaries cost nothing: an aim below that is "
            "out of reach of this interpreter, whatever is kept, shared or summarised."
        )
