"""Passes over the body of a loop of which it is not known yet whether they are the last.

What happens in a pass counts only if the pass changes nothing: then it is the last one. The first
passes are made aloud, with their events kept back, since most loops settle at once; further ones are
made muted, and are followed by one that is heard.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

    from shapeguard.lint.flow.events import Event
    from shapeguard.lint.flow.run import Run

ALOUD = 2
"""The passes that are made aloud: few loops that do not settle in them do in the next one."""


class Rehearsal:
    """One pass, in a ``with`` block; unless it is kept, it leaves nothing of what it has told."""

    def __init__(self, run: Run, *, aloud: bool) -> None:
        analysis = run.analysis
        self.aloud = aloud and not analysis.muted
        self._run, self._muted, self._kept = run, not (self.aloud or analysis.muted), False
        self._emit, self._events = analysis.emit, list["Event"]()
        self._tests = dict(analysis.tests) if self.aloud else {}
        self._told, self._parts = len(analysis.told), len(run.loops[-1].parts)

    @property
    def is_heard(self) -> bool:
        """Whether no further pass is needed once nothing changes: there is nobody to hear, or all is told."""
        return not self._muted

    def keep(self) -> None:
        """Let what has happened count: it was the last pass."""
        self._kept = True

    def __enter__(self) -> Self:
        analysis = self._run.analysis
        analysis.muted += self._muted
        if self.aloud:
            analysis.emit = self._events.append
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        analysis = self._run.analysis
        analysis.muted -= self._muted
        analysis.emit = self._emit
        if self._kept:
            for event in self._events:
                self._emit(event)
        elif self.aloud:
            self._forget()

    def _forget(self) -> None:
        analysis = self._run.analysis
        analysis.tests.clear()
        analysis.tests.update(self._tests)
        for key in analysis.told[self._told :]:
            analysis.outcomes[key] = replace(analysis.outcomes[key], silent=True)
        del analysis.told[self._told :]
        del self._run.loops[-1].parts[self._parts :]
