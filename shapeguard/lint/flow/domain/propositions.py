"""What a condition can be: literals about terms and combinations of them; what it speaks of.

A literal is ``term <= 0``, ``term < 0``, ``term == 0``, or a fact about which nothing more is known.
Millions of them are made, hashed and compared: by :mod:`msgspec`, some four times as fast as by code that
:mod:`dataclasses` writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

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


class AtMostZero(Struct, frozen=True, cache_hash=True):
    """``term <= 0``, or ``term < 0`` if it is ``strict``: of numbers that need not be integers."""

    term: Term
    strict: bool = False


class IsZero(Struct, frozen=True, cache_hash=True):
    """``term == 0``, or ``term != 0`` if not ``holds``."""

    term: Term
    holds: bool = True


class Opaque(Struct, frozen=True, cache_hash=True):
    """A condition of which only the identity is known.

    ``about`` are the symbols of which it spoke before it had grown too large to reason about, which the
    identity tells as well.
    """

    key: str
    holds: bool = True
    about: frozenset[Symbol] = frozenset()

    def __repr__(self) -> str:
        return f"Opaque(key={self.key!r}, holds={self.holds!r})"


class EveryMember(Struct, frozen=True, cache_hash=True):
    """``condition`` holds for every member of a list of sizes, for which ``member`` stands."""

    sizes: Sizes
    member: Symbol
    condition: Predicate
    holds: bool = True


class Compound(Struct, frozen=True, cache_hash=True, dict=True):
    """Several conditions together; its size and text are computed once."""

    parts: tuple[Predicate, ...]

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


class Every(Compound, frozen=True):
    """All parts hold; the empty conjunction is true."""


class Some(Compound, frozen=True):
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
