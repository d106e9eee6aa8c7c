"""When and where something happens, what is known there, and what happens: the base of all events."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.program import Function
    from shapeguard.lint.flow.trace import Site, Trail


@dataclass(frozen=True, slots=True)
class Twin:
    """The same kind of operation on the same kind of operand, guarded by the tests of ``trail``.

    They exclude that ``axis`` is empty, or any axis where there is None. ``near`` says that it stands
    in the same function or in the same family of classes. ``keys`` are the origins of the key that it
    looks up, if it looks one up.
    """

    function: Function
    site: Site
    trail: Trail
    near: bool
    axis: int | None
    keys: frozenset[str] = frozenset()


class FindsTwins(Protocol):
    """What knows the rest of the package; see ``lint/twins.py``."""

    def find(self, event: Event, name: str) -> Iterator[Twin]:
        """Yield guarded twins of an operation on what the source calls ``name``, the nearest first."""
        ...

    def narrowed(self, function: Function, name: str) -> Iterator[Twin]:
        """Yield where what is called ``name`` is narrowed together with something else."""
        ...


@dataclass(frozen=True, slots=True)
class Moment:
    """Where and when something happens.

    ``facts`` hold on the path; ``path`` are the calls that led here. ``tests`` maps a literal to the
    branches of the function that test it, for traces and as evidence; ``twins`` looks beyond it.
    ``origins`` maps the key of a symbol and its reason to where it got that reason.
    """

    site: Site
    facts: tuple[Predicate, ...]
    path: Trail
    tests: Mapping[Predicate, Trail]
    twins: FindsTwins | None = field(default=None, compare=False)
    origins: Mapping[tuple[str, str], Trail] = field(
        default_factory=dict[tuple[str, str], "Trail"], compare=False
    )


@dataclass(frozen=True)
class Event:
    """Something that happens at a moment of the abstract execution."""

    moment: Moment

    @property
    def site(self) -> Site:
        """The node at which it happens."""
        return self.moment.site
