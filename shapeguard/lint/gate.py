"""Which functions are worth executing: those in which an event can happen, and who calls them.

The gate reads outlines only. It is derived from the op models: a function matters if it calls
something whose model joins, or combines tensors with an operator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.events import Divide, Join
from shapeguard.lint.flow.models.vocabulary import Joins
from shapeguard.lint.flow.program import Class, Function
from shapeguard.lint.outline import DIVISION, OPERATOR

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from shapeguard.lint.flow.events import Event
    from shapeguard.lint.flow.models.vocabulary import Model
    from shapeguard.lint.project import Project

CALLER_DEPTH = 3
MAX_ENTRIES = 200
MAX_CALLERS = 24

Entry = tuple[Function, Class | None]


def triggers(models: Mapping[str, Model], events: Iterable[type[Event]]) -> frozenset[str]:
    """Return what a function must call or do so that one of the events can happen in it."""
    wanted = set(events)
    marks: set[str] = set()
    if Join in wanted:
        joins = (name for name, model in models.items() if isinstance(model, Joins))
        marks.update({OPERATOR, *(name.rsplit(".", 1)[-1] for name in joins)})
    if Divide in wanted:
        marks.add(DIVISION)
    return frozenset(marks)


def entries(
    project: Project, functions: Iterable[Function], wanted: frozenset[str]
) -> Iterator[Entry]:
    """Yield the functions to execute so that every event in ``functions`` is seen in context."""
    seen: set[tuple[Function, Class | None]] = set()
    for function in functions:
        if not wanted & function.calls:
            continue
        for entry in _contexts(project, function):
            if entry not in seen:
                seen.add(entry)
                yield entry


def _contexts(project: Project, function: Function) -> Iterator[Entry]:
    """Yield a function, and its callers up to a depth, each with the class that ``self`` has."""
    yield function, function.owner
    level = [function]
    reached = {function}
    for _ in range(CALLER_DEPTH):
        following: list[Function] = []
        for callee in level:
            calling = project.callers(callee.name)
            if len(calling) > MAX_CALLERS:
                continue
            for caller in calling:
                if caller in reached or len(reached) > MAX_ENTRIES:
                    continue
                reached.add(caller)
                following.append(caller)
                yield caller, _receiver(project, caller, function)
        level = following


def _receiver(project: Project, caller: Function, callee: Function) -> Class | None:
    """Return the class of ``self``: that of the callee where the caller is inherited by it."""
    if caller.owner is None or callee.owner is None:
        return caller.owner
    if caller.owner in project.bases(callee.owner):
        return callee.owner
    return caller.owner
