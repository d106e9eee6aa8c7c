"""Axis names bound to extents, and the memory of who bound them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shapeguard.runtime.closures import ARGUMENTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shapeguard.contracts.axes import Axis
    from shapeguard.contracts.hazards import Hazard

Extent = int | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bound:
    """An extent and the place that gave it, such as ``state.key_states axis 0``.

    ``widens`` if it is what broadcasts so far: another such axis may make it larger.
    """

    extent: Extent
    by: str
    widens: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """One broken expectation, in terms of extents and places; never of elements."""

    hazard: Hazard
    argument: str
    text: str
    axis: str | None = None
    index: int | None = None
    expected: int | str | None = None
    actual: int | str | None = None
    bound_by: str | None = None
    shape: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """An axis whose expression is evaluated when all names of the call are bound."""

    axis: Axis
    index: int
    shape: tuple[int, ...]
    argument: str
    scope: Scope


@dataclass(eq=False, slots=True)
class Scope:
    """The bindings of one call; a member with axes of its own has a scope inside.

    ``members`` holds, for names that members bind for themselves, the extents in order; ``entered``
    identifies the values of recursive classes that were walked, ``depth`` how deep the walk is.
    """

    arguments: Mapping[str, Any]
    parent: Scope | None = None
    own: frozenset[str] = frozenset()
    bound: dict[str, Bound] = field(default_factory=dict[str, Bound])
    members: dict[str, list[Extent]] = field(default_factory=dict[str, list[Extent]])
    failures: list[Failure] = field(default_factory=list[Failure])
    pending: list[Pending] = field(default_factory=list[Pending])
    entered: dict[tuple[int, int], None] = field(default_factory=dict[tuple[int, int], None])
    depth: int = 0

    def member(self, own: frozenset[str]) -> Scope:
        """Open the scope of a member that binds the names ``own`` for itself."""
        return Scope(
            self.arguments,
            self,
            own,
            failures=self.failures,
            pending=self.pending,
            depth=self.depth,
        )

    def collect(self, member: Scope) -> None:
        """Keep what a member bound under its own names."""
        for name in member.own:
            if name in member.bound:
                self.members.setdefault(name, []).append(member.bound[name].extent)

    def find(self, name: str) -> Bound | None:
        """Look a name up, from the inside out."""
        if name in self.bound or self.parent is None or name in self.own:
            return self.bound.get(name)
        return self.parent.find(name)

    def bind(self, name: str, bound: Bound) -> None:
        """Bind a name where it belongs: here if it is our own, else outside."""
        if self.parent is None or name in self.own:
            self.bound[name] = bound
        else:
            self.parent.bind(name, bound)

    def chain(self) -> Iterator[Scope]:
        """Go through this scope and those around it."""
        yield self
        if self.parent is not None:
            yield from self.parent.chain()

    def names(self) -> dict[str, Any]:
        """Collect what an expression may read: arguments, then members' extents, then axes."""
        seen: dict[str, Any] = {**self.arguments, ARGUMENTS: self.arguments}
        for scope in reversed(list(self.chain())):
            seen.update({name: tuple(extents) for name, extents in scope.members.items()})
            seen.update({name: bound.extent for name, bound in scope.bound.items()})
        return seen

    def table(self) -> list[tuple[str, Bound]]:
        """All bindings for the axis table of a message, in the order in which they were made."""
        rows: list[tuple[str, Bound]] = []
        for scope in reversed(list(self.chain())):
            rows.extend(
                (name, Bound(tuple_of(extents), "the members, in order"))
                for name, extents in scope.members.items()
            )
            rows.extend(scope.bound.items())
        return rows

    def snapshot(self) -> Snapshot:
        """Remember the bindings and what is still open, to try one alternative of a union."""
        return Snapshot(
            tuple((scope, dict(scope.bound)) for scope in self.chain()),
            len(self.failures),
            len(self.pending),
            len(self.entered),
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Forget what an alternative bound, said and left open."""
        for scope, bound in snapshot.bound:
            scope.bound.clear()
            scope.bound.update(bound)
        del self.failures[snapshot.failures :]
        del self.pending[snapshot.pending :]
        for key in list(self.entered)[snapshot.entered :]:
            del self.entered[key]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The bindings of a scope and those around it, and how much was said, left open and walked."""

    bound: tuple[tuple[Scope, dict[str, Bound]], ...]
    failures: int
    pending: int
    entered: int


def tuple_of(extents: list[Extent]) -> tuple[int, ...]:
    """Flatten the extents of members (a variadic axis gives several)."""
    flat: list[int] = []
    for extent in extents:
        flat.extend(extent if isinstance(extent, tuple) else (extent,))
    return tuple(flat)
