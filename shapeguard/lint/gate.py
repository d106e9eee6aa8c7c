"""Which functions are worth executing: those in which an event can happen, and who calls them.

The gate reads outlines only. What opens it is derived from rules and op models, see
:mod:`shapeguard.lint.gating`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from shapeguard.lint.marks import CUT, EVERYTHING, method
from shapeguard.lint.reaching import MAKING, Reaching, depends_on_self

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from shapeguard.lint.facts import Signs
    from shapeguard.lint.flow.program import Class, Function
    from shapeguard.lint.project import Project
    from shapeguard.lint.tasks import Entry

CALLER_DEPTH = 3
MAX_ENTRIES = 200
MAX_CALLERS = 24

_OF_OBJECTS = MAKING | {"__call__", "forward"}
"""The methods that are not called by their names."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What a function must call or do so that one of the wanted events can happen in it.

    ``alone`` are marks of which one is enough; ``with_cut`` are elementwise operations, which have
    nothing to disagree about unless the function also takes a part of something under a condition, or
    counts what occurs. ``own`` are marks of what happens whoever calls. That everything is in one of
    them says that every function matters.
    """

    alone: frozenset[str]
    with_cut: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()

    def admits(self, function: Function) -> bool:
        """Say whether an event can happen in a function."""
        return bool(self.own & marks_of(function)) or self.heeds_callers(function)

    def heeds_callers(self, function: Function) -> bool:
        """Say whether an event can happen in a function to which its callers add something."""
        shown = marks_of(function)
        return bool(self.alone & shown) or (CUT in shown and bool(self.with_cut & shown))


_marks: WeakKeyDictionary[Function, frozenset[str]] = WeakKeyDictionary()


def marks_of(function: Function) -> frozenset[str]:
    """Return what a function is and calls, and what objects its class makes that it may call."""
    found = _marks.get(function)
    if found is None:
        found = _marks[function] = _marks_of(function)
    return found


def _marks_of(function: Function) -> frozenset[str]:
    calls = function.shown.calls
    shown = calls | {EVERYTHING, method(function.name)}
    made = None if function.owner is None else function.owner.methods.get("__init__")
    if made is None or not made.sets & calls:
        return shown
    return shown | {name for name in made.shown.calls if name[:1].isupper()}


def joined(signs: Iterable[Signs]) -> Gate:
    """Return the gate that is open to whatever one of these signs shows."""
    every = [*signs]
    return Gate(
        frozenset(mark for each in every for mark in each.alone),
        frozenset(mark for each in every for mark in each.with_cut),
        frozenset(mark for each in every for mark in each.own),
    )


def comers(project: Project, function: Function) -> Iterator[Entry]:
    """Yield what comes to a function, each with the class that ``self`` has.

    A caller by name whose calls cannot come to the function is left out.
    """
    near = [*_neighbours(project, function)]
    callers = _callers(project, function, near)
    yield from _coming(project, function, [*dict.fromkeys((*callers, *near))])


def _callers(project: Project, function: Function, near: Sequence[Entry]) -> list[Entry]:
    """Return what may come to a function by calls of its name, and what may come to that, up to a depth.

    A constructor is called by the name of its class. ``near`` is what comes to the function in its own file.
    Who calls something of the name of a caller that cannot come to it is not even looked up; what a method
    calls may depend on the class of ``self``, which can be another one where it is called.
    """
    names, found = [*_called_as(function, MAKING)], list["Entry"]()
    for _ in range(CALLER_DEPTH):
        calling = dict.fromkeys(
            each for name in dict.fromkeys(names) for each in _calling(project, name)
        )
        known = {function, *(each for each, _ in found)}
        new = [(each, _receiver(project, each, function)) for each in calling if each not in known]
        coming = {*_coming(project, function, new, (*near, *found))}
        new = [
            entry for entry in new if entry in coming or depends_on_self(project, entry[0], names)
        ]
        found += new[: MAX_ENTRIES - len(found)]
        names = [name for each, _ in new for name in _called_as(each, MAKING)]
    return found


def _calling(project: Project, name: str) -> Sequence[Function]:
    calling = project.callers(name)
    return calling if len(calling) <= MAX_CALLERS else ()


def _coming(
    project: Project, function: Function, entries: Sequence[Entry], between: Sequence[Entry] = ()
) -> Iterator[Entry]:
    """Yield the entries whose calls can come to a function, be it by each other or by those between."""
    functions = (function, *(each for each, _ in (*between, *entries)))
    coming = Reaching.among(project, functions).coming(entries, function)
    yield from (entry for entry in entries if entry in coming)


def _neighbours(project: Project, function: Function) -> Iterator[Entry]:
    """Yield what comes to a function in its own file, however far, and however many call such names.

    A belief about a function is dropped where all its callers refute it, so that those in sight count.
    """
    functions = project.owner(function).functions
    reached, level = {function}, [function]
    while level:
        names = {name for callee in level for name in _called_as(callee, _OF_OBJECTS)}
        _note_calls(project, functions, names)
        level = [each for each in functions if each not in reached and names & marks_of(each)]
        reached.update(level)
        yield from ((each, each.owner) for each in level)


def _note_calls(project: Project, functions: Iterable[Function], names: Iterable[str]) -> None:
    """Note that functions are searched for calls of some names, in themselves or as they are made."""
    for name in names:
        project.tracker.text(f"{name}(")
    for each in functions:
        made = None if each.owner is None else each.owner.methods.get("__init__")
        if made is not None and not made.shown.calls.isdisjoint(names):
            project.face(each)


def _called_as(function: Function, by_class: Container[str]) -> Iterator[str]:
    """Yield the name by which a function is called; methods of some names are called by that of their class."""
    yield function.name
    if function.owner is not None and function.name in by_class:
        yield function.owner.name


def _receiver(project: Project, caller: Function, callee: Function) -> Class | None:
    """Return the class of ``self``: that of the callee where the caller is inherited by it."""
    if caller.owner is None or callee.owner is None:
        return caller.owner
    if caller.owner in project.bases(callee.owner):
        return callee.owner
    return caller.owner
