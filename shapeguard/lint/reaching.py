"""Which callers by name can come to a function at all: what a call calls is looked up where that is told.

A call graph by name has callers that call something else of the same name. What a name of a module or
an import stands for is known without executing anything, and so is the method that ``self`` has;
whatever is called on any other value may be a method of any class.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shapeguard.lint.flow.program import Class, Constant, Function
from shapeguard.lint.marks import COMPUTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapeguard.lint.flow.program import Named
    from shapeguard.lint.project import Project

Place = tuple[Function, Class | None]
"""A function, and the class of ``self`` in it; None where that is not known."""


@dataclass(frozen=True, slots=True)
class Reaching:
    """The calls by name among some functions of a project."""

    project: Project
    named: dict[str, list[Function]]

    @classmethod
    def among(cls, project: Project, functions: Iterable[Function]) -> Reaching:
        """Return what is known of the calls among functions."""
        named: dict[str, list[Function]] = {}
        for each in functions:
            named.setdefault(each.name, []).append(each)
        return cls(project, named)

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
        for name in caller.calls & self.named.keys():
            for callee in self.named[name]:
                yield from self._called(caller, receiver, callee)

    def _called(
        self, caller: Function, receiver: Class | None, callee: Function
    ) -> Iterator[Place]:
        """Yield a function with the classes that ``self`` may have in it when another one calls it."""
        for holder in caller.sites.get(callee.name, ()):
            if holder == "self" and caller.owner is not None:
                yield from self._of_self(receiver, callee)
            elif self._may_be(caller, holder, callee):
                yield callee, None

    def _of_self(self, receiver: Class | None, callee: Function) -> Iterator[Place]:
        found = None if receiver is None else self.project.method(receiver, callee.name)
        if found is callee:
            yield callee, receiver
        elif found is None and (callee.owner is not None or self._is_set(receiver, callee.name)):
            yield callee, None

    def _is_set(self, owner: Class | None, name: str) -> bool:
        """Say whether a method of a class may bind an attribute to what it likes."""
        bases = () if owner is None else self.project.bases(owner)
        return owner is None or any(
            name in method.sets for base in bases for method in base.methods.values()
        )

    def _may_be(self, caller: Function, holder: str, callee: Function) -> bool:
        """Say whether what is called by a name, or on what a dotted name stands for, is a function."""
        name, method = callee.name, callee.owner is not None
        if holder == COMPUTED:
            return method
        first = holder.partition(".")[0] or name
        if first in caller.binds:
            return method or not holder
        found = self._resolved(caller, f"{holder}.{name}" if holder else name)
        if isinstance(found, str) and _is_inside(caller):
            return method or not holder  # a name of the function around it
        return found is callee or (isinstance(found, Constant) and (method or not holder))

    def _resolved(self, caller: Function, dotted: str) -> Named | str:
        first, _, rest = dotted.partition(".")
        target = caller.imports.get(first)
        if target is not None:
            return self.project.absolute(f"{target}.{rest}" if rest else target)
        return self.project.find(caller.module, dotted)


def _is_inside(function: Function) -> bool:
    """Say whether a function is defined inside another one."""
    return function.owner is None and "." in function.qualname
