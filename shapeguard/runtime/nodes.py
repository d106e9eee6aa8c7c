"""Annotations compiled to checkers that walk a value fully and in order.

Type checkers sample containers and skip the fields of a NamedTuple (patrick-kidger/jaxtyping#234,
#334); these nodes visit every member of tuples, lists, mappings, NamedTuples and dataclasses, the
same way each time. A *place* is the path of a value in words: ``states[1].key_states``.
"""

from __future__ import annotations

import reprlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

from beartype.door import is_bearable

from shapeguard.contracts import hazards
from shapeguard.runtime.binding import bind_array, describe_type, has_no_extents, shape_of
from shapeguard.runtime.scope import Failure

if TYPE_CHECKING:
    from shapeguard.runtime.hints import ArrayHint
    from shapeguard.runtime.scope import Scope


class Node(Protocol):
    """Checks one value against one annotation."""

    def fits(self, value: object) -> bool:
        """Whether this alternative of a union is meant: by type and rank, not by extents."""
        ...

    def check(self, value: Any, place: str, scope: Scope) -> None:  # noqa: ANN401 - any argument
        """Bind and compare; failures go to ``scope``."""
        ...


@dataclass(frozen=True, slots=True)
class ArrayNode:
    """An array with axes."""

    hint: ArrayHint

    def fits(self, value: object) -> bool:
        """By type, dtype and rank."""
        if has_no_extents(value):
            return True
        shape = shape_of(value)
        return shape is not None and self.hint.accepts(value) and self.hint.fits_rank(len(shape))

    def check(self, value: object, place: str, scope: Scope) -> None:
        """Bind the axes."""
        bind_array(self.hint, value, place, scope)


@dataclass(frozen=True, slots=True)
class PlainNode:
    """Anything without arrays inside: left to beartype."""

    hint: Any

    def fits(self, value: object) -> bool:
        """By beartype."""
        return is_bearable(value, self.hint)

    def check(self, value: object, place: str, scope: Scope) -> None:
        """Name both types if beartype refuses."""
        if not self.fits(value):
            wanted, found = getattr(self.hint, "__name__", str(self.hint)), describe_type(value)
            text = f"{place} is {found}; the annotation asks for {wanted}"
            scope.failures.append(
                Failure(hazards.WRONG_TYPE, place, text, expected=wanted, actual=found)
            )


@dataclass(frozen=True, slots=True)
class UnionNode:
    """One of several alternatives; ``None`` among them is a :class:`PlainNode`."""

    alternatives: tuple[Node, ...]

    def fits(self, value: object) -> bool:
        """As any alternative does."""
        return any(node.fits(value) for node in self.alternatives)

    def check(self, value: object, place: str, scope: Scope) -> None:
        """Check the first alternative that fits without failures, else report the first one."""
        fitting = [node for node in self.alternatives if node.fits(value)]
        chosen = (fitting or list(self.alternatives))[0]
        if len(fitting) > 1:
            chosen = next((node for node in fitting if _passes(node, value, place, scope)), chosen)
        chosen.check(value, place, scope)


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
class SequenceNode:
    """Every member of a list, a variadic tuple or another collection.

    An iterator can be walked only once, and that is for the function to do: it is left alone.
    """

    kind: type
    member: Node

    def fits(self, value: object) -> bool:
        """By the type of the collection."""
        return isinstance(value, self.kind) and not isinstance(value, str | bytes)

    def check(self, value: object, place: str, scope: Scope) -> None:
        """Check every member in order."""
        if not self.fits(value):
            PlainNode(self.kind).check(value, place, scope)
        elif isinstance(value, Collection):
            for index, item in enumerate(cast("Collection[object]", value)):
                self.member.check(item, f"{place}[{index}]", scope)


@dataclass(frozen=True, slots=True)
class TupleNode:
    """A tuple with a node (or None: unchecked) for each of its first members.

    ``open_end`` lets further members follow; they are not checked.
    """

    members: tuple[Node | None, ...]
    open_end: bool = False

    def fits(self, value: object) -> bool:
        """By the number of members."""
        length = _length(value)
        return length >= len(self.members) if self.open_end else length == len(self.members)

    def check(self, value: Any, place: str, scope: Scope) -> None:  # noqa: ANN401 - any argument
        """Check each member against its own annotation."""
        if not self.fits(value):
            wanted = f"a tuple of {'at least ' * self.open_end}{len(self.members)}"
            length = _length(value)
            found = describe_type(value) if length < 0 else f"a tuple of {length}"
            text = f"{place} is {found}; the annotation asks for {wanted}"
            scope.failures.append(
                Failure(hazards.WRONG_TYPE, place, text, expected=wanted, actual=found)
            )
            return
        names: tuple[str, ...] = getattr(value, "_fields", ())
        for index, node in enumerate(self.members):
            if node is not None:
                suffix = f".{names[index]}" if names else f"[{index}]"
                node.check(value[index], place + suffix, scope)


def _passes(node: Node, value: object, place: str, scope: Scope) -> bool:
    """Whether a check would succeed; what it binds and says is taken back."""
    before = scope.snapshot()
    node.check(value, place, scope)
    clean = len(scope.failures) == before.failures
    scope.restore(before)
    return clean


def _length(value: Any) -> int:  # noqa: ANN401 - any argument
    """Count the members of a tuple; -1 for anything else, so that nothing fits it."""
    return len(cast("tuple[object, ...]", value)) if isinstance(value, tuple) else -1


@dataclass(frozen=True, slots=True)
class MappingNode:
    """Every value of a mapping, in its own order, and the types of its keys."""

    value: Node
    key: PlainNode | None = None

    def fits(self, value: object) -> bool:
        """By the type of the collection."""
        return isinstance(value, Mapping)

    def check(self, value: Mapping[object, object], place: str, scope: Scope) -> None:
        """Check every value; a key names its place only if it is text or a number."""
        if not self.fits(value):
            PlainNode(Mapping).check(value, place, scope)
            return
        for index, (key, item) in enumerate(value.items()):
            if self.key is not None:
                self.key.check(key, f"key #{index} of {place}", scope)
            label = reprlib.repr(key) if isinstance(key, str | int) else f"#{index}"
            self.value.check(item, f"{place}[{label}]", scope)


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
        for name, node in self.keys:
            if name in found:
                node.check(found[name], f"{place}[{name!r}]", scope)
            elif name in self.required:
                text = f"{place} lacks the key {name!r}, which the annotation requires"
                scope.failures.append(Failure(hazards.WRONG_TYPE, place, text, expected=name))


@dataclass(eq=False, slots=True)
class LateNode:
    """A class inside itself, such as a child in a tree; ``target`` is known when it is compiled."""

    target: Node | None = None

    def fits(self, value: object) -> bool:
        """As the class does."""
        return self.target is not None and self.target.fits(value)

    def check(self, value: object, place: str, scope: Scope) -> None:
        """Check as the class does, but not a value inside itself again."""
        if self.target is None or id(value) in scope.entered:
            return
        scope.entered.add(id(value))
        self.target.check(value, place, scope)
        scope.entered.remove(id(value))


@dataclass(frozen=True, slots=True)
class EachNode:
    """A member that binds some axis names for itself."""

    own: frozenset[str]
    inner: Node

    def fits(self, value: object) -> bool:
        """As the member itself."""
        return self.inner.fits(value)

    def check(self, value: object, place: str, scope: Scope) -> None:
        """Check in a scope inside, and collect what was bound there."""
        member = scope.member(self.own)
        self.inner.check(value, place, member)
        scope.collect(member)
