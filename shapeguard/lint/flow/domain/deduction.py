"""What facts tell about a condition: that it holds, that it does not, or what remains of it.

Only the facts that can decide a condition are looked at, so that what was found out stays found out
while a path learns other things.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import predicates
from shapeguard.lint.flow.domain.predicates import (
    any_of,
    contradicts,
    deciders,
    every,
    negate,
    opposites,
)
from shapeguard.lint.flow.domain.propositions import FALSE, TRUE, Every, Some, conjuncts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapeguard.lint.flow.domain.propositions import Predicate


_NO_FACTS = frozenset["Predicate"]()


@functools.lru_cache(maxsize=50_000)
def _about(predicate: Predicate) -> frozenset[Predicate]:
    """Return the facts that can decide a predicate or a part of it; any other says nothing of it."""
    found: set[Predicate] = {predicate}
    for side in (predicate, negate(predicate)):
        found.add(side)
        match side:
            case Every(parts=parts) | Some(parts=parts):
                found.add(negate(side))
                found.update(*map(_about, parts))
            case _:
                found.update(opposites(side))
    return frozenset(found)


def given(predicate: Predicate, facts: Iterable[Predicate]) -> Predicate:
    """Simplify a predicate under facts that hold: TRUE, FALSE, or what remains to be known."""
    return _given(predicate, _about(predicate).intersection(facts) if facts else _NO_FACTS)


@functools.lru_cache(maxsize=50_000)
def _given(predicate: Predicate, known: frozenset[Predicate]) -> Predicate:
    if predicate in known:
        return TRUE
    if contradicts(predicate, known):
        return FALSE
    if isinstance(predicate, Every):
        return every(given(part, known) for part in predicate.parts)
    if isinstance(predicate, Some):
        return any_of(given(part, known) for part in predicate.parts)
    return TRUE if contradicts(negate(predicate), known) else predicate


def resolved(facts: Iterable[Predicate], known: frozenset[Predicate]) -> tuple[Predicate, ...]:
    """Return what disjunctions tell more under facts that are known: one part left of them holds.

    A part is left out as well if it excludes all of another disjunction. FALSE is among it where they
    contradict what is known or each other.
    """
    learned: list[Predicate] = []
    either = tuple(fact for fact in facts if isinstance(fact, Some))
    for fact, rest, about in _possible(either):
        decided = about & known
        left = _left_of(rest, decided) if isinstance(rest, Some) else _given(rest, decided)
        if left in (fact, TRUE):
            continue
        more = [part for part in conjuncts(left) if part not in known]
        if more:
            learned += more
            known = known.union(more)
    return tuple(learned)


@functools.lru_cache(maxsize=5_000)
def _possible(
    either: tuple[Some, ...],
) -> tuple[tuple[Some, Predicate, frozenset[Predicate]], ...]:
    """Return disjunctions, each with what the others leave of it and what can decide that."""
    deciding = tuple((other, deciders(other)) for other in either)
    rests = ((fact, _without_excluded(fact, deciding)) for fact in either)
    return tuple((fact, rest, _about(rest)) for fact, rest in rests)


def _without_excluded(fact: Some, either: Iterable[tuple[Some, frozenset[Predicate]]]) -> Predicate:
    """Return a disjunction without the parts that exclude all of another one.

    The others are given with the facts of which one is needed to exclude them.
    """
    together = _together(fact)
    if not together:
        return fact
    gone = {
        part
        for other, needed in either
        if other is not fact and not (other.parts and needed.isdisjoint(together))
        for part in _excluding(fact, other)
    }
    return any_of(part for part in fact.parts if part not in gone) if gone else fact


@functools.lru_cache(maxsize=50_000)
def _together(fact: Some) -> frozenset[Predicate]:
    """Return what holds together with something else in a part of a disjunction."""
    return frozenset(each for part in fact.parts if isinstance(part, Every) for each in part.parts)


@functools.lru_cache(maxsize=50_000)
def _excluding(fact: Some, either: Some) -> tuple[Predicate, ...]:
    """Return the parts of a disjunction that leave no part of another one possible."""
    return tuple(
        part
        for part in fact.parts
        if isinstance(part, Every) and contradicts(either, frozenset(part.parts))
    )


@functools.lru_cache(maxsize=50_000)
def _left_of(fact: Some, known: frozenset[Predicate]) -> Predicate:
    """Return what remains of a disjunction when its parts are simplified one by one."""
    return any_of(given(part, known) for part in fact.parts)


def forget_all() -> None:
    """Forget what was computed for other functions, in which a symbol may mean something else."""
    predicates.forget_all()
    for cached in (_given, _about, _left_of, _excluding, _possible, _together):
        cached.cache_clear()
