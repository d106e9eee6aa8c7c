from __future__ import annotations

import pytest
from flow_strategies import (
    SIZES,
    assignments,
    checked,
    defined,
    predicates,
    related,
    terms,
    truth_of,
    value_of,
)
from hypothesis import assume, given
from hypothesis import strategies as st

from shapeguard.lint.flow.domain.algebra import operation
from shapeguard.lint.flow.domain.deduction import given as under
from shapeguard.lint.flow.domain.deduction import resolved
from shapeguard.lint.flow.domain.predicates import (
    MAX_LITERALS,
    any_of,
    at_most,
    contradicts,
    equal,
    every,
    less,
    negate,
)
from shapeguard.lint.flow.domain.propositions import (
    FALSE,
    TRUE,
    Every,
    Opaque,
    Some,
    conjuncts,
    literals,
    opaque_keys,
    unknowns,
)
from shapeguard.lint.flow.domain.terms import ONE, ZERO, number, symbol
from shapeguard.lint.flow.domain.values import Unknown, as_term
from shapeguard.lint.flow.evidence.witness import search

N, M = symbol("n"), symbol("m")


def symbol_of_real(key):
    return as_term(Unknown(key, key, real=True))


PRESENT, FLAG = Opaque("none(index)", holds=False), Opaque("true(flag)")


def test_a_test_and_its_negation_are_found_by_comparison():
    assert less(ZERO, N) == negate(at_most(N, ZERO))
    assert at_most(N, M) == negate(less(M, N))
    assert equal(N, M) == equal(M, N)
    assert negate(negate(equal(N, M))) == equal(N, M)


@pytest.mark.parametrize(
    ("predicate", "folded"),
    [
        (less(ONE, number(2)), TRUE),
        (less(N, N), FALSE),
        (at_most(N, N), TRUE),
        (at_most(ZERO, N), TRUE),
        (less(N, ZERO), FALSE),
        (equal(N + M, M + N), TRUE),
        (equal(N, N + ONE), FALSE),
        (at_most(symbol("k", low=1), ZERO), FALSE),
        (at_most(operation("count", SIZES), number(-1)), FALSE),
    ],
)
def test_what_holds_for_every_extent_is_folded(predicate, folded):
    assert predicate == folded


def test_a_part_that_excludes_another_disjunction_does_not_hold():
    small, large, other = at_most(N, ZERO), at_most(M, ZERO), symbol("other")
    either = any_of((every((small, FLAG)), every((large, PRESENT))))
    tested = any_of(
        (
            every((negate(small), negate(large), equal(other, ONE))),
            every((either, equal(other, ZERO))),
        )
    )
    assert isinstance(either, Some)
    assert resolved((either, tested), frozenset((either, tested))) == (equal(other, ZERO),)


def test_order_of_what_need_not_be_an_integer():
    share = symbol_of_real("share")
    left = ONE - share
    assert less(ZERO, share) != at_most(ONE, share)
    assert negate(less(ZERO, share)) == at_most(share, ZERO)
    assert negate(negate(less(share, ONE))) == less(share, ONE)
    assert under(equal(left, ZERO), {less(ZERO, share)}) == equal(left, ZERO)
    for known in (less(share, ONE), less(ONE, share)):
        assert under(equal(left, ZERO), {known}) == FALSE
    assert under(less(share, ZERO), {less(ZERO, share)}) == FALSE
    assert under(at_most(ZERO, share), {less(ZERO, share)}) == TRUE
    assert under(less(ZERO, share), {equal(share, ZERO)}) == FALSE
    assert search([less(ZERO, share), less(share, ONE), equal(left, ZERO)]) is None
    assert search([at_most(share, ONE), equal(left, ZERO)]) is not None


@pytest.mark.parametrize("name", ["product", "quotient", "remainder", "minimum", "maximum"])
def test_what_is_computed_of_a_real_number_is_one(name):
    share = symbol_of_real("share")
    assert operation(name, share, N).real
    assert (operation(name, share, N) + ONE).real
    assert not operation(name, M, N).real


def test_a_length_is_an_integer_whatever_it_is_computed_from():
    assert not operation("range_length", ZERO, symbol_of_real("share"), ONE).real


def test_what_is_true_is_not_zero_as_a_number_nor_as_a_length():
    given_number, length = symbol("flag", low=None), symbol("flag#0")
    for zero in (equal(given_number, ZERO), equal(given_number + given_number, ZERO)):
        assert under(zero, {FLAG}) == FALSE
    assert under(equal(length, ZERO), {FLAG}) == FALSE
    assert under(FLAG, {equal(given_number, ZERO)}) == FALSE
    assert under(FLAG, {equal(length, ZERO)}) == FALSE
    for positive in (less(ZERO, given_number), less(given_number, ZERO)):
        assert under(FLAG, {positive}) == TRUE


def test_what_is_not_true_may_be_none_as_well_as_zero():
    given_number = symbol("flag", low=None)
    assert under(equal(given_number, ZERO), {negate(FLAG)}) == equal(given_number, ZERO)
    assert under(FLAG, {negate(equal(given_number, ZERO))}) == FLAG


def test_what_may_be_negative_is_not_folded():
    offset = symbol("offset", low=None)
    assert less(offset, ZERO) not in (TRUE, FALSE)
    assert at_most(ZERO, offset) == negate(less(offset, ZERO))


def test_what_is_at_least_one_is_never_zero():
    assert equal(symbol("k", low=1), ZERO) == FALSE


def test_complementary_paths_fold_to_what_they_share():
    a, b = less(N, M), PRESENT
    assert any_of((every((a, b)), every((a, negate(b))))) == a
    assert any_of((a, negate(a))) == TRUE
    assert any_of((a, every((a, b)))) == a
    assert every((a, negate(a))) == FALSE
    assert every((a, every((b, a)))) == every((a, b))


def test_zero_is_refuted_by_a_positive_extent():
    assert every((less(ZERO, N), equal(N, ZERO))) == FALSE
    assert every((less(N, M), equal(N, M))) == FALSE
    assert every((equal(N, ZERO), less(ZERO, N))) == FALSE


def test_nothing_and_everything_are_the_units():
    assert every(()) == TRUE
    assert any_of(()) == FALSE
    assert every((TRUE, PRESENT)) == PRESENT
    assert any_of((FALSE, PRESENT)) == PRESENT
    assert negate(TRUE) == FALSE
    assert conjuncts(every((PRESENT, FLAG))) == (PRESENT, FLAG)


def test_facts_simplify_what_is_already_known():
    test = every((PRESENT, less(N, M)))
    assert under(test, (PRESENT,)) == less(N, M)
    assert under(test, (less(N, M), PRESENT)) == TRUE
    assert under(test, (negate(PRESENT),)) == FALSE
    assert under(any_of((PRESENT, less(N, M))), (negate(PRESENT),)) == less(N, M)
    assert under(FLAG, (PRESENT,)) == FLAG


def test_a_disjunction_is_contradicted_only_by_all_its_parts():
    either = any_of((PRESENT, FLAG))
    assert contradicts(either, {negate(PRESENT), negate(FLAG)})
    assert not contradicts(either, {negate(PRESENT)})


def test_a_condition_that_grew_too_large_keeps_its_identity_alone():
    parts = [less(symbol(f"s{i}"), symbol(f"t{i}")) for i in range(MAX_LITERALS + 1)]
    large = every(parts)
    assert isinstance(large, Opaque)
    assert large == every(parts)
    assert every((large, negate(large))) == FALSE
    assert large != every(reversed(parts[1:]))


def test_what_a_predicate_speaks_about():
    predicate = every((less(N, operation("range_sum", SIZES, None, M)), any_of((PRESENT, FLAG))))
    assert {each.key for each in unknowns(predicate)} == {"n", "m", "sizes"}
    assert opaque_keys(predicate) == {"none(index)", "true(flag)"}
    assert len(list(literals(predicate))) == 3


@checked
@given(terms, terms, assignments)
def test_comparisons_mean_what_python_means(left, right, sizes):
    a, b = value_of(left, sizes), value_of(right, sizes)
    assume(a is not None and b is not None)
    for made, expected in ((at_most, a <= b), (less, a < b), (equal, a == b)):
        predicate = made(left, right)
        assume(defined(predicate, sizes))
        assert truth_of(predicate, sizes) == expected


@checked
@given(predicates, assignments)
def test_negation_holds_exactly_where_the_predicate_does_not(predicate, sizes):
    assume(defined(predicate, sizes))
    assert truth_of(negate(predicate), sizes) is not truth_of(predicate, sizes)


@checked
@given(st.lists(predicates, max_size=4), assignments)
def test_conjunction_and_disjunction_mean_all_and_any(parts, sizes):
    assume(all(defined(part, sizes) for part in parts))
    expected = [truth_of(part, sizes) for part in parts]
    assert truth_of(every(parts), sizes) == all(expected)
    assert truth_of(any_of(parts), sizes) == any(expected)


@checked
@given(related, assignments)
def test_simplification_changes_nothing_where_the_facts_hold(predicate_and_facts, sizes):
    predicate, facts = predicate_and_facts
    assume(all(defined(each, sizes) for each in (predicate, *facts)))
    if all(truth_of(each, sizes) for each in facts):
        assert truth_of(under(predicate, facts), sizes) == truth_of(predicate, sizes)


@checked
@given(related, assignments)
def test_what_contradicts_facts_is_false_where_they_hold(predicate_and_facts, sizes):
    predicate, facts = predicate_and_facts
    assume(all(defined(each, sizes) for each in (predicate, *facts)))
    if contradicts(predicate, set(facts)):
        assert not all(truth_of(each, sizes) for each in (predicate, *facts))


@checked
@given(predicates)
def test_compound_predicates_are_flat(predicate):
    if isinstance(predicate, Every):
        assert not any(isinstance(part, Every) for part in predicate.parts)
    if isinstance(predicate, Some):
        assert not any(isinstance(part, Some) for part in predicate.parts)


@checked
@given(related)
def test_facts_that_contradict_a_condition_or_its_parts_are_all_asked(predicate_and_facts):
    predicate, facts = predicate_and_facts
    if contradicts(predicate, set(facts)) and predicate not in facts:
        assert under(predicate, facts) == FALSE
    for part in conjuncts(predicate):
        if part in facts or under(part, facts) == TRUE:
            assert part not in conjuncts(under(predicate, facts))
