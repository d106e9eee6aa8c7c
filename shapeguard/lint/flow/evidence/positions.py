"""Positions that a loop counts up to a number of its own, in something that may be shorter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.predicates import at_most
from shapeguard.lint.flow.domain.propositions import AtMostZero, conjuncts
from shapeguard.lint.flow.domain.tensors import Tensor
from shapeguard.lint.flow.domain.terms import Operation, atoms, operations
from shapeguard.lint.flow.evidence.witness import search

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.terms import Atom, Term
    from shapeguard.lint.flow.events import Lookup
    from shapeguard.lint.flow.evidence.witness import Assignment

_GIVEN = re.compile(r"[A-Za-z_]\w*(\.\w+)*")
"""The key of an argument, or of a field of one."""


def beyond_end(event: Lookup) -> Assignment | None:
    """Return sizes for which a counted position is behind the end of what it is read of.

    What bounds the position must be known, and be no more than a number that somebody gave: an index
    without a bound is in range, as far as is known.
    """
    position = event.position
    if position is None or not _is_bounded(position, event.moment.facts):
        return None
    for leaf in merge.leaves(event.holder):
        if isinstance(leaf, Tensor):
            behind = at_most(leaf.extent(event.axis), position)
            if (sizes := search([behind], event.moment.facts)) is not None:
                return sizes
    return None


def _is_given(atom: Atom) -> bool:
    """Say whether a number was given, and not measured of anything."""
    return isinstance(atom, Operation) or _GIVEN.fullmatch(getattr(atom, "key", "")) is not None


def _is_bounded(position: Term, facts: Iterable[Predicate]) -> bool:
    """Say whether facts name a number that was given, beyond which a position does not go."""
    for part in (each for fact in facts for each in conjuncts(fact)):
        if isinstance(part, AtMostZero):
            bound = position - part.term
            others = {*atoms(bound)}.isdisjoint(atoms(position))
            if others and all(map(_is_given, operations(bound))):
                return True
    return False
