"""The agenda: what is to be executed for some files, everything once.

Who comes to the functions of a file is found out by reading all files that may have to do with them. It is
kept, so that after a change of one file nothing else need be read as long as what was found out holds.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from shapeguard.errors import UsageError
from shapeguard.lint.gate import comers
from shapeguard.lint.tasks import Task, first_method, key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from shapeguard.lint.flow.program import Function
    from shapeguard.lint.gate import Gate
    from shapeguard.lint.outline import Outline
    from shapeguard.lint.project import Project
    from shapeguard.lint.tasks import Entry
    from shapeguard.lint.tracking import Seen

Spot = tuple[bytes, str]
"""A function as it is kept: its path, and what it is known by there."""


@dataclass(frozen=True, slots=True)
class Comer:
    """An entry as it is kept: its key, where the function is, and a method of the class of ``self``."""

    key: str
    spot: Spot
    home: Spot | None


Comers = dict[str, tuple[Comer, ...]]
"""Who comes to each function of a file, by what the function is known by there."""
Known = tuple[Comers, "Seen"]
"""Who comes to functions of a file, and what that rests on."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A file that asks for what shows something of it, and what may show it."""

    project: Project
    outline: Outline
    gate: Gate


@dataclass
class Item:
    """Something to execute, and the files that ask for it. ``find`` gives the function when it is wanted."""

    key: str
    project: Project
    find: Callable[[], Entry]
    files: set[str] = field(default_factory=set[str])

    def task(self, files: Iterable[str]) -> Task:
        """Return it as a task that these files hear of."""
        function, owner = self.find()
        return Task(self.project, function, owner, frozenset(files))


class Agenda:
    """What is to be executed; ``items`` are in the order in which they were asked for.

    ``new`` is, by the file, who comes to its functions, where some of that was not known before.
    """

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self.new: dict[str, Known] = {}

    def ask(self, name: str, asking: Asking, known: Known | None = None) -> Seen:
        """Add what a file asks for, and return what that rests on besides the file itself."""
        project, outline = asking.project, asking.outline
        before: Comers = {}
        found: Comers = {}
        with project.tracker.tracked() as seen:
            if known is not None:
                before, rests_on = known
                project.tracker.see(rests_on)
            for function in outline.functions:
                if not asking.gate.admits(function):
                    continue
                own = function, function.owner
                self._add(name, Item(key_of(project, own), project, partial(_same, own)))
                if asking.gate.heeds_callers(function):
                    place = outline.places.ids[function]
                    if place in before:
                        found[place] = before[place]
                    else:
                        found[place] = tuple(_comers(project, function))
                    for each in found[place]:
                        self._add(name, Item(each.key, project, partial(_entry, project, each)))
        if found.keys() != before.keys():
            self.new[name] = found, seen
        return seen

    def _add(self, name: str, item: Item) -> None:
        self.items.setdefault(item.key, item).files.add(name)


def _same(entry: Entry) -> Entry:
    return entry


def _comers(project: Project, function: Function) -> Iterator[Comer]:
    for each, owner in comers(project, function):
        home = None if owner is None else _spot(project, first_method(owner))
        yield Comer(key_of(project, (each, owner)), _spot(project, each), home)


def _spot(project: Project, function: Function) -> Spot:
    outline = project.owner(function)
    return os.fsencode(outline.source.path), outline.places.ids[function]


def _entry(project: Project, comer: Comer) -> Entry:
    """Return an entry that is known from another check."""
    owner = None if comer.home is None else _function(project, comer.home).owner
    return _function(project, comer.spot), owner


def _function(project: Project, spot: Spot) -> Function:
    path = Path(os.fsdecode(spot[0]))
    outline = project.outline(path)
    function = None if outline is None else outline.places.function(spot[1])
    if function is None:
        message = f"{path}: has changed while it was checked; check again"
        raise UsageError(message)
    return function
