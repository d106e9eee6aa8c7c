"""That something unknown is true, and what this says: as a number it is not 0, as a list not empty.

Of a value that is not true nothing follows: it may be ``None``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.propositions import AtMostZero, IsZero, Opaque
from shapeguard.lint.flow.domain.terms import ONE, Symbol, Term, symbol

if TYPE_CHECKING:
    from collections.abc import Container

    from shapeguard.lint.flow.domain.propositions import Predicate

_TRUE = "true("
_LENGTH = "#0"


def trueness(origin: str) -> Opaque:
    """Return the condition that the value of this origin is true."""
    return Opaque(f"{_TRUE}{origin})")


def is_true(term: Term, known: Container[Predicate]) -> bool:
    """Say whether a term is a number, or the length of a list, that is known to be true."""
    match term:
        case Term(constant=0, parts=((Symbol(key), _),)):
            return trueness(key) in known or (
                key.endswith(_LENGTH) and trueness(key.removesuffix(_LENGTH)) in known
            )
        case _:
            return False


def tells_truth(asked: Opaque, known: Container[Predicate]) -> bool:
    """Say whether what is known of a value as a number contradicts that it is true, or is not."""
    if not asked.key.startswith(_TRUE):
        return False
    origin = asked.key.removeprefix(_TRUE).removesuffix(")")
    value = symbol(origin, "", low=None)
    if asked.holds:
        zeros = (value, symbol(f"{origin}{_LENGTH}", ""))
        return any(IsZero(each.scaled(-1)) in known for each in zeros)
    return AtMostZero(ONE - value) in known or AtMostZero(value + ONE) in known
