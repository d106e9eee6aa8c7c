"""The benchmark itself: rounds, ratios, the page; nothing here measures a machine."""

import pytest

pytest.importorskip("adapters")

from bench import calls, page, step
from bench.rounds import Times, in_rounds, paired

pytestmark = pytest.mark.adapters


def test_each_subject_runs_in_each_round_and_the_order_turns():
    seen = []
    times = in_rounds(
        {name: lambda name=name: seen.append(name) for name in "ab"}, rounds=2, number=1
    )
    assert seen == ["a", "b", "b", "a", "a", "b"]
    assert [len(each.seconds) for each in times.values()] == [2, 2]


def test_the_ratio_is_of_the_same_round():
    assert paired(Times((2.0, 30.0, 4.0)), Times((1.0, 10.0, 2.0))) == 2.0


@pytest.mark.parametrize("case", calls.CASES)
def test_a_check_by_hand_refuses_what_a_contract_refuses(case, monkeypatch):
    monkeypatch.setattr(calls, "_subjects", _without_typeguard)
    refused = calls.refusals()[case]
    assert refused["hand-written"]
    assert refused["shapeguard"]
    assert not refused["plain"]


def _without_typeguard(case):
    function, by_hand = calls.CASES[case]
    return {
        "plain": function,
        "hand-written": by_hand,
        "shapeguard": calls.shapeguard.contract(function),
    }


def test_contracts_that_are_off_leave_the_function_of_the_library():
    assert step.is_restored()


def test_the_page_says_what_is_missed(monkeypatch):
    monkeypatch.setattr(page, "version", lambda name: "1")
    fast, slow = Times((1e-6,) * 3), Times((9e-6,) * 3)
    times = {name: slow if name.startswith("jaxtyped") else fast for name in calls.SUBJECTS}
    cases = dict.fromkeys(calls.CASES, times)
    refusals = {case: dict.fromkeys(calls.SUBJECTS, True) for case in cases}
    steps = {name: {"off": fast, "on": Times((1.1e-6,) * 3)} for name in step.STEPS}
    rates = {"bert": 50.0, "llama": 8.0}
    text = page.page(cases, refusals, steps, rates, restored=True)
    assert "9.0 times cheaper than jaxtyped(beartype); the aim of 5 is met" in text
    assert "| forward pass | 0 ms | 0 ms | +10.0 % |" in text
    assert "For a forward pass the aim of at most 3 % is **missed**" in text
    assert "| 50 | 8 |" in text
    assert "are 8.9 cases a second on each; the aim is **missed**" in text
