"""Conditions that tell a whole operand from one that was cut before, or that is one for all rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.propositions import AtMostZero, IsZero, is_presence, literals
from shapeguard.lint.flow.domain.terms import Term, atoms

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.tensors import Cut
    from shapeguard.lint.flow.domain.terms import Sizes, Symbol


def spares_what_fits(guard: Predicate, cut: Cut, *, stretches: bool) -> bool:
    """Say whether all that spares an operand is that it needs no cut.

    Its extent is another than that of a mask, or the one to which it would be cut: then it was cut before.
    Or it has no more than one entry, where the join ``stretches`` it.
    """
    about = set(atoms(cut.before))
    asked = [each for each in literals(guard) if not is_presence(each)]
    return bool(asked) and all(_fits(each, about, stretches=stretches) for each in asked)


def _fits(literal: Predicate, about: set[Symbol | Sizes], *, stretches: bool) -> bool:
    match literal:
        case IsZero(term=Term(constant=0) as term):
            names = set(atoms(term))
            return bool(about & names) and bool(names - about)
        case AtMostZero(term=Term(constant=-1, parts=((_, 1),)) as term):
            return stretches and bool(about & set(atoms(term)))
        case _:
            return False
