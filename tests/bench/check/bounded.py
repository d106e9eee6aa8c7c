"""A check that executes less than the tool does: ``python bounded.py CALLERS CALLS REPORT PATH...``.

Where ``CALLERS`` is 0, a function is executed on its own alone, and not from what calls it; where ``CALLS``
is 0, no call is followed. The findings go to ``REPORT`` as JSON.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from shapeguard.cli import main as shapeguard
from shapeguard.lint import agenda
from shapeguard.lint.flow.calls import summaries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.program import Function
    from shapeguard.lint.project import Project
    from shapeguard.lint.tasks import Entry


def main() -> None:
    """Check as the arguments say."""
    callers, calls, report, *paths = sys.argv[1:]
    if not int(callers):
        agenda.comers = _nobody
    if not int(calls):
        summaries.MAX_DEPTH = 0
    options = ("--no-cache", "--jobs", "1", "--output-format", "json", "--output-file", report)
    sys.argv = ["shapeguard", "check", "--quiet", *options, *paths]
    shapeguard()


def _nobody(_project: Project, _function: Function) -> Iterator[Entry]:
    return iter(())


if __name__ == "__main__":
    main()
