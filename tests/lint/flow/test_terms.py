from __future__ import annotations

import pytest
from flow_strategies import SIZES, assignments, checked, extents, numbers, terms, value_of
from hypothesis import assume, given
from hypothesis import strategies as st

from shapeguard.lint.flow.domain.algebra import operation, times
from shapeguard.lint.flow.domain.numbers import OPERATIONS, UndefinedError
from shapeguard.lint.flow.domain.terms import ONE, ZERO, Sizes, Symbol, evaluate, number, symbol
from shapeguard.lint.flow.domain.terms import atoms as symbols_of

N, M = symbol("n"), symbol("m")


def test_equal_linear_forms_are_equal_values_whatever_the_order():
    assert N + M + ONE == ONE + M + N
    assert hash(N + M) == hash(M + N)
    assert (N + M) - (M + N) == ZERO
    assert N.scaled(2) - N == N
    assert N.scaled(0) == ZERO


def test_a_name_is_for_people_and_no_part_of_the_identity():
    assert symbol("n", "rows") == symbol("n", "batch")
    assert symbol("n") != symbol("m")


def test_operations_are_compared_by_what_they_compute():
    assert operation("slice_length", N, M, None) == operation("slice_length", N, M, None)
    assert operation("slice_length", N, M, None) != operation("slice_length", M, N, None)
    assert times(N, M) == times(M, N)


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (operation("slice_length", N, None, None), N),
        (operation("slice_length", N, ZERO, None), N),
        (operation("minimum", N, N), N),
        (operation("maximum", M, M), M),
        (operation("quotient", N, ONE), N),
        (operation("range_sum", SIZES, None, ZERO), ZERO),
        (operation("slice_length", number(5), number(3), number(9)), number(2)),
        (operation("quotient", number(7), number(-2)), number(-4)),
        (operation("remainder", number(7), number(-2)), number(-1)),
        (times(number(3), N), N.scaled(3)),
        (times(N, ZERO), ZERO),
    ],
)
def test_what_is_known_is_folded(term, expected):
    assert term == expected


def test_an_undefined_operation_is_kept_and_raises_when_evaluated():
    undefined = operation("quotient", ONE, ZERO)
    assert undefined.known is None
    with pytest.raises(UndefinedError):
        evaluate(undefined, {})


@pytest.mark.parametrize(
    ("term", "sizes"),
    [
        (operation("member", SIZES, number(2)), (1, 2)),
        (operation("member", SIZES, number(-3)), (1, 2)),
        (operation("member", SIZES, ZERO), ()),
        (operation("range_sum", SIZES, None, number(3)), (1, 2)),
        (operation("remainder", number(3), operation("count", SIZES)), ()),
    ],
)
def test_an_index_past_the_end_and_a_division_by_zero_have_no_value(term, sizes):
    with pytest.raises(UndefinedError):
        evaluate(term, {SIZES: sizes})


def test_a_symbol_without_a_value_is_an_error_of_its_own():
    with pytest.raises(KeyError):
        evaluate(N + M, {Symbol("n", "n"): 1})


def test_a_list_of_sizes_is_no_number():
    with pytest.raises(UndefinedError):
        evaluate(N, {Symbol("n", "n"): (1, 2)})


@pytest.mark.parametrize(
    ("term", "floor"),
    [
        (number(-2), -2),
        (N, 0),
        (symbol("k", low=1) + N, 1),
        (symbol("k", low=2).scaled(3) - ONE, 5),
        (operation("slice_length", N, M, None) + ONE, 1),
        (operation("range_sum", SIZES, None, None), 0),
        (symbol("offset", low=None), None),
        (N - M, None),
        (operation("minimum", N, M), 0),
        (operation("minimum", N, symbol("k", low=None)), None),
        (operation("maximum", symbol("k", low=None), ONE), 1),
        (times(N, M), 0),
        (times(N, symbol("k", low=None)), None),
        (operation("quotient", N, M), None),
        (operation("quotient", N, M + ONE), 0),
    ],
)
def test_floor_is_given_where_it_is_certain(term, floor):
    assert term.floor == floor


def test_every_symbol_of_a_term_is_found_inside_operations():
    term = N + operation("slice_length", M, operation("range_sum", SIZES, None, symbol("i")), None)
    assert {each.key for each in symbols_of(term)} == {"n", "m", "i", "sizes"}
    assert Sizes("sizes", "another name") in set(symbols_of(term))


@checked
@given(terms, terms, numbers, assignments)
def test_arithmetic_of_terms_is_arithmetic_of_their_values(left, right, factor, sizes):
    a, b = value_of(left, sizes), value_of(right, sizes)
    assume(a is not None and b is not None)
    assert value_of(left + right, sizes) == a + b
    assert value_of(left - right, sizes) == a - b
    assert value_of(left.scaled(factor), sizes) == a * factor
    assert value_of(times(left, right), sizes) == a * b


@checked
@given(terms, terms, terms)
def test_the_sum_of_terms_is_canonical(first, second, third):
    assert (first + second) + third == third + (second + first)
    assert first - first == ZERO


@checked
@given(st.sampled_from(["quotient", "remainder", "minimum", "maximum"]), terms, terms, assignments)
def test_simplified_operations_have_the_value_of_the_operation(name, left, right, sizes):
    a, b = value_of(left, sizes), value_of(right, sizes)
    assume(a is not None and b is not None)
    assume(b != 0 or name in ("minimum", "maximum"))
    assert value_of(operation(name, left, right), sizes) == OPERATIONS[name](a, b)


@checked
@given(extents, st.none() | numbers, st.none() | numbers, assignments)
def test_the_length_of_a_slice_is_what_python_slices(extent, start, stop, sizes):
    bounds = (None if each is None else number(each) for each in (start, stop))
    term = operation("slice_length", extent, *bounds)
    assert value_of(term, sizes) == len(range(value_of(extent, sizes))[start:stop])


@checked
@given(terms, assignments)
def test_no_value_is_below_the_floor(term, sizes):
    value = value_of(term, sizes)
    assume(value is not None and term.floor is not None)
    assert value >= term.floor


@checked
@given(terms, assignments)
def test_a_known_term_has_its_value_under_every_assignment(term, sizes):
    if term.known is not None:
        assert value_of(term, sizes) == term.known
