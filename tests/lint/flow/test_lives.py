from __future__ import annotations

import textwrap

import pytest
from flow_observation import observed, only

from shapeguard.lint.flow.domain.terms import ZERO, number
from shapeguard.lint.flow.domain.values import Int, Sequence
from shapeguard.lint.flow.events import Divide, Join
from shapeguard.lint.flow.evidence.emptiness import may_be_empty
from shapeguard.lint.flow.evidence.reasons import may_be_zero
from shapeguard.lint.flow.interpreter import analyse_function
from shapeguard.lint.packs import load_models
from shapeguard.lint.project import Project


def events(directory, text, name, kind):
    (directory / "module.py").write_text(textwrap.dedent(text), "utf-8")
    project = Project(directory, lambda path: path.name)
    outline = project.outline(directory / "module.py")
    assert outline is not None
    function = next(each for each in outline.functions if each.qualname == name)
    found = []
    analyse_function(project, load_models(), function, found.append, function.owner)
    return [each for each in found if isinstance(each, kind)]


def join(directory, text, name="Metric.compute"):
    (event,) = events(directory, text, name, Join)
    return event


def reason(event):
    found = may_be_empty(event.members, event.moment)
    return None if found is None else found.reason


METRIC = """
    import torch

    class Base:
        def add_state(self, name, default, dist_reduce_fx=None):
            setattr(self, name, default)

    class Metric(Base):
        def __init__(self):
            super().__init__()
            {start}

        def update(self, rows: torch.Tensor, labels: torch.Tensor):
            self.rows.append(rows)
            self.labels.append(labels)

        def compute(self):
            {guard}
            return torch.cat(self.rows)
    """
STARTS = {
    "assigned": "self.rows = []; self.labels = []",
    "registered": "self.add_state('rows', default=[]); self.add_state('labels', [])",
}


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_a_list_that_another_method_fills_may_be_empty(tmp_path, start):
    event = join(tmp_path, METRIC.format(start=start, guard="pass"))
    assert reason(event) == "`self.rows` is empty until `update` is called"
    assert isinstance(event.members, Sequence)


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
@pytest.mark.parametrize(
    "guard",
    [
        "if not self.rows: return None",
        "if len(self.rows) == 0: raise ValueError",
        "assert self.rows",
        "if not self.labels: return None",
    ],
)
def test_a_guard_of_the_list_or_of_one_filled_beside_it_protects_it(tmp_path, start, guard):
    assert reason(join(tmp_path, METRIC.format(start=start, guard=guard))) is None


def test_a_method_of_a_framework_registers_a_list_as_well(tmp_path):
    text = """
        import torch
        from framework import Metric as Base

        class Metric(Base):
            def __init__(self):
                super().__init__()
                self.add_state("rows", default=[], dist_reduce_fx="cat")

            def update(self, rows):
                self.rows.append(rows)

            def compute(self):
                return torch.cat(self.rows)
        """
    assert reason(join(tmp_path, text)) == "`self.rows` is empty until `update` is called"


def test_a_list_that_the_constructor_fills_gives_no_reason(tmp_path):
    text = """
        import torch

        class Metric:
            def __init__(self, first):
                self.rows = []
                self.rows.append(first)

            def update(self, rows):
                self.rows.append(rows)

            def compute(self):
                return torch.cat(self.rows)
        """
    assert reason(join(tmp_path, text)) is None


def test_a_list_that_only_others_can_fill_is_not_said_to_be_empty(tmp_path):
    text = """
        import torch

        class Metric:
            def __init__(self):
                self.rows = []

            def compute(self):
                return torch.cat(self.rows)
        """
    assert reason(join(tmp_path, text)) is None


def test_a_private_method_is_called_after_the_one_that_fills(tmp_path):
    text = """
        import torch

        class Loader:
            def __init__(self):
                self.rows = []

            def load(self, rows):
                self._read(rows)
                return self._joined()

            def _read(self, rows):
                self.rows.append(rows)

            def _joined(self):
                return torch.cat(self.rows)
        """
    assert reason(join(tmp_path, text, "Loader._joined")) is None


COUNTER = """
    class Accuracy:
        def __init__(self, size: int):
            if size <= 0:
                raise ValueError(size)
            self.size = size
            self.total = {zero}

        def update(self, rows):
            self.total += len(rows)

        def compute(self, x: int):
            return x / self.total

        def share(self, x: int):
            return x / self.size

        def average(self, x: int):
            return float(x) / float(self.total)

        def reported(self, x: int):
            return float(x) / float(self.total) if self.total > 0 else 0.0
    """


@pytest.mark.parametrize("method", ["compute", "average"])
@pytest.mark.parametrize("zero", ["0", "0.0"])
def test_a_count_that_begins_at_0_may_still_be_0(tmp_path, zero, method):
    (event,) = events(tmp_path, COUNTER.format(zero=zero), f"Accuracy.{method}", Divide)
    assert isinstance(event.divisor, Int)
    found = may_be_zero(event.divisor.term, event.moment)
    assert found is not None
    assert found.reason == "`self.total` is 0 until `update` is called"


def test_a_count_that_is_tested_is_not_0_behind_the_test(tmp_path):
    (event,) = events(tmp_path, COUNTER.format(zero="0.0"), "Accuracy.reported", Divide)
    assert isinstance(event.divisor, Int)
    assert may_be_zero(event.divisor.term, event.moment) is None


def test_what_the_constructor_makes_sure_holds_in_methods(tmp_path):
    (event,) = events(tmp_path, COUNTER.format(zero=0), "Accuracy.share", Divide)
    assert isinstance(event.divisor, Int)
    ((atom, _),) = event.divisor.term.parts
    assert atom.name == "self.size"
    assert any("size" in repr(fact) for fact in event.moment.facts)
    assert may_be_zero(event.divisor.term, event.moment) is None
    assert event.divisor.term not in (ZERO, number(1))


def test_an_attribute_of_the_class_is_read_unless_a_method_sets_it(tmp_path):
    text = """
        class Grid:
            cells = 4
            rows = 3

            def fit(self, rows: int):
                self.rows = rows

            def compute(self):
                observe([self.cells, self.rows])
        """
    cells, rows = only(observed(tmp_path, text, "Grid.compute"))
    assert cells == Int(number(4))
    assert rows != Int(number(3))


@pytest.mark.parametrize("first", ["Left.read", "Right.read"])
def test_who_asks_first_changes_nothing(tmp_path, first):
    text = """
        class Left:
            def __init__(self):
                self.right = Right()
                self.rows = []

            def fill(self, rows):
                self.rows.append(rows)

            def read(self, x: int):
                return x / len(self.rows)

        class Right:
            def __init__(self):
                self.rows = []

            def fill(self, left: Left):
                self.rows.append(left.read(3))

            def read(self, x: int):
                return x / len(self.rows)
        """
    (tmp_path / "module.py").write_text(textwrap.dedent(text), "utf-8")
    project = Project(tmp_path, lambda path: path.name)
    outline = project.outline(tmp_path / "module.py")
    assert outline is not None
    functions = sorted(outline.functions, key=lambda each: each.qualname != first)
    seen = {}
    for function in functions:
        found = []
        analyse_function(project, load_models(), function, found.append, function.owner)
        seen[function.qualname] = [repr(e.divisor) for e in found if isinstance(e, Divide)]
    assert "Left.length" in seen["Left.read"][0]
    assert "Right.length" in seen["Right.read"][0]


REFUSED = """
    class Base:
        def __init__(self, xs):
            self.good = [x for x in xs if x.ok]

        def check(self):
            assert len(self.good) > 0

    class Rate(Base):
        def __init__(self, xs):
            super().__init__(xs)
            {}
            self.n = len(self.good)

        def rate(self):
            return 1 / len(self.good), 1 / self.n
    """


@pytest.mark.parametrize(
    ("refusal", "expected"),
    [
        ("if not self.good: raise ValueError", False),
        ("if len(self.good) == 0: raise ValueError", False),
        ("assert len(self.good) > 0", False),
        ("self.check()", False),
        ("if not xs: raise ValueError", True),
        ("if not self.good: print(xs)", True),
    ],
)
def test_what_a_constructor_refuses_is_known_of_its_lists_in_the_methods(
    tmp_path, refusal, expected
):
    found = events(tmp_path, REFUSED.format(refusal), "Rate.rate", Divide)
    assert [may_be_empty(each.divisor, each.moment) is not None for each in found] == [expected] * 2
