from __future__ import annotations

from flow_strategies import SIZES, checked, predicates
from hypothesis import given
from hypothesis import strategies as st

from shapeguard.lint.flow.domain.predicates import at_most, equal, every, less
from shapeguard.lint.flow.domain.propositions import EveryMember, Opaque
from shapeguard.lint.flow.domain.terms import Symbol, number, symbol
from shapeguard.lint.flow.evidence import substitution
from shapeguard.lint.flow.evidence.substitution import Asked, compiled, question
from shapeguard.lint.flow.evidence.witness import LISTS, NUMBERS

MEMBER, LIMIT = Symbol("member", "member"), symbol("limit")
FLAG = Opaque("true(flag)")
WITHIN = EveryMember(SIZES, MEMBER, every((at_most(symbol("member"), LIMIT), FLAG)))


def values_of(unknown):
    """Return what an unknown may be, None for no value yet."""
    if isinstance(unknown, str):
        return st.sampled_from([True, False, None])
    return st.sampled_from([*(NUMBERS if isinstance(unknown, Symbol) else LISTS), None])


@checked
@given(predicates, st.data())
def test_a_search_is_told_what_its_values_say(predicate, data):
    places = {"true(other)": 0}
    asked = Asked(predicate, places)
    for _ in range(4):  # the same values may come again
        row = [data.draw(values_of(each)) for each in places]
        given_here = dict(zip(places, row, strict=True))
        told = {each: value for each, value in given_here.items() if value is not None}
        values = {each: value for each, value in told.items() if not isinstance(each, str)}
        truths = {each: value for each, value in told.items() if isinstance(each, str)}
        assert asked.holds(row, values, truths) is compiled(predicate)(values, truths)


def test_what_is_said_of_every_member_depends_on_what_its_condition_reads():
    places = {}
    asked = Asked(WITHIN, places)
    (limit,) = (atom for atom, _ in LIMIT.parts)
    assert {SIZES, limit, FLAG.key} <= places.keys()
    for most, expected in ((1, False), (2, True)):
        row = [None] * len(places)
        row[places[SIZES]], row[places[limit]], row[places[FLAG.key]] = (2, 0), most, True
        told = asked.holds(row, {SIZES: (2, 0), limit: most}, {FLAG.key: True})
        assert told is expected


def test_two_searches_number_their_unknowns_for_themselves():
    n, m = (next(iter(symbol(name).parts))[0] for name in "nm")
    predicate = less(symbol("n"), symbol("m"))
    for places in ({n: 0, m: 1}, {m: 0, n: 1}):
        asked = Asked(predicate, places)
        row = [1 if each == n else 2 for each in places]
        assert asked.holds(row, {n: 1, m: 2}, {}) is True


def test_what_reads_nothing_is_answered():
    assert Asked(every(()), {}).holds([], {}, {}) is True


def test_answers_are_forgotten_when_there_are_too_many(monkeypatch):
    predicate = equal(symbol("kept"), number(3))
    known = question(predicate)
    places = {}
    asked = Asked(predicate, places)
    (unknown,) = places
    for value in NUMBERS:
        assert asked.holds([value], {unknown: value}, {}) is (value == 3)
    assert len(known.answers) == len(NUMBERS)
    monkeypatch.setattr(substitution, "KEPT", len(NUMBERS) - 1)
    Asked(predicate, {})
    assert not known.answers
