"""What comes through a call: between functions, classes and files."""

from __future__ import annotations

import textwrap

import pytest
from flow_observation import observed, only, unsound

from shapeguard.lint.flow.domain.tensors import Tensor
from shapeguard.lint.flow.domain.terms import number, symbol
from shapeguard.lint.flow.domain.values import Choice, Int, Missing, Sequence, Unknown
from shapeguard.lint.flow.events import Call, Definition
from shapeguard.lint.flow.interpreter import analyse_function
from shapeguard.lint.packs import load_models
from shapeguard.lint.project import Project

N = symbol("n")

PROGRAMS = {
    "a closure sees a name as it is when it is called": """
        def f(n: int):
            step = 1
            def add(a):
                return a + step
            before = add(n)
            step = 5
            observe([before, add(n)])
        """,
    "a closure that is returned keeps what it saw": """
        def maker(k):
            def add(a, *, more=2):
                return a + k + more
            return add

        def f(n: int):
            observe([maker(3)(n), maker(n)(4, more=1)])
        """,
    "a closure that fills a list around it": """
        def f(n: int):
            rows = []
            def keep(x):
                rows.append(x)
            keep(n)
            keep(n + 1)
            observe([len(rows), rows[0], rows[1]])
        """,
    "a lambda": """
        def f(n: int):
            double = lambda a, b=1: a * 2 + b
            observe([double(n), double(b=n, a=1)])
        """,
    "a function that is passed and called": """
        def apply(function, *args, **kwargs):
            return function(*args, **kwargs)

        def add(a, b, c=0):
            return a + b * 2 + c * 3

        def f(n: int):
            observe([apply(add, n, 1), apply(add, n, b=2), apply(add, 1, 2, c=n)])
        """,
    "a partial function": """
        from functools import partial

        def add(a, b, c=0):
            return a + b * 2 + c * 3

        def f(n: int):
            some = partial(add, n, c=2)
            observe([some(1), some(n), some(b=n, c=1)])
        """,
    "a decorator that only wraps": """
        import functools

        def logged(function):
            @functools.wraps(function)
            def wrapper(*args, **kwargs):
                print("called")
                return function(*args, **kwargs)
            return wrapper

        @logged
        def add(a, b=1):
            return a + b

        def f(n: int):
            observe([add(n), add(n, b=n)])
        """,
    "a decorator that changes the result": """
        def doubled(function):
            def wrapper(*args, **kwargs):
                return function(*args, **kwargs) * 2
            return wrapper

        @doubled
        def add(a, b=1):
            return a + b

        def f(n: int):
            observe([add(n)])
        """,
    "methods in their order": """
        class A:
            def size(self, a):
                return a

        class B(A):
            def size(self, a):
                return super().size(a) + 1

        class C(A):
            def size(self, a):
                return super().size(a) * 3

        class D(B, C):
            def size(self, a):
                return super(D, self).size(a) + 10

        def f(n: int):
            observe([D().size(n), B().size(n)])
        """,
    "class methods, static methods and properties": """
        class Box:
            unit = 3

            def __init__(self, width):
                self.width = width

            @classmethod
            def square(cls, a):
                return cls(a + cls.unit)

            @staticmethod
            def twice(a):
                return a * 2

            @property
            def area(self):
                return self.width + self.twice(self.unit)

        def f(n: int):
            box = Box.square(n)
            observe([box.width, box.area, Box.twice(n), box.twice(1), Box.unit])
        """,
    "an object that a method changes": """
        class Count:
            def __init__(self, start=0):
                self.total = start
                self.rows = []

            def add(self, a):
                self.total += a
                self.rows.append(a)
                return self

        def f(n: int):
            count = Count()
            count.add(n)
            count.add(2)
            observe([count.total, len(count.rows)])
        """,
    "objects that are called": """
        class Layer:
            def __init__(self, k):
                self.k = k

            def __call__(self, a):
                return a + self.k

        def f(n: int):
            layer = Layer(4)
            observe([layer(n)])
        """,
    "records with defaults": """
        from dataclasses import dataclass, field, replace
        from typing import NamedTuple

        class Pair(NamedTuple):
            left: int
            right: int = 7

        @dataclass
        class Base:
            width: int
            rows: list = field(default_factory=list)

        @dataclass
        class Deep(Base):
            depth: int = 2

            def __post_init__(self):
                self.total = self.width + self.depth

        def f(n: int):
            pair = Pair(n)._replace(left=3)
            deep = replace(Deep(n), depth=5)
            observe([pair.left, pair.right, deep.width, deep.depth, len(deep.rows)])
        """,
    "members of an enum": """
        import enum

        class Mode(enum.Enum):
            SUM = 1
            MEAN = 2

        def size(mode, a):
            if mode == Mode.SUM:
                return a
            return a + 1

        def f(n: int):
            observe([size(Mode.SUM, n), size(Mode.MEAN, n)])
        """,
    "a generator": """
        def numbers(a):
            yield a
            yield a

        def f(n: int):
            for x in numbers(n):
                observe([x])
        """,
    "constants of the module": """
        LIMIT = 4
        SIZES = (1, 2, LIMIT)
        WIDE = LIMIT * 2 + 1

        def f(n: int):
            a, b, c = SIZES
            observe([LIMIT, a + n, c, WIDE, -LIMIT])
        """,
    "imports inside a function": """
        def f(n: int):
            from functools import partial as part
            some = part(max, n)
            observe([n])
        """,
}


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS)
def test_calls_are_followed_as_python_makes_them(tmp_path, text):
    assert unsound(tmp_path, text, {"n": 3}, {"n": 0}, {"n": 5}) == []


EXACT = {
    name: PROGRAMS[name]
    for name in PROGRAMS
    if name not in {"a decorator that changes the result", "imports inside a function"}
}


@pytest.mark.parametrize("text", EXACT.values(), ids=EXACT)
def test_and_nothing_is_lost_on_the_way(tmp_path, text):
    for operands in observed(tmp_path, text):
        assert all(isinstance(each, Int) for each in operands.operands), operands.operands


def test_a_callee_that_is_not_executed_gives_what_its_annotation_promises(tmp_path):
    text = """
        def keep(x: Float[Tensor, "rows dim"], n: int) -> Float[Tensor, "rows 4"]:
            return keep(x, n - 1)

        def f(x: Tensor, n: int):
            observe([x.shape[0], keep(x, n).shape[0], keep(x, n).shape[1]])
        """
    rows, kept, four = only(observed(tmp_path, text))
    assert rows == kept
    assert four == Int(number(4))


def test_what_a_helper_makes_sure_reaches_the_caller(tmp_path):
    text = """
        def check(x, rows):
            if len(rows) == 0:
                raise ValueError
            if x.shape[0] == 0:
                raise ValueError

        class Layer:
            def f(self, x: Tensor, rows: list):
                self.check(x, rows)
                observe([x, rows])

            def check(self, x, rows):
                check(x, rows)
        """
    (event,) = observed(tmp_path, text, "Layer.f")
    assert sum("#0" in repr(fact) for fact in event.facts) == 2


def test_alternatives_of_a_result_reach_the_caller(tmp_path):
    text = """
        def find(x, n):
            if n == 0:
                return None
            if n == 1:
                return []
            return [x]

        def f(x: Tensor, n: int):
            observe([find(x, n)])
        """
    (found,) = only(observed(tmp_path, text))
    assert isinstance(found, Choice)
    leaves = [leaf for _, leaf in found.alternatives]
    assert Missing() in leaves
    assert Sequence(()) in leaves


def test_a_method_that_does_nothing_may_be_there_to_be_replaced(tmp_path):
    text = """
        class Base:
            def rows(self):
                pass

            def f(self):
                observe([self.rows()])
        """
    (found,) = only(observed(tmp_path, text, "Base.f"))
    assert isinstance(found, Unknown)


def test_a_list_that_somebody_unknown_gets_is_no_longer_empty(tmp_path):
    text = """
        from elsewhere import fill

        def f():
            rows = []
            fill(rows)
            observe([rows])
        """
    (rows,) = only(observed(tmp_path, text))
    assert rows != Sequence(())


def test_equal_calls_give_equal_results_and_no_common_list(tmp_path):
    text = """
        def kept(x):
            return x[x > 0]

        def fresh():
            return []

        def f(x: Tensor):
            left, right = fresh(), fresh()
            left.append(1)
            observe([kept(x), kept(x), left, right])
        """
    one, other, left, right = only(observed(tmp_path, text))
    assert isinstance(one, Tensor)
    assert one == other
    assert isinstance(left, Sequence)
    assert isinstance(right, Sequence)
    assert len(left.items or ()) == 1
    assert right.items == ()


def analysed(directory, files, name):
    for path, text in files.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(textwrap.dedent(text), "utf-8")
    project = Project(directory, lambda path: path.relative_to(directory).as_posix())
    outline = project.outline(directory / next(iter(files)))
    assert outline is not None
    function = next(each for each in outline.functions if each.qualname == name)
    events = []
    analyse_function(project, load_models(), function, events.append, function.owner)
    return events


def test_calls_are_events_before_what_happens_inside(tmp_path):
    text = """
        def g(x, n=1):
            return h(n)

        def h(n):
            return n

        def f(x: Tensor):
            return g(x, n=4)
        """
    events = analysed(tmp_path, {"m.py": text}, "f")
    first, second = (each for each in events if isinstance(each, Call) and each.target)
    assert (first.name, second.name) == ("g", "h")
    assert first.keywords == {"n": Int(number(4))}
    assert second.arguments == (Int(number(4)),)
    assert first.target is not None
    assert first.target.qualname == "g"
    assert len(second.moment.path) == len(first.moment.path) + 1


def test_a_function_ends_in_a_definition_with_all_that_it_returns(tmp_path):
    text = """
        class Base:
            def f(self, n: int): ...

        class Layer(Base):
            def f(self, n: int):
                if n == 0:
                    return 1
                if n == 1:
                    return n
        """
    *_, last = analysed(tmp_path, {"m.py": text}, "Layer.f")
    assert isinstance(last, Definition)
    assert last.overrides is not None
    assert last.overrides.qualname == "Base.f"
    assert [value for _, value in last.returns] == [Int(number(1)), Int(N), Missing()]
    assert all(facts for facts, _ in last.returns)


FILES = {
    "pkg/use.py": """
        import pkg.core as core
        import pkg.deep.more
        from . import helper, renamed as other
        from .deep import *
        from .deep.more import Base

        class Layer(Base):
            def f(self, n: int):
                from .deep.late import late
                return (
                    core.one(n), pkg.deep.more.two(n), helper.three(n), other(n), five(n),
                    late(n), self.seven(n),
                )
        """,
    "pkg/__init__.py": "from .core import one as renamed\nfrom .core import helper\n",
    "pkg/core.py": "from . import deep as helper\ndef one(n):\n    return n + 1\n",
    "pkg/deep/__init__.py": "def three(n):\n    return n + 3\ndef five(n):\n    return n + 5\n",
    "pkg/deep/more.py": """
        from typing import TYPE_CHECKING
        if TYPE_CHECKING:
            from pkg.core import one

        def two(n):
            return n + 2

        class Base:
            def seven(self, n):
                return n + 7
        """,
    "pkg/deep/late.py": "def late(n):\n    return n + 6\n",
}


def test_names_are_found_across_files_however_they_are_imported(tmp_path):
    *_, last = analysed(tmp_path, FILES, "Layer.f")
    assert isinstance(last, Definition)
    ((_, value),) = last.returns
    assert isinstance(value, Sequence)
    assert value.items == tuple(Int(N + number(k)) for k in (1, 2, 3, 1, 5, 6, 7))
