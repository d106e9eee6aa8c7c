"""``--emit-test``: a regression test of each distinct failure, printed or put into a directory."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from shapeguard.cli.output import note, write, write_file
from shapeguard.errors import UsageError
from shapeguard.report.words import count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapeguard.outcome import Outcome

STANDARD_OUTPUT = "-"


def require_directory(target: str) -> None:
    """Make the directory in which tests will be put. Raises UsageError if that is not possible."""
    if target == STANDARD_OUTPUT:
        return
    try:
        Path(target).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"--emit-test {target}: {error.strerror}"
        raise UsageError(message) from error


def emit(outcomes: Iterable[Outcome], target: str) -> None:
    """Write the tests that outcomes carry: each to a file of its own, or the first to standard output.

    Raises UsageError for a file that cannot be written.
    """
    tests = [outcome for outcome in outcomes if outcome.test]
    if target == STANDARD_OUTPUT:
        for outcome in tests[:1]:
            write(outcome.test)
        if len(tests) > 1:
            note(f"{len(tests) - 1} more failures have tests: give --emit-test a directory")
        return
    names: set[str] = set()
    for outcome in tests:
        name = _name(outcome, names)
        names.add(name)
        write_file(Path(target) / name, outcome.test)
    note(f"{count(len(tests), 'regression test')} in {target}")


def _name(outcome: Outcome, taken: set[str]) -> str:
    words = (outcome.method, outcome.family, outcome.attention, outcome.group)
    stem = re.sub(r"\W+", "_", "_".join(words)).strip("_")
    number = 1
    while (name := f"test_{stem}_{number}.py") in taken:
        number += 1
    return name
