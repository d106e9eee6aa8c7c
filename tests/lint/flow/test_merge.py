from __future__ import annotations

import libcst as cst
import pytest
from flow_observation import agrees
from flow_strategies import assignments, checked, predicates, terms, truth_of, value_of
from hypothesis import assume, given
from hypothesis import strategies as st

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.callables import Closure
from shapeguard.lint.flow.domain.predicates import every, less, negate
from shapeguard.lint.flow.domain.propositions import FALSE, Opaque
from shapeguard.lint.flow.domain.tensors import Slice, Tensor
from shapeguard.lint.flow.domain.terms import ONE, ZERO, number, symbol
from shapeguard.lint.flow.domain.values import Choice, Int, Missing, Record, Sequence, Unknown
from shapeguard.lint.flow.domain.widening import around
from shapeguard.lint.flow.evidence.witness import Assignment
from shapeguard.lint.flow.program import Class, Function, Module

N, M = symbol("n"), symbol("m")
LONG = less(number(2), N)
PRESENT = Opaque("none(index)", holds=False)
ints = terms.map(Int)


@checked
@given(predicates, ints, ints, assignments)
def test_a_branch_is_the_value_of_the_arm_that_was_taken(condition, yes, no, sizes):
    joined = merge.branch(condition, yes, no, "if")
    taken = yes if truth_of(condition, sizes) else no
    value = value_of(taken.term, sizes)
    assume(value is not None)
    if truth_of(condition, sizes) or truth_of(negate(condition), sizes):
        assert agrees(joined, value, sizes)


@checked
@given(predicates, ints, ints, st.lists(predicates, max_size=2), assignments)
def test_refinement_keeps_what_is_possible(condition, yes, no, facts, sizes):
    assume(all(truth_of(fact, sizes) for fact in facts))
    joined = merge.branch(condition, yes, no, "if")
    taken = yes if truth_of(condition, sizes) else no
    value = value_of(taken.term, sizes)
    assume(value is not None and truth_of(negate(condition), sizes) != truth_of(condition, sizes))
    assert agrees(merge.refine(joined, facts), value, sizes)


def test_equal_arms_are_one_value():
    assert merge.branch(LONG, Int(N), Int(N), "if") == Int(N)
    assert merge.branch(LONG, Missing(), Missing(), "if") == Missing()


def test_alternatives_are_disjoint_and_merge_when_they_are_equal():
    inner = merge.branch(PRESENT, Int(ONE), Int(ZERO), "inner")
    outer = merge.branch(LONG, inner, Int(ZERO), "outer")
    assert isinstance(outer, Choice)
    assert {leaf for _, leaf in outer.alternatives} == {Int(ONE), Int(ZERO)}
    (one, _), (zero, _) = outer.alternatives
    assert every((one, zero)) == FALSE


def test_facts_choose_an_alternative():
    value = merge.branch(LONG, Int(ONE), Int(ZERO), "if")
    assert merge.refine(value, [LONG]) == Int(ONE)
    assert merge.refine(value, [negate(LONG)]) == Int(ZERO)
    assert merge.refine(value, [PRESENT]) == value


def test_too_many_alternatives_are_unknown():
    options = [(Opaque(f"case {i}"), Int(number(i))) for i in range(merge.MAX_ALTERNATIVES + 1)]
    assert isinstance(merge.select(options, "here"), Unknown)
    assert isinstance(merge.select(options[:-1], "here"), Choice)
    assert merge.select([], "here") == Unknown("here", "nothing")


def test_records_are_joined_field_by_field():
    one = Record(None, "state", "state", (("rows", Int(N)), ("part", Missing())))
    other = one.having("part", Slice(ZERO, N))
    joined = merge.branch(LONG, other, one, "if")
    assert isinstance(joined, Record)
    assert joined.field("rows") == Int(N)
    assert merge.refine(joined.field("part"), [LONG]) == Slice(ZERO, N)


def test_lists_of_the_same_length_are_joined_item_by_item():
    joined = merge.branch(LONG, Sequence((Int(N), Int(ONE))), Sequence((Int(N), Int(M))), "if")
    assert isinstance(joined, Sequence)
    assert joined.items[0] == Int(N)
    assert merge.refine(joined.items[1], [negate(LONG)]) == Int(M)


def test_of_two_views_of_one_object_the_better_known_stays():
    plain = Unknown("state", "state")
    known = Record(Class("State", Module("m", "m.py")), "state", "state", (("rows", Int(N)),))
    assert merge.branch(LONG, plain, known, "if") == known
    assert around(known, plain, "loop") == known


def test_an_attribute_that_one_arm_sets_is_in_the_other_what_it_was():
    plain = Unknown("state", "state")
    changed = Record(None, "state", "state", (("rows", Int(ZERO)),))
    joined = merge.branch(LONG, changed, plain, "if")
    assert merge.refine(joined.field("rows"), [LONG]) == Int(ZERO)
    assert merge.refine(joined.field("rows"), [negate(LONG)]) == Unknown("state.rows", "")


def test_an_operation_is_applied_to_every_alternative():
    value = merge.branch(LONG, Int(N), Int(M), "if")
    grown = merge.each(value, lambda leaf: Int(leaf.term + ONE), "plus")
    assert merge.refine(grown, [LONG]) == Int(N + ONE)
    assert merge.refine(grown, [negate(LONG)]) == Int(M + ONE)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Int(ZERO), Int(ONE)),
        (Slice(ZERO, N), Slice(N, N + ONE)),
        (Sequence(()), Sequence((Int(N),))),
        (Sequence(None, Int(N), M), Sequence(None, Int(N), M + ONE)),
        (Tensor("x", "x", ((0, N),)), Tensor("x", "x", ((0, M),))),
        (Tensor("x", "x"), Tensor("y", "y")),
        (
            Record(None, "r", "r", (("rows", Int(ZERO)),)),
            Record(None, "r", "r", (("rows", Int(ONE)),)),
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_widening_is_a_fixpoint_that_covers_both_sides(before, after):
    widened = around(before, after, "loop")
    assert widened not in (before, after)
    assert around(widened, widened, "loop") == widened
    assert around(widened, after, "loop") == widened


def test_what_does_not_change_in_a_loop_stays_known():
    same = Tensor("x", "x", ((0, N), (1, M)))
    narrowed = same.resized(0, M)
    widened = around(same, narrowed, "loop")
    assert widened.extent(1) == M
    assert widened.extent(0) not in (N, M)
    assert around(Int(N), Int(N), "loop") == Int(N)


def test_a_value_that_a_loop_may_set_is_open():
    value = around(Missing(), Int(N), "loop")
    nothing = Assignment()
    assert agrees(value, None, nothing)
    assert agrees(value, 4, nothing)
    assert not agrees(value, "text", nothing)


def test_equal_closures_have_one_text():
    module = Module("m", "m.py")
    function = Function("f", "f", module, tree=lambda: cst.ensure_type(cst.Pass(), cst.FunctionDef))
    one, other = (
        Closure(cst.parse_expression(f"lambda: {text}"), function, "f@1", "f/", names)
        for text, names in (("1", ()), ("2", (("a", Missing()),)))
    )
    assert one == other
    assert repr(one) == repr(other)
