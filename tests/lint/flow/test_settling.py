"""Loops are executed until nothing changes: no pass less than needed, and none of which nothing can come."""

from __future__ import annotations

import contextlib
import textwrap

import libcst as cst
import pytest
from flow_observation import observed, unsound

from shapeguard.lint.flow.domain.terms import atoms
from shapeguard.lint.flow.domain.values import Int
from shapeguard.lint.flow.interpreter import NotAnalysedError
from shapeguard.lint.flow.syntax.rebinding import bound_anew

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


SEEN = {
    "in a condition": "if s and (k := 5): pass",
    "beside a condition": "ok = s > 0 and (k := s) > 1",
    "instead of a condition": "ok = s > 0 or (k := s)",
    "by an inner loop that may not run": "for k in ([s] if s else []): pass",
    "by an inner loop that is left": "for k in range(s):\n    if k > 1: break",
    "where an exception may come first": """
        with suppress(ValueError):
            if s == 0: raise ValueError
            k = 5
        """,
    "as the first iterable of a comprehension": "observe([[k for k in [k]][0]])",
    "as a default of a lambda": "observe([(lambda k=k: k)()])",
    "as a default": "def g(a=k): return a\nobserve([g()])\ndel g",
    "in a guard": """
        match s:
            case 0 if k != 7: observe([s])
            case _ if k == "end": observe([1])
            case _: observe([2])
        """,
    "in a function of the round": "def g(): return k\nobserve([g()])\ndel g",
    "in a list of functions": "observe([seen[0]()])",
    "in a dictionary of functions": "observe([named['a']()])",
    "in an attribute": "observe([holder.g()])",
}
"""How a round may see what a name stood for before."""
FRAME = """
    k = None
    seen, named = [lambda: k], {"a": lambda: k}
    holder.g = lambda: k
    for s in sizes:
%s
        observe([k])
        k = "end"
    observe([k])
"""


class Holder:
    """An object that gets a function as an attribute."""


@pytest.mark.parametrize("seen", SEEN.values(), ids=SEEN)
@pytest.mark.parametrize("first", ["None", "7", "n"])
def test_a_name_that_is_bound_later_is_seen_from_the_round_before(tmp_path, seen, first):
    round_ = textwrap.indent(textwrap.dedent(seen).strip(), " " * 8)
    body = (FRAME % round_).replace("k = None", f"k = {first}")
    text = "def f(n: int, sizes: list[int]):\n" + body
    names = {"suppress": contextlib.suppress, "holder": Holder()}
    assert unsound(tmp_path, text, *CALLS, **names) == []


REMEMBERED = {
    "a list that settles for another member": """
        observe([0])
        for r in (0, 1):
            k = []
            for s in sizes:
                if r == 0:
                    k = (k, s)
                elif s > 1:
                    k.append(s)
            if r == 1:
                observe([len(k)])
        """,
    "a name that is gone": """
        k = n
        for r in (0, 1):
            if r == 0:
                k = 1
            for s in sizes:
                k = (k, s)
            observe([k])
            del k
            if r == 0:
                k = 3
        """,
    "a loop in what is executed at last": """
        k = n
        try:
            if n == 1:
                return
            if n == 2:
                k = [k]
        finally:
            for s in sizes:
                k = (k, s) if n else s
            observe([k])
        """,
    "a loop of which not all rounds have the name": """
        step = 0
        while step < 3:
            step += 1
            for phase in ("train", "val"):
                if n == 1:
                    for batch in sizes:
                        observe([batch])
        outs = [b for b in sizes if b > 1]
        observe([len(outs)])
        """,
}


@pytest.mark.parametrize("body", REMEMBERED.values(), ids=REMEMBERED)
def test_what_did_not_settle_is_remembered_for_that_loop_alone(tmp_path, body):
    text = "def f(n: int, sizes: list[int]):\n" + body
    assert unsound(tmp_path, text, *CALLS) == []


def test_what_settles_in_a_later_round_is_known_there(tmp_path):
    text = (
        "def f(n: int, sizes: list[int]):\n" + REMEMBERED["a list that settles for another member"]
    )
    (length,) = observed(tmp_path, text)[-1].operands
    assert isinstance(length, Int)
    assert any(atom.why for atom in atoms(length.term))


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
        ("for i in xs:\n    if i:\n        k = i\n    k = 2", {"i"}),
        ("for i in xs:\n    i = i + 1", {"i"}),
        ("for i in xs:\n    k = (lambda: m)()\n    m = k", {"i", "k"}),
        ("for i in xs:\n    k = [k for k in i]", {"i"}),
        ("for i in xs:\n    xs[k], k = i", {"i"}),
        ("for i in xs:\n    k = m = i", {"i", "k"}),
        ("for xs[i], i in xs:\n    pass", set()),
        ("while k:\n    k = f()", set()),
        ("while f():\n    k = f()\n    print(k)", {"k"}),
    ],
)
def test_names_that_every_iteration_binds_before_anything_sees_them(loop, names):
    text = f"def g():\n{textwrap.indent(loop, '    ')}\n    h = lambda: m\n"
    function = cst.parse_module(text).body[0]
    assert isinstance(function, cst.FunctionDef)
    tree = function.body.body[0]
    assert isinstance(tree, cst.For | cst.While)
    assert bound_anew(function, tree) == names
