"""Guarded siblings of an operation: what a guard proves, and whether its lack is evidence.

A test is a guard if it speaks of the very extent: it excludes that a number which is not known is 0.
What holds of a sibling is asked for the axis that its guard speaks of, and for no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.deduction import given
from shapeguard.lint.flow.domain.predicates import contradicts, equal
from shapeguard.lint.flow.domain.propositions import FALSE, conjuncts, is_presence, literals
from shapeguard.lint.flow.domain.ranks import elements, has_elements
from shapeguard.lint.flow.domain.terms import ZERO
from shapeguard.lint.flow.domain.values import as_tensor
from shapeguard.lint.flow.evidence.beliefs import asks
from shapeguard.lint.flow.evidence.extents import extents_of, paths_where
from shapeguard.lint.flow.evidence.reasons import Emptiness, Reason
from shapeguard.lint.flow.evidence.witness import search
from shapeguard.lint.flow.syntax.trees import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    import libcst as cst

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.events import Event, Moment
    from shapeguard.lint.flow.evidence.witness import Assignment
    from shapeguard.lint.flow.trace import Trail


@dataclass(frozen=True, slots=True)
class Guard:
    """The tests by which it is known that an axis is not empty; None is any axis."""

    axis: int | None
    trail: Trail


def guards_of(value: Value, moment: Moment, axis: int | None = None) -> Iterator[Guard]:
    """Yield the tests by which the facts on the path prove that a value is not empty."""
    tested = [part for part in _facts(moment) if part in moment.tests and not is_presence(part)]
    if not tested:
        return
    for _, leaf in merge.alternatives(value):
        for place, zero, term in _zeros(leaf, moment, axis):
            proof = next((each for each in tested if contradicts(zero, {each})), None)
            trail = () if proof is None else moment.tests[proof]
            if any(asks(each, term) for each in trail):
                yield Guard(place, trail)


def _zeros(
    value: Value, moment: Moment, axis: int | None
) -> Iterator[tuple[int | None, Predicate, Term]]:
    """Yield what would be true of an empty value: an axis is 0, or the number of elements is."""
    for place, term, _ in extents_of(value, axis):
        zero = equal(term, ZERO)
        if zero != FALSE:
            yield place, zero, term
    tensor = as_tensor(value)
    if tensor is not None and has_elements(tensor, moment.facts):
        for zero in literals(equal(elements(tensor), ZERO)):
            yield None, zero, elements(tensor)


def _facts(moment: Moment) -> Iterator[Predicate]:
    for fact in moment.facts:
        yield from conjuncts(fact)


def unguarded(event: Event, value: Value, name: str, axis: int | None) -> Emptiness | None:
    """Return the evidence that a twin of an event guards what the event does not."""
    moment = event.moment
    if moment.twins is None or not any(_open(value, moment, axis)):
        return None
    passed = {each.site for part in _facts(moment) for each in moment.tests.get(part, ())}
    looked_at: set[int | None] = set()
    for twin in moment.twins.find(event, name):
        if axis is not None and twin.axis not in (axis, None, *_places(value, axis)):
            continue
        if twin.axis in looked_at or any(each.site in passed for each in twin.trail):
            continue
        if any(_is_part_of(event, each.site.node) for each in twin.trail):
            continue
        looked_at.add(twin.axis)
        sizes = _possible(value, moment, twin.axis if axis is None else axis)
        if sizes is not None:
            reason = f"`{twin.function.qualname}` guards the same operation, here nothing does"
            return Emptiness(reason, sizes, twin.trail, Reason.TWIN, near=twin.near)
    return None


def _is_part_of(event: Event, test: cst.CSTNode) -> bool:
    """Say whether an operation stands in the very test that guards its twin."""
    return any(part is event.site.node for part in walk(test))


def _places(value: Value, axis: int) -> set[int]:
    """Return the number of an axis, counted from the front where the rank is known."""
    return {
        place for _, leaf in merge.alternatives(value) for place, _, _ in extents_of(leaf, axis)
    }


def _possible(value: Value, moment: Moment, axis: int | None) -> Assignment | None:
    """Return sizes for which a value of unknown extent is empty, if the facts allow any."""
    for zero, facts in _open(value, moment, axis):
        sizes = search([zero], facts)
        if sizes is not None:
            return sizes
    return None


def _open(
    value: Value, moment: Moment, axis: int | None
) -> Iterator[tuple[Predicate, tuple[Predicate, ...]]]:
    """Yield what would be true of an empty value where no fact by itself says that it is not."""
    for condition, leaf in merge.alternatives(value):
        then = paths_where(moment, condition)
        if then is None or has_elements(leaf, then.facts):
            continue
        for _, term, _ in extents_of(leaf, axis):
            zero = equal(term, ZERO)
            if term.known is None and given(zero, frozenset(then.facts)) != FALSE:
                yield zero, then.facts
