"""A function to execute, and how its execution ended: what both sides of the work know."""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from shapeguard.errors import UsageError
from shapeguard.lint.heard import Heard  # noqa: TC001 - sent to other processes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapeguard.lint.flow.program import Class, Function
    from shapeguard.lint.project import Project

Entry = tuple["Function", "Class | None"]
"""A function to execute, and the class of ``self`` in it."""


Spot = tuple[bytes, str]
"""A function as it is kept: its path, and what it is known by there."""


@dataclass(frozen=True, slots=True)
class Start:
    """An entry as it is kept: its key, where the function is, and a method of the class of ``self``.

    ``key`` tells it apart from all others. Functions and classes are objects of what was read of a project,
    which is forgotten where it is much; this is not.
    """

    key: str
    spot: Spot
    home: Spot | None


@dataclass(slots=True)
class Task:
    """Something to execute in a project, and the files that ask for it and hear of it."""

    project: Project
    start: Start
    files: tuple[str, ...]

    def entry(self) -> Entry:
        """Return what it is; raises UsageError where the project has it no more."""
        home = self.start.home
        owner = None if home is None else _function(self.project, home).owner
        return _function(self.project, self.start.spot), owner


@dataclass(frozen=True, slots=True)
class Ended:
    """How an execution ended: whether it came to its end, and what is kept of it.

    ``place`` tells the function apart from all others. One that was given up is named by ``given_up``;
    ``problem`` says that this was for a defect. ``parts`` are what each file has heard, as it is kept (see
    :mod:`shapeguard.lint.parts`), and ``rests_on`` what it has looked at, likewise (see
    :mod:`shapeguard.lint.resting`).
    """

    place: str
    given_up: str = ""
    problem: str = ""
    parts: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    rests_on: bytes = b""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of executions: what rules said in them, and how each ended, in their order.

    ``read`` are the digests of the files that were read anew, by their projects.
    """

    heard: Heard
    ended: Sequence[Ended]
    read: Mapping[Path, Mapping[Path, bytes]]


def place_of(project: Project, function: Function) -> str:
    """Return what tells a function apart from all others, wherever it stands in its file."""
    return f"{function.module.filename}:{project.owner(function).places.ids[function]}"


def start_of(project: Project, entry: Entry) -> Start:
    """Return an entry as it is kept. A class is told by its first method: whatever is executed has one."""
    function, owner = entry
    place, spot = place_of(project, function), _spot(project, function)
    if owner is None:
        return Start(place, spot, None)
    first = next(iter(owner.methods.values()))
    key = place if owner is function.owner else f"{place} of {place_of(project, first)}"
    return Start(key, spot, _spot(project, first))


@functools.lru_cache(maxsize=10_000)
def _encoded(path: Path) -> bytes:
    return os.fsencode(path)  # one object for all that stands in a file


def _spot(project: Project, function: Function) -> Spot:
    outline = project.owner(function)
    return _encoded(outline.source.path), outline.places.ids[function]


def _function(project: Project, spot: Spot) -> Function:
    path = Path(os.fsdecode(spot[0]))
    outline = project.outline(path)
    function = None if outline is None else outline.places.function(spot[1])
    if function is None:
        message = f"{path}: has changed while it was checked; check again"
        raise UsageError(message)
    return function
