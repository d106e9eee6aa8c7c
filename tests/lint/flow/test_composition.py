"""Methods of composition: what they are compared with, and what else they are asked about."""

from __future__ import annotations

import textwrap

import pytest

from shapeguard.lint.flow.domain.values import Record, Sequence
from shapeguard.lint.flow.events import Definition
from shapeguard.lint.flow.evidence.signatures import departures
from shapeguard.lint.flow.evidence.states import fields_out_of_step, returns_nothing
from shapeguard.lint.flow.interpreter import analyse_function
from shapeguard.lint.packs import load_models
from shapeguard.lint.project import Project

HEAD = """
import torch
from typing import NamedTuple

class State(NamedTuple):
    hidden: torch.Tensor
    mask: torch.Tensor
    last: str | None = None

class Base:
    def vslice(self, state, slice_obj): ...
    def pad_and_concat(self, states): ...
    def mean(self, states, weights): ...
    def compose_single(self, adapter_setup, state, lvl=0): ...

class Layer(Base):
"""


def defined(directory, methods, head=HEAD):
    """Return what is known of the first method of ``Layer`` at its end."""
    path = directory / "m.py"
    path.write_text(head + textwrap.indent(textwrap.dedent(methods), "    "), "utf-8")
    project = Project(directory, lambda path: path.relative_to(directory).as_posix())
    outline = project.outline(path)
    assert outline is not None
    function = next(each for each in outline.functions if each.qualname.startswith("Layer."))
    events = []
    analyse_function(project, load_models(), function, events.append, function.owner)
    assert isinstance(events[-1], Definition)
    return events[-1]


def test_a_definition_knows_what_it_was_given_and_its_family(tmp_path):
    method = "def pad_and_concat(self, states: list[State]):\n    states = None\n    return states"
    event = defined(tmp_path, method)
    assert [each.name for each in event.family] == ["Layer", "Base"]
    states = event.given["states"]
    assert isinstance(states, Sequence)
    assert isinstance(states.element, Record)


@pytest.mark.parametrize(
    ("signature", "expected"),
    [
        ("vslice(self, state, rows)", [("calls `rows` what the base calls `slice_obj`", False)]),
        ("vslice(self, state)", [("does not take `slice_obj`, as the base does", True)]),
        ("vslice(self, state, *rest)", []),
        ("vslice(self, slice_obj, state)", [("takes `slice_obj` before `state`, the base after it", True)]),
        ("mean(self, states, weights, *, axis)", [("demands `axis`, which the base does not take", True)]),
        ("mean(self, axis, states, weights)", [("demands `axis`, which the base does not take", True)]),
        ("mean(self, states, axis=0, weights=1)", [("takes `axis` where the base takes `weights`", True)]),
        ("mean(self, states, weights, *, axis=0)", []),
        ("compose_single(self, adapter_setup, state)", [("does not take `lvl`, as the base does", False)]),
        ("compose_single(self, adapter_setup, state, lvl)", [("demands `lvl`, for which the base has a default", False)]),
        ("compose(self, anything)", []),
    ],
)  # fmt: skip
def test_parameters_are_compared_with_those_of_the_base(tmp_path, signature, expected):
    event = defined(tmp_path, f"def {signature}:\n    raise ValueError")
    assert [(each.text, each.sure) for each in departures(event)] == expected


@pytest.mark.parametrize("decorator", ["@staticmethod", "@property", "@wrapped(2)"])
def test_a_decorator_may_change_what_a_method_takes(tmp_path, decorator):
    event = defined(tmp_path, f"{decorator}\ndef vslice(self):\n    raise ValueError")
    assert not list(departures(event))


def test_a_keyword_that_the_base_passes_is_in_the_trail(tmp_path):
    head = HEAD.replace(
        "def vslice", "def forward(self, s): return self.mean(s, weights=1)\n    def vslice"
    )
    event = defined(tmp_path, "def mean(self, states, w):\n    raise ValueError", head)
    (found,) = departures(event)
    assert found.sure
    assert [each.message for each in found.trail] == [
        "`Base.mean(self, states, weights)` is replaced",
        "`weights` is passed by keyword: `self.mean(s, weights=1)`",
    ]


SLICED = (
    "def vslice(self, state: State, slice_obj):\n    return State(state.hidden[slice_obj], {})\n"
)


@pytest.mark.parametrize(
    ("mask", "other", "expected"),
    [
        ("state.mask", "", ["mask kept unsure"]),
        ("state.mask", "torch.cat([s.mask for s in states])", ["mask kept"]),
        ("state.mask", "states[0].mask", []),
        ("state.mask[slice_obj]", "torch.cat([s.mask for s in states])", []),
        ("self.narrowed(state.mask)", "torch.cat([s.mask for s in states])", []),
        ("None", "torch.cat([s.mask for s in states])", ["mask dropped unsure"]),
        ("state.mask[slice_obj] if self.masks else None", "states.masks()", ["mask dropped"]),
    ],
)
def test_a_field_has_rows_if_another_method_treats_it(tmp_path, mask, other, expected):
    joined = f"""
def pad_and_concat(self, states: list[State]):
    return State(torch.cat([s.hidden for s in states]), {other})
"""
    event = defined(tmp_path, SLICED.format(mask) + (joined if other else ""))
    found = [
        f"{each.name} {each.fate}{'' if each.trail else ' unsure'}"
        for each in fields_out_of_step(event)
    ]
    assert found == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("if slice_obj is None:\n        return\n    return state", True),
        ("if slice_obj is not None:\n        return state", False),
        ("return state", None),
        ("return None", None),
    ],
)
def test_a_path_without_a_state(tmp_path, body, expected):
    event = defined(tmp_path, f"def vslice(self, state: State, slice_obj):\n    {body}\n")
    found = returns_nothing(event)
    assert (found if found is None else found[1]) == expected
