"""What a condition can be: literals about terms and combinations of them.

A literal is ``term <= 0``, ``term == 0``, or a fact about which nothing more is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.terms import Sizes, Symbol, Term

NONE = "none("
"""How the key of an opaque condition begins that says that a value is None."""
ISINSTANCE = "isinstance("
RANK = "#rank"


@dataclass(frozen=True, slots=True)
class AtMostZero:
    """``term <= 0``."""

    term: Term


@dataclass(frozen=True, slots=True)
class IsZero:
    """``term == 0``, or ``term != 0`` if not ``holds``."""

    term: Term
    holds: bool = True


@dataclass(frozen=True, slots=True)
class Opaque:
    """A condition of which only the identity is known."""

    key: str
    holds: bool = True


@dataclass(frozen=True, slots=True)
class EveryMember:
    """``condition`` holds for every member of a list of sizes, for which ``member`` stands."""

    sizes: Sizes
    member: Symbol
    condition: Predicate
    holds: bool = True


@dataclass(frozen=True)
class Compound:
    """Several conditions together; its hash and size are computed once."""

    parts: tuple[Predicate, ...]

    @cached_property
    def _hash(self) -> int:
        return hash((type(self).__name__, self.parts))

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def size(self) -> int:
        """The number of literals."""
        return sum(part.size if isinstance(part, Compound) else 1 for part in self.parts)


class Every(Compound):
    """All parts hold; the empty conjunction is true."""


class Some(Compound):
    """At least one part holds; the empty disjunction is false."""


Literal = AtMostZero | IsZero | Opaque | EveryMember
Predicate = Literal | Every | Some

TRUE = Every(())
FALSE = Some(())
