"""Nodes of values with named parts: NamedTuples, dataclasses, states of a library, TypedDicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from shapeguard.contracts import hazards
from shapeguard.runtime.nodes import PlainNode
from shapeguard.runtime.scope import Failure

if TYPE_CHECKING:
    from shapeguard.runtime.nodes import Node
    from shapeguard.runtime.scope import Scope

MOST_ENTERED = 100
"""How deep a class inside itself is walked; the interpreter's own stack ends not far behind."""


@dataclass(frozen=True, slots=True)
class RecordNode:
    """Fields by name: a NamedTuple, a dataclass, or a state of a library.

    A field that the value lacks is not checked: it came with another release of the library.
    """

    kind: type | None
    fields: tuple[tuple[str, Node], ...]

    def fits(self, value: object) -> bool:
        """By class, or by the presence of all fields where the class is only declared."""
        if self.kind is not None:
            return isinstance(value, self.kind)
        return all(hasattr(value, name) for name, _ in self.fields)

    def check(self, value: object, place: str, scope: Scope) -> None:
        """Check every field in the order of its declaration."""
        if self.kind is not None and not isinstance(value, self.kind):
            PlainNode(self.kind).check(value, place, scope)
            return
        for name, node in self.fields:
            if hasattr(value, name):
                node.check(getattr(value, name), f"{place}.{name}", scope)


@dataclass(frozen=True, slots=True)
class KeysNode:
    """The keys of a TypedDict that hold arrays; those of ``required`` are never absent."""

    keys: tuple[tuple[str, Node], ...]
    required: frozenset[str]

    def fits(self, value: object) -> bool:
        """By the type of the collection and the required keys."""
        return (
            isinstance(value, dict) and self.required <= cast("dict[object, object]", value).keys()
        )

    def check(self, value: Any, place: str, scope: Scope) -> None:  # noqa: ANN401 - any argument
        """Check every key in the order of its declaration."""
        if not isinstance(value, dict):
            PlainNode(dict).check(value, place, scope)
            return
        found = cast("dict[str, object]", value)
        for name in sorted(self.required - found.keys()):
            text = f"{place} lacks the key {name!r}, which the annotation requires"
            scope.failures.append(Failure(hazards.WRONG_TYPE, place, text, expected=name))
        for name, node in self.keys:
            if name in found:
                node.check(found[name], f"{place}[{name!r}]", scope)


@dataclass(eq=False, slots=True)
class LateNode:
    """A class inside itself, such as a child in a tree; ``target`` is known when it is compiled.

    A value is checked once, however many hold it, and down to the depth ``MOST_ENTERED``.
    """

    target: Node | None = None

    def fits(self, value: object) -> bool:
        """As the class does."""
        return self.target is not None and self.target.fits(value)

    def check(self, value: object, place: str, scope: Scope) -> None:
        """Check as the class does, but not a value inside itself again."""
        key = (id(self), id(value))
        if self.target is None or key in scope.entered or scope.depth > MOST_ENTERED:
            return
        scope.entered[key] = None
        scope.depth += 1
        self.target.check(value, place, scope)
        scope.depth -= 1
