"""How far a check is, on a terminal, where it lasts."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from shapeguard.cli.output import is_terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from rich.progress import Progress

PATIENCE: Final = 2.0
"""Seconds before anything is shown."""


class _Bar:
    """A bar on standard error that appears when the work lasts; called with what is done, of what."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._bar: Progress | None = None

    def __call__(self, done: int, total: int) -> None:
        if self._bar is None and time.monotonic() - self._start < PATIENCE:
            return
        if self._bar is None:
            self._bar = _started()
            self._bar.add_task("analysing", total=total)
        self._bar.update(self._bar.task_ids[0], completed=done)

    def stop(self) -> None:
        if self._bar is not None:
            self._bar.stop()


def _started() -> Progress:
    from rich.console import Console  # noqa: PLC0415 - only where it renders
    from rich.progress import (  # noqa: PLC0415 - as above
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("functions"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    bar.start()
    return bar


@contextmanager
def progress(*, wanted: bool) -> Generator[Callable[[int, int], None] | None]:
    """Return what is told how much is done, or None where nobody watches."""
    if not wanted or not is_terminal(sys.stderr):
        yield None
        return
    bar = _Bar()
    try:
        yield bar
    finally:
        bar.stop()
