"""A function to execute, and how its execution ended: what both sides of the work know."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shapeguard.lint.tracking import Seen  # noqa: TC001 - sent to other processes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapeguard.lint.flow.program import Class, Function
    from shapeguard.lint.project import Project

Entry = tuple["Function", "Class | None"]
"""A function to execute, and the class of ``self`` in it."""


@dataclass(frozen=True, slots=True)
class Task:
    """A function to execute, with the class of ``self``, and the files that hear of it."""

    project: Project
    function: Function
    owner: Class | None
    files: frozenset[str]

    @property
    def key(self) -> str:
        """What tells it apart from all others."""
        return key_of(self.project, (self.function, self.owner))


@dataclass(frozen=True, slots=True)
class Ended:
    """How an execution ended: what it has looked at, and whether it came to its end.

    ``place`` tells the function apart from all others. One that was given up is named by ``given_up``;
    ``problem`` says that this was for a defect. ``parts`` are what each file has heard, as it is kept; see
    :mod:`shapeguard.lint.parts`.
    """

    seen: Seen
    place: str
    given_up: str = ""
    problem: str = ""
    parts: Mapping[str, bytes] = field(default_factory=dict[str, bytes])


def place_of(project: Project, function: Function) -> str:
    """Return what tells a function apart from all others, wherever it stands in its file."""
    return f"{function.module.filename}:{project.owner(function).places.ids[function]}"


def key_of(project: Project, entry: Entry) -> str:
    """Return what tells an entry apart from all others: the function, and the class of ``self``.

    A class is told by its first method.
    """
    function, owner = entry
    place = place_of(project, function)
    if owner is None or owner is function.owner:
        return place
    return f"{place} of {place_of(project, first_method(owner))}"


def first_method(owner: Class) -> Function:
    """Return the method by which a class is told: whatever is executed with it has one."""
    return next(iter(owner.methods.values()))
