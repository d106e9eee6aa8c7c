"""Which callers by name can come to a function at all: what a call calls is looked up where that is told.

A call graph by name has callers that call something else of the same name. What a name of a module or
an import stands for is known without executing anything, and so is the method that ``self`` has;
whatever is called on any other value may be a method of the classes that :mod:`holding` tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shapeguard.lint.bindings import COMPUTED, SUPER
from shapeguard.lint.flow.program import Class, Constant, Function
from shapeguard.lint.holding import Holding, resolved

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapeguard.lint.project import Project

MAKING = frozenset({"__init__", "__post_init__", "__new__"})
"""The methods that are called where an object is made."""
Place = tuple[Function, Class | None]
"""A function, and the class of ``self`` in it; None where that is not known."""
_Lead = tuple[Function | None, Class | None]
_ANY: _Lead = (None, None)
"""It may be any function of the name."""


@dataclass(frozen=True, slots=True)
class Reaching:
    """The calls by name among some functions of a project."""

    project: Project
    named: dict[str, set[Function]]
    holding: Holding

    @classmethod
    def among(cls, project: Project, functions: Iterable[Function]) -> Reaching:
        """Return what is known of the calls among functions."""
        named: dict[str, set[Function]] = {}
        for each in functions:
            named.setdefault(each.name, set()).add(each)
        return cls(project, named, Holding(project))

    def coming(self, starts: Iterable[Place], target: Function) -> set[Place]:
        """Return the places from which calls lead to a function, among starts and what they lead to."""
        callers: dict[Place, list[Place]] = {}
        pending = [*starts]
        seen = set(pending)
        while pending:
            place = pending.pop()
            for following in self._following(*place):
                callers.setdefault(following, []).append(place)
                if following not in seen:
                    seen.add(following)
                    pending.append(following)
        pending = [each for place in callers if place[0] is target for each in callers[place]]
        found = set[Place]()
        while pending:
            place = pending.pop()
            if place not in found:
                found.add(place)
                pending.extend(callers.get(place, ()))
        return found

    def _following(self, caller: Function, receiver: Class | None) -> Iterator[Place]:
        """Yield what a function calls, with the classes that ``self`` may have there."""
        self.project.face(caller)
        for name in (caller.shown.calls | MAKING) & self.named.keys():
            wanted = self.named[name]
            for callee, owner in self._leads(caller, receiver, name):
                if callee is None:
                    yield from ((each, None) for each in wanted)
                elif callee in wanted:
                    yield callee, owner

    def _leads(self, caller: Function, receiver: Class | None, name: str) -> tuple[_Lead, ...]:
        """Return what the calls of a name lead to, whatever is looked for: once for all."""

        def found() -> tuple[_Lead, ...]:
            called = (
                self._called(caller, receiver, holder, name)
                for holder in caller.shown.sites.get(name, ())
            )
            leads = dict.fromkeys(each for leads in called for each in leads)
            if name in MAKING:
                leads |= dict.fromkeys(self._methods(self.holding.made_by(caller), name))
            return tuple(leads)

        return self.project.tracker.remembered(("leads", caller, receiver, name), found)

    def _called(
        self, caller: Function, receiver: Class | None, holder: str, name: str
    ) -> Iterator[_Lead]:
        if holder == "self" and caller.owner is not None:
            yield from self._of_self(receiver, name)
        elif holder == SUPER and caller.owner is not None:
            yield from self._of_super(caller.owner, receiver, name)
        else:
            yield from self._named_by(caller, holder, name)
            if _is_value(self.project, caller, holder):
                yield from self._methods(self.holding.classes(caller, receiver), name)

    def _methods(self, classes: Iterable[Class], name: str) -> Iterator[_Lead]:
        """Yield the methods of a name that objects of some classes have, each with its class."""
        for each in classes:
            found = self.project.method(each, name)
            if found is not None:
                yield found, each

    def _of_self(self, receiver: Class | None, name: str) -> Iterator[_Lead]:
        found = None if receiver is None else self.project.method(receiver, name)
        if found is not None:
            yield found, receiver
        elif self._is_set(receiver, name):
            yield _ANY

    def _is_set(self, owner: Class | None, name: str) -> bool:
        """Say whether a method of a class may bind an attribute to what it likes."""
        bases = () if owner is None else self.project.bases(owner)
        return owner is None or any(
            name in method.sets for base in bases for method in base.methods.values()
        )

    def _of_super(self, owner: Class, receiver: Class | None, name: str) -> Iterator[_Lead]:
        order = [*self.project.bases(receiver or owner)]
        above = order[order.index(owner) + 1 :] if owner in order else order
        found = next((each.methods[name] for each in above if name in each.methods), None)
        if found is not None:
            yield found, receiver

    def _named_by(self, caller: Function, holder: str, name: str) -> Iterator[_Lead]:
        """Yield the function that is called by its name, or any where a name here may stand for it."""
        plain = not holder
        first = holder.partition(".")[0] or name
        if holder == COMPUTED or first in caller.shown.binds:
            yield from [_ANY] * plain
            return
        found = resolved(self.project, caller, f"{holder}.{name}" if holder else name)
        if isinstance(found, str) and _is_inside(caller):
            yield from [_ANY] * plain  # a name of the function around it
        elif isinstance(found, Function):
            yield found, None
        elif plain and isinstance(found, Constant):
            yield _ANY


def depends_on_self(project: Project, caller: Function, names: Iterable[str]) -> bool:
    """Say whether the class of ``self`` tells what a method calls by some names."""
    if caller.owner is None:
        return False
    holders = {holder for name in names for holder in caller.shown.sites.get(name, ())}
    return any(each in {"self", SUPER} or _is_value(project, caller, each) for each in holders)


def _is_value(project: Project, caller: Function, holder: str) -> bool:
    """Say whether a method is called on a value, and not on what is known by a name."""
    first = holder.partition(".")[0]
    if holder == COMPUTED or first in caller.shown.binds or (first and _is_inside(caller)):
        return True
    return bool(first) and isinstance(resolved(project, caller, holder), Constant)


def _is_inside(function: Function) -> bool:
    """Say whether a function is defined inside another one."""
    return function.owner is None and "." in function.qualname
