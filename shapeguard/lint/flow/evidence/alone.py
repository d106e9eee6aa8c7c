"""Whether what is 0 is so by itself: no other size is, and no condition tells that has grown too long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.predicates import less
from shapeguard.lint.flow.domain.propositions import Opaque
from shapeguard.lint.flow.domain.terms import ZERO, Symbol, Term, operations
from shapeguard.lint.flow.evidence.witness import search

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.terms import Atom
    from shapeguard.lint.flow.events import Moment
    from shapeguard.lint.flow.evidence.witness import Assignment


def is_told_at_length(term: Term, facts: frozenset[Predicate]) -> bool:
    """Say whether a fact that is too long to reason about tells whether a number is 0."""
    mine = {atom for atom in operations(term) if isinstance(atom, Symbol)}
    return any(isinstance(fact, Opaque) and not mine.isdisjoint(fact.about) for fact in facts)


def alone(goals: list[Predicate], own: Mapping[Atom, Atom], moment: Moment) -> Assignment | None:
    """Return sizes for which goals hold, and of which no other is 0 without a reason to be so.

    What is empty only together with an argument that nothing shows to be 0 is not empty by itself.
    ``own`` are the atoms that have reasons of their own.
    """
    more: list[Predicate] = []
    while True:
        sizes = search([*goals, *more], moment.facts)
        if sizes is None:
            return None
        nothing = [each for each, size in sizes.values.items() if size == 0]
        others = [
            less(ZERO, Term(0, ((each, 1),)))
            for each in nothing
            if isinstance(each, Symbol) and not each.low and not _has_reason(own.get(each, each))
        ]
        if not others:
            return sizes
        more += others


def _has_reason(atom: Atom) -> bool:
    return isinstance(atom, Symbol) and bool(atom.why)
