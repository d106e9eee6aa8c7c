"""Paths: what the analysis knows after branches, exits and loops."""

from __future__ import annotations

import pytest
from flow_observation import observed, only

from shapeguard.lint.flow.domain.algebra import operation
from shapeguard.lint.flow.domain.predicates import equal, every, less, negate
from shapeguard.lint.flow.domain.terms import ZERO, Sizes, number, symbol
from shapeguard.lint.flow.domain.values import Int, Missing, Sequence
from shapeguard.lint.flow.interpreter import NotAnalysedError

N = symbol("n")
SIZES = Sizes("sizes", "sizes")


def test_a_branch_refines_what_depends_on_the_same_condition(tmp_path):
    text = """
        def f(n: int):
            k = 1 if n > 2 else 5
            if n > 2:
                observe([k])
            else:
                observe([k])
        """
    first, second = observed(tmp_path, text)
    assert first.operands == (Int(number(1)),)
    assert second.operands == (Int(number(5)),)


def test_a_path_that_cannot_be_is_not_executed(tmp_path):
    text = """
        def f(n: int):
            if n > 2:
                if not n > 2:
                    observe([n])
                return
            if 2 < n:
                observe([n])
        """
    assert observed(tmp_path, text) == []


@pytest.mark.parametrize(
    ("test", "holds"),
    [
        ("1e-6 < 1e-3", True),
        ("low > high", False),
        ("low <= high <= 1.5", True),
        ("2 > high and high >= 0.9", True),
        ("1.5 != low", True),
        ("low == 0.1", True),
        ("high == 0.1", False),
        ("-1.5 < -low < 0", True),
        ("-low == 0.1", False),
    ],
)
def test_known_numbers_compare(tmp_path, test, holds):
    text = f"""
        def f(low=0.1, high=0.9):
            if {test}:
                return observe([1])
            observe([2])
        def g():
            f()
        """
    (event,) = observed(tmp_path, text, name="g")
    assert event.operands == (Int(number(1 if holds else 2)),)


@pytest.mark.parametrize(
    "leaves", ["return", "raise ValueError", "return observe", "raise ValueError from None"]
)
def test_after_an_early_exit_its_condition_is_false(tmp_path, leaves):
    text = f"""
        def f(n: int):
            if n == 0:
                {leaves}
            observe([n])
        """
    (event,) = observed(tmp_path, text)
    assert every(event.facts) == negate(equal(N, ZERO))


def test_continue_and_break_refine_the_rest_of_the_body(tmp_path):
    text = """
        def f(n: int, sizes: list[int]):
            for s in sizes:
                if n == 0:
                    continue
                if n > 3:
                    break
                observe([s])
        """
    (event,) = observed(tmp_path, text)
    assert set(event.facts) >= {negate(equal(N, ZERO)), negate(less(number(3), N))}


def test_an_event_in_a_loop_is_reported_once(tmp_path):
    text = """
        def f(n: int, sizes: list[int]):
            for s in sizes:
                for t in sizes:
                    observe([n])
        """
    assert len(observed(tmp_path, text)) == 1


def test_few_known_members_are_taken_one_by_one(tmp_path):
    text = """
        def f(n: int):
            for k in (1, n, 3):
                observe([k])
        """
    terms = [event.operands for event in observed(tmp_path, text)]
    assert terms == [(Int(number(1)),), (Int(N),), (Int(number(3)),)]


def test_a_list_filled_in_a_loop_is_as_long_as_what_is_looped_over(tmp_path):
    text = """
        def f(sizes: list[int]):
            xs = [0]
            for s in sizes:
                xs.append(s)
            observe([len(xs), len(sizes)])
        """
    length, count = only(observed(tmp_path, text))
    assert length == Int(count.term + number(1))


def test_partial_sums_are_known_by_their_bounds(tmp_path):
    text = """
        def f(sizes: list[int]):
            for i in range(len(sizes)):
                observe([sum(sizes[:i]), sum(sizes[: i + 1]), sizes[i]])
        """
    start, stop, size = only(observed(tmp_path, text))
    (index, _), *_ = size.term.parts[0][0].operands[1].parts
    at = symbol(index.key)
    assert start.term == operation("range_sum", SIZES, None, at)
    assert stop.term == operation("range_sum", SIZES, None, at + number(1))


def test_deleted_names_are_forgotten(tmp_path):
    text = """
        def f(n: int):
            k = 3
            del k
            observe([k, n])
        """
    deleted, kept = only(observed(tmp_path, text))
    assert not isinstance(deleted, Int)
    assert kept == Int(N)


def test_the_end_of_a_function_returns_none(tmp_path):
    text = """
        def g(n: int):
            pass

        def f(n: int):
            observe([g(n), [g(n)]])
        """
    assert only(observed(tmp_path, text)) == (Missing(), Sequence((Missing(),)))


def test_work_is_bounded(tmp_path):
    text = "def f(n: int):\n" + "    n += 1\n" * 50
    with pytest.raises(NotAnalysedError, match=r"module\.f"):
        observed(tmp_path, text, steps=20)


def test_a_negative_bound_is_a_path_that_can_be_taken(tmp_path):
    text = """
        def f(values, dim: int):
            if dim < 0:
                observe([dim])
        """
    assert observed(tmp_path, text)
