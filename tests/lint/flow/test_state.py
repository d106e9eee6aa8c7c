from __future__ import annotations

from flow_strategies import assignments, checked, defined, predicates, truth_of
from hypothesis import assume, given
from hypothesis import strategies as st

from shapeguard.lint.flow.domain.merge import refine
from shapeguard.lint.flow.domain.predicates import any_of, equal, every, less, negate
from shapeguard.lint.flow.domain.propositions import Opaque
from shapeguard.lint.flow.domain.state import State, join
from shapeguard.lint.flow.domain.terms import ONE, ZERO, number, symbol
from shapeguard.lint.flow.domain.values import Int, Unknown

N, M = symbol("n"), symbol("m")
LONG, EMPTY = less(number(2), N), equal(N, ZERO)
FLAG = Opaque("true(flag)")


def known(state, name):
    """Return what a name stands for on a path, as the interpreter reads it."""
    return refine(state.names[name], state.facts)


def both_arms(condition, entry):
    return entry.assume(condition), entry.assume(negate(condition))


def test_assumed_facts_are_kept_in_their_order_and_once():
    state = State().assume(LONG).assume(FLAG).assume(LONG)
    assert state.facts == (LONG, FLAG)
    assert state.since(1) == FLAG


def test_what_contradicts_the_path_ends_it():
    state = State().assume(LONG)
    assert state.assume(negate(LONG)) is None
    assert State().assume(every((FLAG, negate(FLAG)))) is None


def test_what_one_arm_learned_holds_again_where_its_condition_does():
    state = State(facts=(any_of((negate(LONG), FLAG)),))
    assert FLAG in state.assume(LONG).facts
    assert FLAG not in state.assume(negate(LONG)).facts


def test_consequences_lead_to_more_and_to_the_end_of_a_path():
    other = Opaque("true(other)")
    chain = (any_of((negate(LONG), FLAG)), any_of((negate(FLAG), other)))
    assert other in State(facts=chain).assume(LONG).facts
    assert State(facts=(*chain, negate(other))).assume(LONG) is None


def test_assuming_does_not_change_the_state_that_was():
    before = State({"n": Int(N)})
    after = before.assume(LONG)
    after.bind({"m": Int(M)})
    assert before.names == {"n": Int(N)}
    assert before.facts == ()


def test_a_fact_refines_the_names_that_depend_on_it():
    yes, no = both_arms(LONG, State({"k": Int(ZERO)}))
    yes.bind({"k": Int(ONE)})
    joined = join(LONG, yes, no, "if")
    assert known(joined.assume(LONG), "k") == Int(ONE)
    assert known(joined.assume(negate(LONG)), "k") == Int(ZERO)


def test_an_arm_that_is_left_leaves_the_other_as_it_is():
    yes, no = both_arms(EMPTY, State())
    assert join(EMPTY, None, no, "if") is no
    assert join(EMPTY, yes, None, "if") is yes
    assert join(EMPTY, None, None, "if") is None


def test_after_a_branch_only_what_holds_on_both_arms_is_known():
    entry = State().assume(FLAG)
    yes, no = both_arms(LONG, entry)
    assert join(LONG, yes, no, "if").facts == (FLAG,)


def test_what_one_arm_learned_holds_under_its_condition():
    yes, no = both_arms(LONG, State())
    yes = yes.assume(FLAG)
    joined = join(LONG, yes, no, "if")
    assert joined.facts == (any_of((negate(LONG), FLAG)),)


def test_a_name_of_one_arm_is_unknown_on_the_other():
    yes, no = both_arms(LONG, State())
    yes.bind({"k": Int(ONE)})
    joined = join(LONG, yes, no, "if")
    assert known(joined.assume(LONG), "k") == Int(ONE)
    assert isinstance(known(joined.assume(negate(LONG)), "k"), Unknown)


@checked
@given(predicates, st.lists(predicates, max_size=2), assignments)
def test_facts_of_a_path_hold_wherever_its_conditions_do(condition, more, sizes):
    assume(all(defined(each, sizes) for each in (condition, *more)))
    state = State()
    for each in (condition, *more):
        if not truth_of(each, sizes):
            return
        state = state.assume(each)
        assert state is not None, "a path that is taken was ended"
    assert all(truth_of(fact, sizes) for fact in state.facts)


@checked
@given(predicates, predicates, assignments)
def test_facts_after_a_branch_hold_whichever_arm_was_taken(condition, learned, sizes):
    assume(all(defined(each, sizes) for each in (condition, learned)))
    yes, no = both_arms(condition, State())
    assume(yes is not None and no is not None)
    longer = yes.assume(learned)
    taken = truth_of(condition, sizes)
    if longer is not None and (not taken or truth_of(learned, sizes)):
        joined = join(condition, longer, no, "if")
        assert all(truth_of(fact, sizes) for fact in joined.facts)
