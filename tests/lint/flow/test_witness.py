from __future__ import annotations

import pytest
from flow_strategies import SIZES, checked, predicates
from hypothesis import given
from hypothesis import strategies as st

from shapeguard.lint.flow.domain.algebra import operation, times
from shapeguard.lint.flow.domain.predicates import any_of, at_most, equal, every, less, negate
from shapeguard.lint.flow.domain.propositions import Opaque
from shapeguard.lint.flow.domain.terms import ONE, ZERO, Symbol, number, symbol
from shapeguard.lint.flow.evidence import witness
from shapeguard.lint.flow.evidence.witness import LISTS, NUMBERS, Assignment, holds, search

N, M = symbol("n"), symbol("m")
FLAG = Opaque("true(flag)")


@checked
@given(st.lists(predicates, min_size=1, max_size=3), st.lists(predicates, max_size=2))
def test_what_is_found_satisfies_every_goal(goals, facts):
    found = search(goals, facts)
    if found is not None:
        assert all(holds(goal, found) is True for goal in goals)


def test_facts_about_the_same_symbols_are_respected():
    found = search([less(N, M)], [equal(M, number(4)), less(number(2), N)])
    assert found is not None
    assert (found.value(N), found.value(M)) == (3, 4)


def test_facts_count_by_way_of_other_facts():
    by_way = [equal(N, M), equal(M, symbol("k")), less(ZERO, symbol("k"))]
    assert search([equal(N, ZERO)], by_way) is None
    assert search([equal(N, ZERO)], by_way[:2]) is not None
    by_flag = [any_of((negate(FLAG), equal(N, M))), FLAG, less(ZERO, M)]
    assert search([equal(N, ZERO)], by_flag) is None
    assert search([equal(N, ZERO)], [by_flag[0], negate(FLAG), by_flag[2]]) is not None


def test_facts_about_other_symbols_are_left_out():
    found = search([less(N, M)], [equal(symbol("other"), number(99))])
    assert found is not None
    assert Symbol("other", "other") not in found.values


@pytest.mark.parametrize(
    "goals",
    [
        [less(N, M), less(M, N)],
        [equal(times(N, number(2)), number(3))],
        [less(N, ONE), less(ZERO, N)],
        [FLAG, negate(FLAG)],
        [equal(operation("remainder", N, ZERO), ZERO)],
        [negate(equal(operation("member", SIZES, operation("count", SIZES)), ZERO))],
    ],
)
def test_what_cannot_be_is_not_claimed(goals):
    assert search(goals) is None


def test_a_symbol_is_never_below_its_lower_bound():
    at_least_two = symbol("k", low=2)
    found = search([at_most(at_least_two, number(3))])
    assert found is not None
    assert found.value(at_least_two) >= 2
    assert search([at_most(at_least_two, ONE)]) is None


def test_an_empty_share_is_found_among_the_lists_that_people_try():
    share = operation("member", SIZES, symbol("i"))
    total = operation("range_sum", SIZES, None, None)
    found = search([equal(share, ZERO), less(ZERO, total)])
    assert found is not None
    assert found.values[SIZES] in LISTS
    assert 0 in found.values[SIZES]


def test_values_that_decide_nothing_are_left_out():
    found = search([any_of((less(N, M), equal(symbol("aside"), ZERO))), less(N, M)])
    assert found is not None
    assert {each.key for each in found.values} == {"n", "m"}


def test_opaque_conditions_get_a_truth_value():
    found = search([every((FLAG, negate(Opaque("none(index)")), less(ZERO, N)))])
    assert found is not None
    assert found.opaque == {"true(flag)": True, "none(index)": False}


def test_a_search_that_is_too_long_gives_up(monkeypatch):
    trials = 50
    evaluated = []
    monkeypatch.setattr(witness, "MAX_TRIALS", trials)
    monkeypatch.setattr(witness, "holds", lambda *each: evaluated.append(each) or holds(*each))
    many = [symbol(f"s{i}") for i in range(6)]
    assert search([equal(sum(many, ZERO), number(max(NUMBERS) * len(many) + 1))]) is None
    assert len(evaluated) <= 2 * trials * len(many) * len(NUMBERS)


def test_of_many_unknowns_the_few_that_matter_are_found(monkeypatch):
    largest = symbol("a")
    for each in range(8):
        largest = operation("maximum", largest, symbol(f"a{each}"))
    wanted = less(operation("minimum", largest, symbol("Z") - ONE), ZERO)
    found = search([wanted])
    assert found is not None
    assert found.value(symbol("Z")) == 0
    monkeypatch.setattr(witness, "UNUSUAL", ())
    assert search([wanted]) is None


def test_a_predicate_without_values_is_open():
    nothing = Assignment()
    assert holds(less(N, M), nothing) is None
    assert holds(FLAG, nothing) is None
    known = Assignment({Symbol("n", "n"): 1, Symbol("m", "m"): 1})
    assert holds(every((less(N, M), FLAG)), known) is False
    assert holds(any_of((at_most(N, M), FLAG)), known) is True
    assert holds(any_of((less(N, M), FLAG)), known) is None
