"""Loops are executed until nothing changes: no pass less than needed, and none of which nothing can come."""

from __future__ import annotations

import textwrap

import libcst as cst
import pytest
from flow_observation import observed, unsound

from shapeguard.lint.flow.interpreter import NotAnalysedError
from shapeguard.lint.flow.syntax.rebinding import bound_first

LISTS = ([], [0], [2], [0, 0], [2, 0], [0, 3], [1, 2, 3], [3, 0, 1, 2])
PROGRAMS = {
    "a name that every round binds anew": """
        last, k = n, 0
        for s in sizes:
            last = s
            k += last
        observe([last, k])
    """,
    "a name that the loop before has bound": """
        for i, s in enumerate(sizes):
            observe([i, s])
        for i, s in enumerate(sizes):
            observe([i, s])
        if sizes:
            observe([i, s])
    """,
    "a round that is skipped before it binds": """
        last = n
        for s in sizes:
            if s == 0:
                continue
            last = s
        observe([last])
    """,
    "a loop that is left before a round binds": """
        last = n
        for s in sizes:
            if s == 0:
                break
            last = s
        observe([last])
    """,
    "a function that is left before a round binds": """
        last = n
        def found():
            nonlocal last
            for s in sizes:
                if s == 0:
                    return s
                last = s
            return n
        observe([found()])
        observe([last])
    """,
    "a function that sees the name": """
        last = n
        def seen():
            return last
        for s in sizes:
            observe([seen()])
            last = s
        observe([last])
    """,
    "an exception that is raised before a round binds": """
        last = n
        try:
            for s in sizes:
                if s == 0:
                    raise ValueError
                last = s
        except ValueError:
            observe([last])
        observe([last])
    """,
    "a name that a round binds under a condition": """
        last = n
        for s in sizes:
            if s:
                last = s
        observe([last])
    """,
    "a while loop that asks for the name": """
        last, k = n, 0
        while last < 4:
            last = last + 1
            k += 1
        observe([last, k])
    """,
    "a while loop that binds anew": """
        last, k = n, 0
        while k < 3:
            last = k
            k += 1
        observe([last, k])
    """,
    "names that never settle in a loop that is executed again": """
        k, found = n, None
        for s in sizes:
            k = 1
            for t in sizes:
                k = k * 2 + t
                found = k
            observe([k])
        observe([k])
    """,
    "names that settle in another pass around": """
        a = b = c = n
        for s in sizes:
            for t in sizes:
                c = b
                b = a
                a = t
            observe([a, b, c])
        observe([a, b, c])
    """,
}
CALLS = [{"n": n, "sizes": list(sizes)} for n in range(4) for sizes in LISTS]


@pytest.mark.parametrize("body", PROGRAMS.values(), ids=PROGRAMS)
def test_what_happens_is_never_excluded(tmp_path, body):
    text = "def f(n: int, sizes: list[int]):\n" + body
    assert unsound(tmp_path, text, *CALLS) == []


def nested(depth: int) -> str:
    """Return a program that folds, in loops within loops, what never settles."""
    loops = [f"{'    ' * level}for s{level} in sizes:" for level in range(1, depth + 1)]
    fold = f"{'    ' * (depth + 1)}k = (k * 2 + s{depth}) % 7 if k else [k]"
    return "\n".join(
        ["def f(n: int, sizes: list[int]):", "    k = n", *loops, fold, "    observe([k])", ""]
    )


def work(directory, text: str) -> int:
    """Return how many steps it takes to analyse a program, to the next 50."""
    for steps in range(50, 20_000, 50):
        try:
            observed(directory, text, steps=steps)
        except NotAnalysedError:
            continue
        return steps
    raise AssertionError(text)


def test_loops_within_loops_do_not_multiply_their_passes(tmp_path):
    one, four = work(tmp_path, nested(1)), work(tmp_path, nested(4))
    assert four < 6 * one


@pytest.mark.parametrize(
    ("loop", "names"),
    [
        ("for i, (a, *b) in xs:\n    pass", {"i", "a", "b"}),
        ("for i in xs:\n    k = i\n    print(k)", {"i", "k"}),
        ("for i in xs:\n    print(k)\n    k = i", {"i"}),
        ("for i in xs:\n    k += i", {"i"}),
        ("for i in xs:\n    if i:\n        k = i", {"i"}),
        ("for i in xs:\n    i = i + 1", {"i"}),
        ("for i in xs:\n    k = (lambda: m)()\n    m = k", {"i", "k"}),
        ("for xs[0] in xs:\n    pass", set()),
        ("while k:\n    k = f()", set()),
        ("while f():\n    k = f()\n    print(k)", {"k"}),
    ],
)
def test_names_that_every_iteration_binds_before_it_reads_them(loop, names):
    tree = cst.parse_module(textwrap.dedent(loop)).body[0]
    assert isinstance(tree, cst.For | cst.While)
    assert bound_first(tree) == names
