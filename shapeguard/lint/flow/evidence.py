"""Evidence that an extent, a length or a count can be 0.

A term may be 0 if there is a reason to believe it (the sizes of a split, a mask, a filter, a list that
is filled under a condition, or a test of the same term elsewhere in the function) and the facts on the
path leave it possible. Without a reason nothing is said: unknown is silent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shapeguard.lint.flow.predicates import FALSE, equal, given, less
from shapeguard.lint.flow.terms import ZERO, Operation, Sizes, Symbol, operations
from shapeguard.lint.flow.witness import search

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.events import Moment
    from shapeguard.lint.flow.terms import Term
    from shapeguard.lint.flow.trace import Trail
    from shapeguard.lint.flow.witness import Assignment


@dataclass(frozen=True, slots=True)
class Emptiness:
    """Why a term can be 0, with sizes for which it is; ``trail`` shows a test of it elsewhere."""

    reason: str
    sizes: Assignment
    trail: Trail = ()


def may_be_zero(term: Term, moment: Moment) -> Emptiness | None:
    """Return the evidence that a term can be 0 at a moment, or None without evidence."""
    zero = equal(term, ZERO)
    if zero == FALSE or given(zero, frozenset(moment.facts)) == FALSE:
        return None
    reason = next(_reasons(term), None)
    trail = () if reason is not None else _tested(term, moment)
    if reason is None and not trail:
        return None
    sizes = search([zero], moment.facts)
    if sizes is None:
        return None
    return Emptiness(reason or "it is tested for 0 elsewhere in the function", sizes, trail)


def _reasons(term: Term) -> Iterator[str]:
    for atom in operations(term):
        if isinstance(atom, Symbol) and atom.why:
            yield atom.why
        elif isinstance(atom, Operation) and atom.name == "range_sum":
            sizes, _, stop = atom.operands
            if isinstance(sizes, Sizes) and stop is not None:
                yield f"a size in `{sizes.name}` may be 0"


def _tested(term: Term, moment: Moment) -> Trail:
    """Return the branches that test whether this very term is 0."""
    for literal in (equal(term, ZERO), less(ZERO, term)):
        trail = moment.tests.get(literal)
        if trail:
            return trail
    return ()
