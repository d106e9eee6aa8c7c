"""What ``shapeguard check`` says at the end: the last line, counts, and where the time went."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

from shapeguard.finding import Suppressor
from shapeguard.report.words import count

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from shapeguard.lint.engine import Outcome


class Clock:
    """Measures the phases of a check, in seconds."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._phases: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Generator[None]:
        """Add the time of a block to a phase."""
        before = time.perf_counter()
        try:
            yield
        finally:
            self._phases[name] = self._phases.get(name, 0.0) + time.perf_counter() - before

    @property
    def total(self) -> float:
        """The seconds since this clock was made."""
        return time.perf_counter() - self._start

    def text(self) -> str:
        """Return the total and its phases."""
        phases = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in self._phases.items())
        return f"time: {self.total:.2f} s ({phases})"


def summary(outcome: Outcome, clock: Clock) -> str:
    """Return the last line: how many findings in how many files, and what was left out."""
    findings, checked = outcome.findings, count(outcome.checked, "file")
    files = len({finding.span.filename for finding in findings})
    found = f"Found {count(len(findings), 'finding')} in {count(files, 'file')}"
    line = f"{found if findings else 'No findings'} ({checked} checked) in {clock.total:.1f} s."
    known = sum(each.by is Suppressor.BASELINE for each in outcome.suppressed)
    if known:
        line += f" {count(known, 'finding')} {'is' if known == 1 else 'are'} in the baseline."
    left_out = len(outcome.not_analysed)
    if not left_out:
        return line
    verb = "was" if left_out == 1 else "were"
    return f"{line} {count(left_out, 'function')} {verb} not analysed (names with --statistics)."


def not_examined(number: int) -> str:
    """Return how many files were not examined, and why."""
    projects = "its project uses" if number == 1 else "their projects use"
    return f"{count(number, 'file')}, since {projects} no tensor library"


def statistics(outcome: Outcome) -> Iterator[str]:
    """Yield a line for each rule that found something, the most frequent first, and totals.

    They go to standard error, so that a report on standard output stays what its format says.
    """
    found = Counter((each.code, each.name) for each in outcome.findings)
    totals = {
        "files checked": outcome.checked,
        "functions analysed": outcome.analysed,
        "functions not analysed": len(outcome.not_analysed),
        "findings suppressed": len(outcome.suppressed),
    }
    if outcome.unexamined:
        totals["files not examined (no tensor library)"] = outcome.unexamined
    width = len(str(max((*found.values(), *totals.values()))))
    for (code, name), number in sorted(found.items(), key=lambda each: (-each[1], each[0])):
        yield f"{number:{width}}  {code}  {name}"
    for label, number in totals.items():
        yield f"{number:{width}}  {label}"
