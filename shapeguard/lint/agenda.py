"""The agenda: what is to be executed for some files, everything once.

Who comes to the functions of a file is found out by reading all files that may have to do with them. It is
kept, so that after a change of one file nothing else need be read as long as what was found out holds.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shapeguard.lint.gate import comers
from shapeguard.lint.resting import BROKEN, packed, seen_of
from shapeguard.lint.tasks import Start, Task, start_of

if TYPE_CHECKING:
    from shapeguard.lint.gate import Gate
    from shapeguard.lint.outline import Outline
    from shapeguard.lint.project import Project

Comers = dict[str, tuple[Start, ...]]
"""Who comes to each function of a file, by what the function is known by there."""
Known = tuple[Comers, bytes]
"""Who comes to functions of a file, and what that rests on, as it is kept; see :mod:`resting`."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A file that asks for what shows something of it, and what may show it."""

    project: Project
    outline: Outline
    gate: Gate


class Agenda:
    """What is to be executed; ``tasks`` are in the order in which they were asked for."""

    def __init__(self) -> None:
        self.tasks: dict[str, Task] = {}

    def ask(self, name: str, asking: Asking, known: Known | None = None) -> Known | None:
        """Add what a file asks for. ``known`` is who is known to come to its functions.

        Return who does where some of that was not known.
        """
        project, outline = asking.project, asking.outline
        before: Comers = {} if known is None else known[0]
        found: Comers = {}
        with project.tracker.tracked() as seen:
            for function in outline.functions:
                if not asking.gate.admits(function):
                    continue
                self._add(name, project, start_of(project, (function, function.owner)))
                if asking.gate.heeds_callers(function):
                    place = outline.places.ids[function]
                    if place in before:
                        found[place] = before[place]
                    else:
                        coming = comers(project, function)
                        found[place] = tuple(start_of(project, each) for each in coming)
                    for each in found[place]:
                        self._add(name, project, each)
        if found.keys() != before.keys():
            with suppress(*BROKEN):  # what rests on nobody knows what is not kept
                if known is not None:
                    seen.add(seen_of(known[1]))
                return found, packed(seen.whole())
        return None

    def _add(self, name: str, project: Project, start: Start) -> None:
        task = self.tasks.get(start.key)
        if task is None:
            task = self.tasks[start.key] = Task(project, start, ())
        if name not in task.files[-1:]:
            task.files = (*task.files, name)
