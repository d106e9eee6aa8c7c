from __future__ import annotations

import pytest
from flow_observation import observed, only, unsound

from shapeguard.lint.flow.domain.tensors import Tensor
from shapeguard.lint.flow.domain.terms import number, symbol
from shapeguard.lint.flow.domain.values import Int, Missing, Unknown

N = symbol("n")
PROGRAMS = {
    "star arguments": """
        def g(a, b=0, *rest):
            return a + b + len(rest)

        def f(n: int):
            pair = (n, 2)
            observe([g(*pair), g(1, *pair), g(*pair, *pair, n)])
        """,
    "arguments by position, by keyword and by default": """
        def g(a, b=2, *, c=3):
            return a + b * 2 + c * 3

        def f(n: int):
            observe([g(n), g(n, 1), g(b=n, a=1), g(1, c=n), g(n, 4, c=5)])
        """,
    "early returns": """
        def g(a):
            if a == 0:
                return 7
            for i in range(a):
                if i == 2:
                    return i
            return a

        def f(n: int):
            observe([g(n)])
        """,
    "a function without return": """
        def g(a):
            if a > 2:
                return a

        def f(n: int):
            observe([g(n)])
        """,
    "recursion": """
        def g(a):
            return 0 if a <= 0 else 1 + g(a - 1)

        def f(n: int):
            observe([g(n), n])
        """,
    "mutual recursion": """
        def even(a):
            return 1 if a == 0 else odd(a - 1)

        def odd(a):
            return 0 if a == 0 else even(a - 1)

        def f(n: int):
            observe([even(n)])
        """,
    "functions as values": """
        def one(a):
            return a + 1

        def two(a):
            return a + 2

        def f(n: int):
            chosen = one if n > 2 else two
            observe([chosen(n)])
        """,
    "a decorated function": """
        def twice(function):
            return lambda *arguments: function(*arguments) * 2

        @twice
        def g(a):
            return a

        def f(n: int):
            observe([g(n)])
        """,
    "a local function": """
        def f(n: int):
            def g(a):
                return a + n
            h = lambda a: a + 1
            observe([g(1), h(n)])
        """,
    "shadowed built-ins": """
        def f(n: int):
            len = lambda xs: n
            observe([len([1, 2, 3])])
        """,
    "self, super and inheritance": """
        class Base:
            def size(self, a):
                return a + 1

            def twice(self, a):
                return self.size(a) * 2

        class Child(Base):
            def size(self, a):
                return super().size(a) + 10

        def f(n: int):
            child = Child()
            observe([child.twice(n), child.size(n)])
        """,
    "static and class methods": """
        class Maker:
            @staticmethod
            def static(a):
                return a + 1

            @classmethod
            def of(cls, a):
                return a + 2

            @property
            def fixed(self):
                return 5

        def f(n: int):
            maker = Maker()
            observe([maker.static(n), maker.of(n), maker.fixed, Maker.of(n), Maker.static(n)])
        """,
    "fields of self": """
        class Counter:
            def __init__(self, start):
                self.count = start

            def step(self):
                self.count += 1
                return self.count

        def f(n: int):
            counter = Counter(n)
            counter.step()
            observe([counter.step(), counter.count])
        """,
    "parameters behind star arguments": """
        def g(a, *rest, b=0):
            return a + b + len(rest)

        def f(n: int):
            pair = (n, 2)
            observe([g(*pair), g(1, *pair), g(*pair, *pair, b=n)])
        """,
    "keyword dictionaries": """
        def g(a=1, b=2):
            return a + b

        def f(n: int):
            options = {"a": n}
            observe([g(**options), g(b=3, **options)])
        """,
    "a function that hides a built-in": """
        def sum(xs):
            return 1

        def f(n: int):
            observe([sum([n, n])])
        """,
    "a list that a callee changes": """
        def g(xs):
            xs.append(3)

        def f(n: int):
            xs = [n, 2]
            g(xs)
            observe([len(xs)])
        """,
    "a variable that a nested function rebinds": """
        def f(n: int):
            def g():
                nonlocal n
                n = 5
            g()
            observe([n])
        """,
}


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS)
def test_what_happens_is_never_excluded(tmp_path, text):
    assert unsound(tmp_path, text, *({"n": n} for n in range(6))) == []


def test_a_call_gives_what_the_callee_returns(tmp_path):
    text = """
        def g(a, b=2, *, c=3):
            return a + b + c

        def f(n: int):
            observe([g(n), g(n, c=n), g(b=1, a=1, c=1)])
        """
    assert only(observed(tmp_path, text)) == (
        Int(N + number(5)),
        Int(N.scaled(2) + number(2)),
        Int(number(3)),
    )


def test_events_of_a_callee_are_seen_in_its_context(tmp_path):
    text = """
        def g(a):
            if a > 3:
                observe([a])

        def f(n: int):
            g(2)
            g(7)
            g(n)
        """
    first, second = observed(tmp_path, text)
    assert first.operands == (Int(number(7)),)
    assert second.operands == (Int(N),)
    assert [station.message for station in second.path] == ["`g(...)` is called"]
    assert second.function.name == "g"


def test_a_method_is_looked_up_from_the_class_of_self(tmp_path):
    text = """
        class Base:
            def size(self, a):
                return a

        class Middle(Base):
            def f(self, n: int):
                observe([self.size(n), super().size(n)])

            def size(self, a):
                return a + 1
        """
    own, base = only(observed(tmp_path, text, "Middle.f"))
    assert (own, base) == (Int(N + number(1)), Int(N))


def test_a_field_of_self_is_what_was_assigned(tmp_path):
    text = """
        class Layer:
            def f(self, n: int):
                self.rows = n
                self.step()
                observe([self.rows, self.other])

            def step(self):
                pass
        """
    rows, other = only(observed(tmp_path, text, "Layer.f"))
    assert rows == Int(N)
    assert isinstance(other, Unknown)


def test_recursion_and_depth_end_in_unknown(tmp_path):
    levels = "\n".join(f"def g{i}(a):\n    return g{i + 1}(a)\n" for i in range(8))
    text = f"{levels}\ndef g8(a):\n    return a\n\ndef f(n: int):\n    observe([g0(n), g4(n)])\n"
    deep, shallow = only(observed(tmp_path, text))
    assert isinstance(deep, Unknown)
    assert shallow == Int(N)


def test_an_expensive_callee_becomes_unknown_and_the_caller_comes_to_its_end(tmp_path):
    steps = "\n".join(f"    a = a + {i}" for i in range(300))
    text = (
        f"def g(a):\n{steps}\n    return a\n\ndef f(n: int):\n    k = g(n)\n    observe([k, n])\n"
    )
    result, argument = only(observed(tmp_path, text, steps=2_000))
    assert isinstance(result, Unknown)
    assert argument == Int(N)
    cheap, _ = only(observed(tmp_path, text, steps=20_000))
    assert isinstance(cheap, Int)


def test_an_annotation_says_what_an_unknown_argument_is(tmp_path):
    text = """
        from typing import Optional
        from torch import Tensor

        def g(x: Tensor, part: Optional[slice] = None, count: "int" = 0):
            observe([x, part.start, count])

        def f(a, b, c):
            if b is not None:
                g(a, b, c)
        """
    tensor, start, count = only(observed(tmp_path, text))
    assert isinstance(tensor, Tensor)
    assert start == Int(symbol("b.start"))
    assert count == Int(symbol("c"))


def test_an_optional_parameter_may_be_none(tmp_path):
    text = """
        def f(a: int | None, n: int):
            if a is None:
                observe([a])
            else:
                observe([a])
        """
    absent, present = observed(tmp_path, text)
    assert absent.operands == (Missing(),)
    assert present.operands == (Int(symbol("a")),)


def test_imported_functions_are_followed(tmp_path):
    (tmp_path / "helpers.py").write_text(
        "def g(a):\n    observe([a])\n    return a + 1\n", encoding="utf-8"
    )
    text = """
        from helpers import g
        import helpers as h

        def f(n: int):
            observe([g(n), h.g(2)])
        """
    *inner, outer = observed(tmp_path, text)
    assert outer.operands == (Int(N + number(1)), Int(number(3)))
    assert {event.function.module.name for event in inner} == {"helpers"}


def test_what_is_not_known_is_unknown_and_never_an_error(tmp_path):
    text = """
        import library

        def f(n, m: "not a type!", o: library.Type[int, ...]):
            observe([
                library.call(n), n.method(*m, **o), o[m].field(), missing(), f"{n}", ..., b"x",
                {1: n}, {n}, lambda: n, n @ m, ~n, (yield n), -o, n if m else o, 1.5, 2j, "a" "b",
            ])
        """
    (event,) = observed(tmp_path, text)
    assert len(event.operands) == 18
