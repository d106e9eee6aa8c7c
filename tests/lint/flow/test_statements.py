from __future__ import annotations

import pytest
from flow_observation import unsound

LISTS = ([], [0], [2], [0, 0], [2, 0], [1, 2, 3], [3, 0, 1, 2])


PROGRAMS = {
    "if, elif and else": """
        k = 0
        if n > 2:
            k = n
        elif n == 0:
            return
        else:
            k += 1
        observe([k, n])
    """,
    "for with break, continue and else": """
        k, xs = 0, []
        for s in sizes:
            if s == 0:
                continue
            xs.append(s)
            if s == n:
                break
            k += s
        else:
            k = 100
        observe([k, n])
    """,
    "while with break and else": """
        while n > 0:
            n -= 1
            observe([n])
            if n == 2:
                break
        else:
            n = 7
        observe([n])
    """,
    "nested loops": """
        k = 0
        for s in sizes:
            for t in sizes:
                k += 1
                if t == 2:
                    break
        observe([k])
    """,
    "endless loop that is left by return": """
        while True:
            n += 1
            if n > 3:
                observe([n])
                return
        observe([0])
    """,
    "try with except, else and finally": """
        try:
            k = n
            if n == 1:
                raise ValueError
            k = 2
        except (KeyError, ValueError) as error:
            k = n + 1
        else:
            k = 4
        finally:
            n = 8
        observe([n, k])
    """,
    "with": """
        with context(n) as held, context(2):
            n += held
        observe([n])
    """,
    "match with captures, guards and alternatives": """
        match n, sizes:
            case 0, _:
                k = 5
            case (1 | 2) as k, [first, *rest] if first:
                observe([k])
            case number, _:
                k = number
        observe([n, k])
    """,
    "assert": """
        assert n > 1, "too few"
        observe([n])
    """,
    "walrus, in a condition and in a comprehension": """
        if (m := n * 2) > 4 and (k := m + 1):
            observe([m, k])
        ys = [(last := s) for s in sizes]
        observe([m, ys])
    """,
    "augmented assignment": """
        k, xs, pair = n, [1], [n, n]
        k += 1
        k *= 3
        k -= n
        k //= 2
        k %= 5
        xs += [k]
        pair[0] += 4
        observe([k, xs, pair[1]])
    """,
    "deletion of names": """
        a, b, c = n, 1, 2
        del a, (b, c)
        a = 4
        observe([a, n])
    """,
    "chained, nested and starred targets": """
        a = b = n
        a += 1
        (c, d), e = (a, b), n
        [g, *h] = [a, b, 3]
        xs = [*h, *[n]]
        observe([a, b, c, d, e, g, h, xs])
    """,
    "item assignment": """
        xs = [1, 2, 3]
        xs[0] = n
        xs[-1] = 9
        ys = list(xs)
        ys[n % 3] = 7
        observe([xs, len(ys)])
    """,
    "short circuits": """
        a = n and 5
        b = n or 7
        c = (n if n > 1 else 3) + 1
        d = not n or n > 2
        observe([a, b, c, d, 1 < n <= 3])
    """,
    "a name that only a loop binds": """
        last = None
        for s in sizes:
            last = s
            inner = s + 1
        observe([last])
        if sizes:
            observe([inner])
    """,
    "lists that grow by one in every iteration": """
        xs, ys = [], [n]
        for i, s in enumerate(sizes):
            xs.append(i)
            ys.append(s)
        observe([len(xs), len(ys), xs, ys])
    """,
    "integers of every notation": """
        observe([0x10, 1_000, 0b11, -n, n // 2, n % 3, n * n, n ** 2])
    """,
    "nested functions and classes do not run": """
        k = 1
        def inner():
            k = 5
            return k
        class Local:
            k = 9
        observe([k, n])
    """,
    "a list that was filled on some paths grows on all": """
        xs = []
        if n > 1:
            xs.append(1)
        xs.append(2)
        observe([len(xs)])
    """,
    "a count of what a condition lets pass": """
        k = 0
        for s in sizes:
            if n:
                k += 1
        observe([k])
    """,
    "a list that a loop fills under a condition": """
        xs = []
        for s in sizes:
            if s:
                xs.append(s)
        observe([len(xs)])
    """,
    "a list that a loop replaces": """
        xs = [7, 8]
        for s in sizes:
            xs = [5, 6]
        observe([xs])
    """,
    "finally after return": """
        try:
            if n < 3:
                return
        finally:
            observe([n])
    """,
    "a count that falls below zero": """
        k = 1
        for s in sizes:
            k -= 1
        if k < 0:
            observe([k])
    """,
    "the sum of the end of a list": """
        observe([sum(sizes[1:])])
    """,
    "a member of the end of a list": """
        rest = sizes[1:]
        if len(rest):
            observe([rest[0]])
    """,
    "two names of one list": """
        xs = [1, 2]
        ys = xs
        ys.append(3)
        observe([len(xs), len(ys)])
    """,
    "continue under a condition": """
        k, xs = 0, []
        for s in sizes:
            if s > 1:
                xs.append(s)
                continue
            k += 1
        observe([k, len(xs), xs])
    """,
    "deletion of items": """
        xs = [1, 2, 3]
        del xs[0]
        observe([len(xs)])
    """,
    "a list that is reversed in place": """
        xs = [1, 2, n]
        xs.reverse()
        observe([xs[0]])
    """,
    "a sorted copy": """
        xs = sorted([3, n, 1])
        observe([xs[0]])
    """,
    "unreachable code": """
        return
        observe([1])
    """,
}


class Context:
    """A context manager that gives the number that it was made of."""

    def __init__(self, number):
        self.number = number

    def __enter__(self):
        return self.number

    def __exit__(self, *exception):
        return None


CALLS = [{"n": n, "sizes": list(sizes)} for n in range(5) for sizes in LISTS]


def problems(directory, body):
    text = "def f(n: int, sizes: list[int]):\n" + body
    return unsound(directory, text, *CALLS, context=Context)


@pytest.mark.parametrize("body", PROGRAMS.values(), ids=PROGRAMS)
def test_what_happens_is_never_excluded(tmp_path, body):
    assert problems(tmp_path, body) == []


def test_two_names_of_one_list_grow_together(tmp_path):
    body = """
        xs = [1, 2]
        ys = xs
        xs += [n]
        observe([len(xs), len(ys)])
        """
    assert problems(tmp_path, body) == []


@pytest.mark.xfail(strict=True, reason="that a branch made two names one list is forgotten")
def test_two_names_that_become_one_list_in_a_branch_grow_together(tmp_path):
    body = """
        xs, ys = [1, 2], []
        if n:
            ys = xs
        xs.append(n)
        observe([len(xs), len(ys)])
        """
    assert problems(tmp_path, body) == []
