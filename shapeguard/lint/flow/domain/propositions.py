"""What a condition can be: literals about terms and combinations of them; what it speaks of.

A literal is ``term <= 0``, ``term < 0``, ``term == 0``, or a fact about which nothing more is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.once import once
from shapeguard.lint.flow.domain.terms import Symbol, Term, atoms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.domain.terms import Sizes

NONE = "none("
"""How the key of an opaque condition begins that says that a value is None."""
ISINSTANCE = "isinstance("
LOST = "condition "
"""How the key of a condition begins that has grown too large to reason about."""
RANK = "#rank"


@dataclass(frozen=True, slots=True)
class AtMostZero:
    """``term <= 0``, or ``term < 0`` if it is ``strict``: of numbers that need not be integers."""

    term: Term
    strict: bool = False

    def __hash__(self) -> int:
        return hash(self.term) ^ self.strict

    def __eq__(self, other: object) -> bool:
        return self is other or (
            type(other) is AtMostZero and self.strict == other.strict and self.term == other.term
        )


@dataclass(frozen=True, slots=True)
class IsZero:
    """``term == 0``, or ``term != 0`` if not ``holds``."""

    term: Term
    holds: bool = True

    def __hash__(self) -> int:
        return ~hash(self.term) if self.holds else -hash(self.term)

    def __eq__(self, other: object) -> bool:
        return self is other or (
            type(other) is IsZero and self.holds == other.holds and self.term == other.term
        )


@dataclass(frozen=True, slots=True)
class Opaque:
    """A condition of which only the identity is known.

    ``about`` are the symbols of which it spoke before it had grown too large to reason about.
    """

    key: str
    holds: bool = True
    about: frozenset[Symbol] = field(default=frozenset(), compare=False, repr=False)

    def __hash__(self) -> int:
        return hash(self.key) if self.holds else ~hash(self.key)

    def __eq__(self, other: object) -> bool:
        return self is other or (
            type(other) is Opaque and self.holds == other.holds and self.key == other.key
        )


@dataclass(frozen=True, slots=True)
class EveryMember:
    """``condition`` holds for every member of a list of sizes, for which ``member`` stands."""

    sizes: Sizes
    member: Symbol
    condition: Predicate
    holds: bool = True


@dataclass(frozen=True, repr=False)
class Compound:
    """Several conditions together; its hash, size and text are computed once."""

    parts: tuple[Predicate, ...]

    @once
    def _hash(self) -> int:
        return hash((type(self).__name__, self.parts))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, Compound)
            and type(self) is type(other)
            and self._hash == other._hash
            and self.parts == other.parts
        )

    @once
    def _text(self) -> str:
        return f"{type(self).__name__}(parts={self.parts!r})"

    def __repr__(self) -> str:
        return self._text

    @once
    def size(self) -> int:
        """The number of literals."""
        return sum(part.size if isinstance(part, Compound) else 1 for part in self.parts)

    @once
    def literals(self) -> tuple[Literal, ...]:
        """The literals, in the order in which they stand."""
        return tuple(literal for part in self.parts for literal in literals(part))


class Every(Compound):
    """All parts hold; the empty conjunction is true."""


class Some(Compound):
    """At least one part holds; the empty disjunction is false."""


Literal = AtMostZero | IsZero | Opaque | EveryMember
Predicate = Literal | Every | Some

TRUE = Every(())
FALSE = Some(())


def absence(origin: str) -> Opaque:
    """Return the condition that the value of this origin is None."""
    return Opaque(f"{NONE}{origin})")


def is_lost(predicate: Predicate) -> bool:
    """Say whether a condition, or one that holds with it, has grown too large to be kept."""
    parts = (part for part in conjuncts(predicate) if isinstance(part, Opaque))
    return any(part.key.startswith(LOST) for part in parts)


def is_partly_lost(predicate: Predicate) -> bool:
    """Say whether any part of a condition has grown too large to be kept: no sizes can be checked."""
    return any(key.startswith(LOST) for key in opaque_keys(predicate))


def is_presence(predicate: Predicate) -> bool:
    """Say whether a condition only asks what is there: not None, of a type, of a rank."""
    if isinstance(predicate, Opaque):
        return predicate.key.startswith((NONE, ISINSTANCE))
    if isinstance(predicate, AtMostZero | IsZero):
        return all(
            isinstance(each, Symbol) and each.key.endswith(RANK) for each in atoms(predicate.term)
        )
    return False


def conjuncts(predicate: Predicate) -> tuple[Predicate, ...]:
    """Return the parts that all hold when the predicate holds."""
    return predicate.parts if isinstance(predicate, Every) else (predicate,)


def literals(predicate: Predicate) -> tuple[Literal, ...]:
    """Return the literals of a predicate."""
    return predicate.literals if isinstance(predicate, Every | Some) else (predicate,)


def unknowns(predicate: Predicate) -> Iterator[Symbol | Sizes]:
    """Yield the symbols that a predicate speaks about."""
    for literal in literals(predicate):
        if isinstance(literal, EveryMember):
            yield literal.sizes
        elif not isinstance(literal, Opaque):
            yield from atoms(literal.term)


def opaque_keys(predicate: Predicate) -> set[str]:
    """Return the identities of the conditions of which nothing more is known."""
    return {each.key for each in literals(predicate) if isinstance(each, Opaque)}


def asked_for(predicate: Predicate) -> frozenset[Symbol]:
    """Return the symbols that a condition compares with nothing else, and those of digested parts."""
    found: set[Symbol] = set()
    for each in literals(predicate):
        match each:
            case Opaque(about=about):
                found |= about
            case AtMostZero(Term(parts=((Symbol() as symbol, _),))) | IsZero(
                Term(parts=((Symbol() as symbol, _),))
            ):
                found.add(symbol)
            case _:
                continue
    return frozenset(found)
