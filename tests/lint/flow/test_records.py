from __future__ import annotations

import pytest
from flow_observation import assignment, observed, only, unsound

from shapeguard.lint.flow.domain.tensors import Slice, Tensor
from shapeguard.lint.flow.domain.terms import symbol
from shapeguard.lint.flow.domain.values import Choice, Int, Missing, Record, Unknown

N = symbol("n")
STATES = """
from dataclasses import dataclass
import dataclasses
from typing import NamedTuple, Optional
from torch import Tensor


class State(NamedTuple):
    keys: Tensor
    rows: int = 0
    part: Optional[slice] = None


@dataclass
class Box:
    width: int
    height: int = 2


@dataclasses.dataclass
class Deep(Box):
    depth: int = 3


"""
# The same without torch: what a real run needs.
REAL = STATES.replace("from torch import Tensor\n", "Tensor = object\n")
PROGRAMS = {
    "construction by position, keyword and default": """
def f(n: int):
    state, box = State("k", n), Box(height=n, width=1)
    observe([state.rows, state.part, box.width, box.height, Deep(1).depth, Deep(n, n, n).depth])
""",
    "unpacking and indexing": """
def f(n: int):
    state = State("k", n, slice(1, n))
    keys, rows, part = state
    observe([rows, part, state[1], state[-1], len(state)])
""",
    "_replace keeps the rest": """
def f(n: int):
    first = State("k", n)
    second = first._replace(rows=n + 1, part=slice(0, n))
    observe([first.rows, second.rows, second.part, first.part])
""",
    "a field that depends on the path": """
def f(n: int):
    state = State("k", n)
    if n > 2:
        state = state._replace(rows=1, part=slice(0, 1))
    observe([state.rows, state.part])
    if state.part is not None:
        observe([state.part.stop])
""",
    "a record from a function": """
def make(rows):
    return State("k", rows=rows, part=slice(rows))

def grown(state):
    return state._replace(rows=state.rows + 1)

def f(n: int):
    state = grown(make(n))
    observe([state.rows, state.part.stop])
""",
    "an assigned field": """
def f(n: int):
    deep = Deep(n)
    deep.depth = n + 1
    observe([deep.depth, deep.width])
""",
}


@pytest.mark.parametrize("body", PROGRAMS.values(), ids=PROGRAMS)
def test_what_happens_is_never_excluded(tmp_path, body):
    assert unsound(tmp_path, REAL + body, *({"n": n} for n in range(5))) == []


def test_fields_are_what_was_given(tmp_path):
    text = STATES + "def f(n: int, x):\n    s = State(x, part=slice(n))\n    observe([s, s.part])\n"
    record, part = only(observed(tmp_path, text))
    assert isinstance(record, Record)
    assert [name for name, _ in record.fields] == ["keys", "rows", "part"]
    assert part == Slice(None, N)


def test_a_parameter_of_a_record_type_has_its_fields(tmp_path):
    text = STATES + "def f(state: State):\n    observe([state.keys, state.rows, state.part])\n"
    keys, rows, part = only(observed(tmp_path, text))
    assert isinstance(keys, Tensor)
    assert isinstance(rows, Int)
    assert isinstance(part, Choice)
    assert {type(leaf) for _, leaf in part.alternatives} == {Missing, Slice}


def test_a_record_is_the_same_however_it_is_read(tmp_path):
    text = (
        STATES
        + "def f(state: State):\n    k, r, p = state\n    observe([r, state.rows, state[1]])\n"
    )
    first, second, third = only(observed(tmp_path, text))
    assert first == second == third


def test_fields_are_inherited_across_files(tmp_path):
    (tmp_path / "base.py").write_text(STATES, encoding="utf-8")
    text = """
        from base import Deep, State as Imported

        class Mine(Deep):
            def f(self, n: int, state: Imported):
                deep = Deep(1, n)
                observe([self.depth, deep.height, state.rows])
        """
    _, height, rows = only(observed(tmp_path, text, "Mine.f"))
    assert height == Int(N)
    assert isinstance(rows, Int)


def test_an_object_that_may_be_a_list_or_a_tensor_is_unknown(tmp_path):
    text = """
        class Rows:
            def __getitem__(self, index): ...

        class Boxes(torch.Tensor): ...

        class Plain:
            width: int = 0

        def f(rows: Rows, boxes: Boxes, plain: Plain):
            observe([rows, boxes, plain])
        """
    rows, boxes, plain = only(observed(tmp_path, text))
    assert isinstance(rows, Unknown)
    assert isinstance(boxes, Unknown)
    assert isinstance(plain, Record)
    assert plain.field("width") is None


def test_declared_axes_of_a_known_class_are_shared_by_its_fields(tmp_path):
    package = tmp_path / "adapters" / "methods"
    package.mkdir(parents=True)
    for directory in (package, package.parent):
        (directory / "__init__.py").write_text("", encoding="utf-8")
    (package / "prefix_tuning.py").write_text(
        "from typing import NamedTuple\nfrom torch import Tensor\n\n"
        "class PrefixTuningState(NamedTuple):\n    key_states: Tensor\n    value_states: Tensor\n",
        encoding="utf-8",
    )
    text = """
        from adapters.methods.prefix_tuning import PrefixTuningState

        def f(state: PrefixTuningState):
            observe([state.key_states, state.value_states])
        """
    keys, values = only(observed(tmp_path, text))
    assert keys.rank == values.rank == 4
    assert [keys.extent(axis) for axis in range(3)] == [values.extent(axis) for axis in range(3)]


def test_extents_of_a_tensor_field_are_symbols_of_their_own(tmp_path):
    text = STATES + "def f(state: State):\n    observe([state.keys.size(0), state.keys.size(1)])\n"
    first, second = only(observed(tmp_path, text))
    assert first != second
    assert assignment({}).values == {}
