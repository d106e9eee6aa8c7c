"""Flags and names that a loop sets in some of its rounds: set where there was such a round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.deduction import given
from shapeguard.lint.flow.domain.growth import Growth, lengths_behind
from shapeguard.lint.flow.domain.predicates import every, less, negate
from shapeguard.lint.flow.domain.propositions import FALSE, TRUE, absence
from shapeguard.lint.flow.domain.terms import ONE, ZERO, symbol
from shapeguard.lint.flow.domain.values import Bool, Missing, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shapeguard.lint.flow.domain.growth import Rounds
    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.domain.values import Value


def set_behind(
    entry: Mapping[str, Value],
    before: Mapping[str, Value],
    after: Mapping[str, Value],
    rounds: Rounds,
    loop: str,
) -> Iterator[tuple[str, Value]]:
    """Yield the flags that a loop sets, and the names that it fills once, as they are behind it.

    They are set where there was a round that sets them: where a list that grows in these has a member.
    """
    for name, value in after.items():
        first, kept = entry.get(name), before.get(name)
        if kept is None or not (isinstance(first, Missing) or first in _FLAGS):
            continue
        found = _settings(first, kept, value)
        if found is not None:
            lengths = lengths_behind(found, rounds, symbol(f"{loop}~{found.pace}", name))
            ways = (each for way, total in lengths for each in _set(first, kept, way, total))
            yield name, merge.select(ways, f"{loop}~{name}")


_FLAGS = (Bool(FALSE), Bool(TRUE))


def _settings(first: Value | None, kept: Value, after: Value) -> Growth | None:
    """Return in which rounds a name is set that was not, or None where it gets more than one value."""
    steps: list[tuple[Predicate, Term]] = []
    unset = (absence(kept.origin),) if isinstance(kept, Unknown) else ()
    for condition, leaf in merge.alternatives(after):
        here = given(condition, unset) if isinstance(first, Missing) else condition
        if leaf != kept and (leaf == first or (first in _FLAGS and leaf not in _FLAGS)):
            return None
        steps.append((here, ZERO if leaf == kept else ONE))
    return Growth(ZERO, tuple(steps)) if any(step == ONE for _, step in steps) else None


def _set(
    first: Value | None, kept: Value, way: Predicate, total: Term
) -> Iterator[tuple[Predicate, Value]]:
    """Yield what a name is behind the loop, and where: set in one of so many rounds, or in none."""
    some = less(ZERO, total)
    if isinstance(first, Bool):
        yield way, Bool(some if first.predicate == FALSE else negate(some))
        return
    yield every((way, negate(some))), Missing()
    yield every((way, some)), kept
