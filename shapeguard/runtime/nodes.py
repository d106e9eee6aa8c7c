"""Annotations compiled to checkers that walk a value fully and in order.

Type checkers sample containers and skip the fields of a NamedTuple (patrick-kidger/jaxtyping#234,
#334); these nodes visit every member of tuples, lists, mappings, NamedTuples and dataclasses, the
same way each time. A *place* is the path of a value in words: ``states[1].key_states``.
"""

from __future__ import annotations

import reprlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast, get_args, get_origin

from beartype.door import is_bearable

from shapeguard.contracts import hazards
from shapeguard.runtime.binding import bind_array, describe_type, has_no_extents, shape_of
from shapeguard.runtime.scope import Failure

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    """Anything without axes inside: left to beartype. ``walked`` if it is an array all the same."""

    hint: Any
    walked: bool = False

    def fits(self, value: object) -> bool:
        """By beartype."""
        return is_bearable(value, self.hint)

    def check(self, value: object, place: str, scope: Scope) -> None:
        """Name both types if beartype refuses."""
        if not self.fits(value):
            wanted, found = _spelt(self.hint), describe_type(value)
            inside = get_origin(self.hint) is type(value)
            misfit = ", not all of whose members fit" if inside else ""
            text = f"{place} is {found}{misfit}; the annotation asks for {wanted}"
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

    ``open_end`` lets further members follow, each of which meets ``rest`` (or None: unchecked).
    """

    members: tuple[Node | None, ...]
    open_end: bool = False
    rest: Node | None = None

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
        if self.rest is not None:
            for index in range(len(self.members), len(value)):
                self.rest.check(value[index], f"{place}[{index}]", scope)


def _spelt(hint: Any) -> str:  # noqa: ANN401 - a type form
    """Write an annotation as it was written."""
    plain = isinstance(hint, type) and not get_args(hint)
    return hint.__name__ if plain else str(hint).replace("typing.", "")


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

    kind: type
    value: Node
    key: PlainNode | None = None

    def fits(self, value: object) -> bool:
        """By the type of the collection."""
        return isinstance(value, self.kind)

    def check(self, value: Mapping[object, object], place: str, scope: Scope) -> None:
        """Check every value; a key names its place only if it is text or a number."""
        if not self.fits(value):
            PlainNode(self.kind).check(value, place, scope)
            return
        for index, (key, item) in enumerate(value.items()):
            if self.key is not None:
                self.key.check(key, f"key #{index} of {place}", scope)
            label = reprlib.repr(key) if isinstance(key, str | int) else f"#{index}"
            self.value.check(item, f"{place}[{label}]", scope)


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
