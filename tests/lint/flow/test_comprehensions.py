from __future__ import annotations

import pytest
from flow_observation import observed, only, unsound

from shapeguard.lint.flow.domain.algebra import times
from shapeguard.lint.flow.domain.predicates import less
from shapeguard.lint.flow.domain.terms import number, symbol
from shapeguard.lint.flow.domain.values import Int, Sequence

N, COUNT = symbol("n"), symbol("sizes#0")
PROGRAMS = {
    "over a list": "observe([[s + n for s in sizes], len([s for s in sizes])])",
    "filtered": "observe([[s for s in sizes if s > 1], len([s for s in sizes if s])])",
    "nested": "observe([len([s + t for s in sizes for t in sizes]), [[t] for t in sizes]])",
    "dependent": "observe([[t for s in sizes for t in range(s)]])",
    "over known members": "observe([[k * 2 for k in (n, 1, 3)]])",
    "over nothing": "observe([[k for k in []], len([k for k in ()])])",
    "a generator": "observe([list(s for s in sizes), sum(s for s in sizes), len(list(s for s in sizes))])",
    "a set": "observe([len({s for s in sizes})])",
    "a dictionary": "observe([len({s: 1 for s in sizes})])",
    "with an index": "observe([[i + s for i, s in enumerate(sizes)]])",
    "in parallel": "observe([[a + b for a, b in zip(sizes, sizes)]])",
    "names of their own": "s = 7\n    xs = [s for s in sizes]\n    observe([s, len(xs)])",
    "of a range": "observe([[i for i in range(n)], len([i for i in range(1, n)])])",
    "compared with each other": "observe([len([s for s in sizes for t in sizes if s > t])])",
    "a test over the same list": "observe([len([s for s in sizes if len([t for t in sizes if t > s]) == 0])])",
    "of a comprehension": "observe([[x + 1 for x in [s for s in sizes]]])",
    "with a condition on what is outside": "observe([[s for s in sizes if n > 2]])",
}
CALLS = [{"n": n, "sizes": s} for n in range(4) for s in ([], [0], [2, 0], [1, 2, 3, 1])]


@pytest.mark.parametrize("body", PROGRAMS.values(), ids=PROGRAMS)
def test_what_happens_is_never_excluded(tmp_path, body):
    assert unsound(tmp_path, f"def f(n: int, sizes: list[int]):\n    {body}\n", *CALLS) == []


def lengths(directory, *expressions):
    listed = ", ".join(f"len({each})" for each in expressions)
    text = f"def f(n: int, sizes: list[int]):\n    observe([{listed}])\n"
    return only(observed(directory, text))


def test_a_comprehension_is_as_long_as_what_it_iterates(tmp_path):
    plain, nested, known = lengths(
        tmp_path,
        "[s for s in sizes]",
        "[s for s in sizes for t in sizes]",
        "[k for k in (1, 2, n)]",
    )
    assert plain == Int(COUNT)
    assert nested == Int(times(COUNT, COUNT))
    assert known == Int(number(3))


@pytest.mark.parametrize(
    "expression",
    [
        "[a for a in names for b in names if len(a) != len(b)]",
        "[a for a in names if len([b for b in names if len(b) > len(a)]) > 0]",
        "[a for a, s in names.items() for b, t in names.items() if len(a) > len(b)]",
    ],
)
def test_two_walks_around_each_other_take_two_members(tmp_path, expression):
    text = f"def f(names: dict):\n    observe([len({expression})])\n"
    (length,) = only(observed(tmp_path, text))
    assert isinstance(length, Int)
    assert length.term.known is None


def test_two_walks_behind_each_other_take_the_same_member(tmp_path):
    wide, long = "[x for x in names if len(x) > 3]", "[x for x in names if len(x) > 9]"
    text = f"def f(names: list):\n    observe([len({wide}), len({wide}), len({long})])\n"
    first, second, other = only(observed(tmp_path, text))
    assert first == second
    assert first != other


def test_a_filter_makes_the_length_a_new_unknown(tmp_path):
    first, second, distinct = lengths(
        tmp_path, "[s for s in sizes if s]", "[s for s in sizes if s > 1]", "{s for s in sizes}"
    )
    assert len({first, second, distinct, Int(COUNT)}) == 4


def test_known_members_are_kept_apart(tmp_path):
    text = "def f(n: int):\n    observe([[k + 1 for k in (n, 2)]])\n"
    assert only(observed(tmp_path, text)) == (Sequence((Int(N + number(1)), Int(number(3)))),)


def test_a_condition_refines_the_element(tmp_path):
    text = """
        def f(n: int, sizes: list[int]):
            k = 1 if n > 2 else 5
            observe([[k for s in sizes if n > 2]])
        """
    (made,) = only(observed(tmp_path, text))
    assert made.element == Int(number(1))


def test_an_event_inside_is_seen_under_the_condition(tmp_path):
    text = """
        def f(n: int, sizes: list[int]):
            return [observe([s]) for s in sizes if n > 2]
        """
    (event,) = observed(tmp_path, text)
    assert less(number(2), symbol("n")) in event.facts
