"""Random terms, predicates and assignments over a few symbols, for property tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from shapeguard.lint.flow.domain.algebra import operation, times
from shapeguard.lint.flow.domain.numbers import UndefinedError
from shapeguard.lint.flow.domain.predicates import any_of, at_most, equal, every, less, negate
from shapeguard.lint.flow.domain.propositions import Opaque
from shapeguard.lint.flow.domain.terms import Sizes, Symbol, evaluate, number, symbol
from shapeguard.lint.flow.evidence.witness import Assignment, holds

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.terms import Term

NAMES = ("m", "n", "rows")
SIGNED = "offset"  # may be negative; the others are extents
SIZES = Sizes("sizes", "sizes")
KEYS = ("none(index)", "true(flag)")

# Properties are tried on fewer examples than usual: terms are costly to draw.
checked = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

numbers = st.integers(-3, 3)
divisors = st.integers(-1, 2).map(number) | st.sampled_from(NAMES).map(symbol)
extents = st.sampled_from(NAMES).map(symbol)
atoms = extents | st.just(symbol(SIGNED, low=None))


def _extended(terms: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    bound = st.none() | terms
    small = st.none() | divisors
    return st.one_of(
        st.builds(lambda a, b: a + b, terms, terms),
        st.builds(lambda a, b: a - b, terms, terms),
        st.builds(lambda a, k: a.scaled(k), terms, numbers),
        st.builds(times, terms, terms),
        st.builds(operation, st.sampled_from(["quotient", "remainder"]), terms, divisors),
        st.builds(operation, st.sampled_from(["minimum", "maximum"]), terms, terms),
        st.builds(operation, st.just("slice_length"), extents, bound, bound),
        st.builds(operation, st.just("range_sum"), st.just(SIZES), small, small),
        st.builds(operation, st.just("member"), st.just(SIZES), divisors),
        st.just(operation("count", SIZES)),
    )


terms = st.recursive(numbers.map(number) | atoms, _extended, max_leaves=4)

literals = st.one_of(
    st.builds(at_most, terms, terms),
    st.builds(less, terms, terms),
    st.builds(equal, terms, terms),
    st.builds(Opaque, st.sampled_from(KEYS), st.booleans()),
)


def _predicates(parts: st.SearchStrategy[Predicate], leaves: int) -> st.SearchStrategy[Predicate]:
    return st.recursive(
        parts,
        lambda inner: st.one_of(
            st.builds(negate, inner),
            st.lists(inner, max_size=3).map(every),
            st.lists(inner, max_size=3).map(any_of),
        ),
        max_leaves=leaves,
    )


def _related(pool: list[Predicate]) -> st.SearchStrategy[tuple[Predicate, list[Predicate]]]:
    each = st.sampled_from([*pool, *map(negate, pool)])
    return st.tuples(_predicates(each, 4), st.lists(each, min_size=1, max_size=3))


predicates = _predicates(literals, 6)
related = st.lists(literals, min_size=2, max_size=2).flatmap(_related)
"""A predicate and facts that are made of the same two literals, so that they often bear on it."""

assignments = st.builds(
    lambda values, sizes, flags: Assignment(
        {**{Symbol(name, name): value for name, value in values.items()}, SIZES: sizes}, flags
    ),
    st.fixed_dictionaries(
        {**{name: st.integers(0, 4) for name in NAMES}, SIGNED: st.integers(-3, 3)}
    ),
    st.lists(st.integers(0, 3), max_size=3).map(tuple),
    st.fixed_dictionaries({key: st.booleans() for key in KEYS}),
)


def value_of(term: Term, given: Assignment) -> int | None:
    """Return the value of a term, or None where it has none."""
    try:
        return evaluate(term, given.values)
    except UndefinedError:
        return None


def truth_of(predicate, given: Assignment) -> bool:
    """Return whether a predicate holds; every symbol has a value."""
    answer = holds(predicate, given)
    assert answer is not None
    return answer


def defined(predicate, given: Assignment) -> bool:
    """Say whether all terms of a predicate have a value.

    Where a term has none, neither the predicate nor its negation holds: that path does not exist.
    """
    match predicate:
        case Opaque():
            return True
        case _ if hasattr(predicate, "parts"):
            return all(defined(part, given) for part in predicate.parts)
        case _:
            return value_of(predicate.term, given) is not None
