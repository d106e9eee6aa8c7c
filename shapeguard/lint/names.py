"""Who is who in a project: what a dotted name stands for, and what a class inherits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.program import Class, Constant

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shapeguard.lint.flow.program import Function, Module, Named
    from shapeguard.lint.tracking import Tracker

MAX_HOPS = 8
"""How many imports, aliases and re-exports are followed for one name."""


class Names:
    """Resolves names in the modules of a project; ``module`` finds one by its dotted name.

    ``mentions`` says whether the text of a module has a name, or imports everything of another one;
    ``see`` is told the classes of which something is asked.
    """

    def __init__(
        self,
        module: Callable[[str], Module | None],
        mentions: Callable[[str, str], bool],
        see: Callable[[Class], None],
        tracker: Tracker,
    ) -> None:
        self._module = module
        self._mentions = mentions
        self._see = see
        self._tracker = tracker

    def find(self, module: Module, dotted: str) -> Named | str:
        """Resolve a dotted name as written in a module; a string is the name of something outside."""
        found = self._find(module, dotted, MAX_HOPS)
        return dotted if found is None else found

    def absolute(self, dotted: str) -> Named | str:
        """Resolve the full dotted name of something."""
        return self._absolute(dotted, MAX_HOPS)

    def _find(self, module: Module, dotted: str, hops: int) -> Named | str | None:
        """Resolve a name in a module; None if nothing there binds it."""
        if hops == 0:
            return None
        first, _, rest = dotted.partition(".")
        own = module.functions.get(first) or module.classes.get(first)
        if own is not None:
            return self._member(own, rest) or f"{module.name}.{dotted}"
        target = module.imports.get(first)
        if target is not None and not _is_wrapped(module, first):
            return self._absolute(f"{target}.{rest}" if rest else target, hops - 1)
        if first in module.constants:
            return self._aliased(module.constants[first], rest, hops)
        return self._by_star(module, dotted, hops)

    def _aliased(self, constant: Constant, rest: str, hops: int) -> Named | str | None:
        """Follow ``name = other.name``; anything else that a name is bound to is a constant."""
        text = constant.text()
        if all(part.isidentifier() for part in text.split(".")) and text not in _LITERALS:
            found = self._find(constant.module, f"{text}.{rest}" if rest else text, hops - 1)
            if found is not None:
                return found
        return f"{constant.module.name}.{constant.name}.{rest}" if rest else constant

    def _by_star(self, module: Module, dotted: str, hops: int) -> Named | str | None:
        """Look for a name in the modules of which everything is imported, where it can be at all."""
        first = dotted.partition(".")[0]
        for origin in module.stars:
            source = self._module(origin) if self._mentions(origin, first) else None
            found = None if source is None else self._find(source, dotted, hops - 1)
            if found is not None:
                return found
        return None

    def _absolute(self, dotted: str, hops: int) -> Named | str:
        parts = dotted.split(".")
        for end in range(len(parts), 0, -1):
            module = self._module(".".join(parts[:end]))
            if module is None:
                continue
            rest = ".".join(parts[end:])
            if not rest:
                return self._hidden(parts, hops) or module
            return self._find(module, rest, hops) or dotted
        return dotted

    def _hidden(self, parts: list[str], hops: int) -> Named | str | None:
        """Return what a package binds to the name of one of its modules: ``from .run import run``."""
        package = self._module(".".join(parts[:-1])) if len(parts) > 1 else None
        target = None if package is None else package.imports.get(parts[-1])
        dotted = ".".join(parts)
        if target is None or target == dotted or hops == 0:
            return None
        return self._absolute(target, hops - 1)

    def _member(self, owner: Class | Function, rest: str) -> Named | str | None:
        if not rest:
            return owner
        first, _, further = rest.partition(".")
        if not isinstance(owner, Class):
            return None
        for base in self.bases(owner):
            member = base.classes.get(first) or base.methods.get(first) or base.constants.get(first)
            if isinstance(member, Constant):
                return None if further else member
            if member is not None:
                return self._member(member, further)
        return None

    def bases(self, owner: Class) -> Sequence[Class]:
        """Return the class and its bases inside the project, in method resolution order."""

        def ordered() -> tuple[Class, ...]:
            self._tracker.put(("bases", owner), (owner,))  # where a base is looked up in the class
            return self._order(owner, frozenset({owner}))

        return self._tracker.remembered(("bases", owner), ordered)

    def _order(self, owner: Class, below: frozenset[Class]) -> tuple[Class, ...]:
        """Return the order of a class for those ``below``: none of them, where they inherit in a circle.

        It is not remembered of a base, of which less is told here than where itself is asked for.
        """
        self._see(owner)
        found = (self.find(owner.module, name) for name in owner.bases)
        direct = [base for base in found if isinstance(base, Class) and base not in below]
        orders = [list(self._order(base, below | {base})) for base in direct]
        return (owner, *_merged([*orders, direct]))

    def method(self, owner: Class, name: str) -> Function | None:
        """Find a method on a class or its bases."""
        return next((b.methods[name] for b in self.bases(owner) if name in b.methods), None)


_LITERALS = frozenset({"None", "True", "False"})


def _is_wrapped(module: Module, name: str) -> bool:
    """Say whether a module makes something else of what it imports: ``Float = Wrapper(Float)``."""
    constant = module.constants.get(name)
    return constant is not None and f"({name})" in constant.text()


def _merged(orders: list[list[Class]]) -> list[Class]:
    """Merge the orders of the bases as Python does (C3); what has no order goes depth first."""
    merged: list[Class] = []
    left = [order for order in orders if order]
    while left:
        heads = (order[0] for order in left)
        first = left[0][0]  # shapeguard: ignore[SG305] no order that is left is empty
        head = next((h for h in heads if all(h not in order[1:] for order in left)), first)
        merged.append(head)
        left = [rest for order in left if (rest := [each for each in order if each is not head])]
    return merged
