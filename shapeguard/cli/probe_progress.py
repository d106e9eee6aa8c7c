"""How far a sweep is, on a terminal: a bar, and how many cases came out how."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

if TYPE_CHECKING:
    from types import TracebackType

    from shapeguard.outcome import Outcome, Verdict


class Progress:
    """A bar on standard error, for the time of a block; called with each outcome."""

    def __init__(self, total: int, known: int) -> None:
        self._counts: Counter[Verdict] = Counter()
        self._bar = Bar(
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.description}"),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task(f"{known:,} known" if known else "", total=total)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def __call__(self, outcome: Outcome) -> None:
        """Count an outcome and show the counts."""
        self._counts[outcome.verdict] += 1
        counts = ", ".join(f"{number:,} {verdict}" for verdict, number in self._counts.items())
        self._bar.update(self._task, advance=1, description=counts)
