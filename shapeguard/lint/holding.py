"""Of which classes the objects can be that a function calls methods on.

Nothing that is executed can have an object of a class that nothing on the way to it names: as a
constructor, in an annotation, as the class of ``self``. So a method is only looked for in classes that
are named by the function, by the class that it is a method of, or by what these name, and so on (rapid
type analysis, Bacon and Sweeney 1996; names are taken in place of the constructors that are called).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shapeguard.lint.flow.program import Class, Constant, Function
from shapeguard.lint.pieces import free_names, names_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.program import Module, Named
    from shapeguard.lint.project import Project

_CONSTANTS: Final = 2
"""How many constants are followed that are made of each other."""

Holder = Class | Function


class Holding:
    """The classes that are named in a project."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def classes(self, function: Function, receiver: Class | None) -> frozenset[Class]:
        """Return the classes of the objects that a function can have, where ``self`` is of one."""

        def held() -> frozenset[Class]:
            start = receiver or function.owner
            reached: set[Holder] = {function} if start is None else {function, start}
            pending = [*reached]
            while pending:
                more = self._named(pending.pop()) - reached
                reached |= more
                pending.extend(more)
            return frozenset(each for each in reached if isinstance(each, Class))

        return self._project.tracker.remembered(("held", function, receiver), held)

    def made_by(self, function: Function) -> Iterator[Class]:
        """Yield the classes that a function calls by their names."""
        self._project.face(function)
        for each in self._named(function):
            if isinstance(each, Class) and each.name in function.shown.calls:
                yield each

    def _named(self, holder: Holder) -> frozenset[Holder]:
        """Return what a function names, or a class in its fields, constants and methods."""

        def named() -> frozenset[Holder]:
            if isinstance(holder, Class):
                return frozenset(self._by_class(holder))
            return frozenset(self._by_function(holder))

        return self._project.tracker.remembered(("named in", holder), named)

    def _by_class(self, owner: Class) -> Iterator[Holder]:
        self._project.see(owner)
        for base in self._project.bases(owner):
            yield base
            for method in base.methods.values():
                yield from self._named(method)
            for text in base.fields.values():
                yield from self._in_text(base.module, text)
            for constant in base.constants.values():
                yield from self._in_text(base.module, constant.text())

    def _by_function(self, function: Function) -> Iterator[Holder]:
        self._project.face(function)
        source = self._project.owner(function).sources[function]
        text = source.source.segment(source.first, source.last)
        for dotted in free_names(text, function.shown.binds):
            yield from self._meant(resolved(self._project, function, dotted))

    def _in_text(self, module: Module, text: str, depth: int = 0) -> Iterator[Holder]:
        for dotted in names_in(text):
            yield from self._meant(self._project.find(module, dotted), depth)

    def _meant(self, found: Named | str, depth: int = 0) -> Iterator[Holder]:
        """Yield the class or the function that a name stands for; those that a constant is made of."""
        if isinstance(found, Class | Function):
            yield found
        elif isinstance(found, Constant) and depth < _CONSTANTS:
            yield from self._in_text(found.module, found.text(), depth + 1)


def resolved(project: Project, function: Function, dotted: str) -> Named | str:
    """Resolve a dotted name as written in a function, which may have imports of its own."""
    first, _, rest = dotted.partition(".")
    target = function.imports.get(first)
    if target is None:
        return project.find(function.module, dotted)
    return project.absolute(f"{target}.{rest}" if rest else target)
