"""Results of one function that differ in rank: on the path without members, and on the one with some."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.predicates import contradicts
from shapeguard.lint.flow.domain.propositions import AtMostZero, IsZero, conjuncts
from shapeguard.lint.flow.domain.tensors import Tensor
from shapeguard.lint.flow.domain.terms import Symbol
from shapeguard.lint.flow.domain.values import Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.events import Return
    from shapeguard.lint.flow.trace import Trail

_SIZES = ("#", "count(")


@dataclass(frozen=True, slots=True)
class OtherRank:
    """A result of ``rank`` axes where something is empty, which has ``usual`` axes elsewhere."""

    rank: int
    usual: int
    trail: Trail


@dataclass(frozen=True, slots=True)
class _Result:
    """A tensor at a place of a result, and what holds where it is given."""

    place: tuple[int, ...]
    tensor: Tensor
    facts: frozenset[Predicate]


def other_rank(event: Return) -> OtherRank | None:
    """Return that a result has another rank where a test has found something to be empty.

    The result must be made of nothing: all of its extents are numbers. What it is compared with is
    given where the same test has found that there is something.
    """
    here = [each for each in _results(event.value, event.moment.facts) if _is_made(each.tensor)]
    if not here:
        return None
    there = [each for facts, value in event.others for each in _results(value, facts)]
    for one in here:
        for empty in filter(_is_empty, one.facts):
            trail = _own_tests(event, empty)
            usual = _rank_beside(one, empty, there) if trail else None
            if usual is not None and one.tensor.rank is not None:
                return OtherRank(one.tensor.rank, usual, trail)
    return None


def _results(
    value: Value, facts: tuple[Predicate, ...], place: tuple[int, ...] = ()
) -> Iterator[_Result]:
    for condition, leaf in merge.alternatives(value):
        here = (*facts, condition)
        if isinstance(leaf, Tensor):
            yield _Result(place, leaf, frozenset(part for f in here for part in conjuncts(f)))
        elif isinstance(leaf, Sequence):
            for number, item in enumerate(leaf.items or ()):
                yield from _results(item, here, (*place, number))


def _own_tests(event: Return, empty: Predicate) -> Trail:
    """Return where the function itself tests: what a helper gives is told where the helper ends."""
    tests = event.moment.tests.get(empty, ())
    return tuple(each for each in tests if each.site.function is event.site.function)


def _is_made(tensor: Tensor) -> bool:
    known = [term for _, term in tensor.extents if term.known is not None]
    return tensor.rank is not None and len(known) == tensor.rank


def _is_empty(fact: Predicate) -> bool:
    """Say whether a fact is that one extent, or one number of entries, is 0."""
    match fact:
        case IsZero(term, holds=True) | AtMostZero(term):
            atoms = [atom for atom, _ in term.parts]
        case _:
            return False
    match atoms:
        case [Symbol(key, why=why)] if term.constant == 0:
            return bool(why) or any(each in key for each in _SIZES)
        case _:
            return False


def _rank_beside(one: _Result, empty: Predicate, there: list[_Result]) -> int | None:
    """Return the rank of what is given at the same place where something is not empty."""
    for other in there:
        rank = other.tensor.rank
        differs = rank is not None and rank != one.tensor.rank and other.place == one.place
        if differs and contradicts(empty, other.facts):
            return rank
    return None
