"""That something unknown is true, and what this says: as a number it is not 0, as a list not empty.

Of a value that is not true nothing follows: it may be ``None``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.propositions import AtMostZero, IsZero, Opaque
from shapeguard.lint.flow.domain.terms import ONE, Symbol, Term, symbol

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.propositions import Predicate

_TRUE = "true("
_LENGTH = "#0"


def trueness(origin: str) -> Opaque:
    """Return the condition that the value of this origin is true."""
    return Opaque(f"{_TRUE}{origin})")


def true_where(term: Term) -> tuple[Predicate, ...]:
    """Return the facts each of which says that a number, or the length of a list, is true."""
    match term:
        case Term(constant=0, parts=((Symbol(key), _),)):
            origins = [key, key.removesuffix(_LENGTH)]
            return tuple(trueness(each) for each in dict.fromkeys(origins))
        case _:
            return ()


def told_otherwise(asked: Opaque) -> tuple[Predicate, ...]:
    """Return the facts about a value as a number that contradict that it is true, or is not."""
    if not asked.key.startswith(_TRUE):
        return ()
    origin = asked.key.removeprefix(_TRUE).removesuffix(")")
    value = symbol(origin, "", low=None)
    if asked.holds:
        zeros = (value, symbol(f"{origin}{_LENGTH}", ""))
        return tuple(IsZero(each.scaled(-1)) for each in zeros)
    return (
        AtMostZero(ONE - value),
        AtMostZero(value + ONE),
        AtMostZero(value, strict=True),
        AtMostZero(value.scaled(-1), strict=True),
    )
