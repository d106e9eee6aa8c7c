from __future__ import annotations

import dataclasses
from typing import NamedTuple

import pytest
import torch
from transformers.modeling_outputs import BaseModelOutput

from shapeguard.oracle.structure import leaves, map_leaves, take_rows

pytestmark = pytest.mark.adapters


class Pair(NamedTuple):
    left: object
    right: object


@dataclasses.dataclass
class Record:
    value: object


def test_leaves_are_named_by_the_way_to_them():
    x = torch.zeros(2)
    value = {"a": [x, Pair(x, None)], "b": Record((x, "text"))}
    assert list(leaves(value)) == [
        "output.a[0]",
        "output.a[1].left",
        "output.b.value[0]",
    ]


def test_model_outputs_are_walked():
    output = BaseModelOutput(last_hidden_state=torch.zeros(2, 3), hidden_states=(torch.ones(2),))
    assert list(leaves(output)) == ["output.last_hidden_state", "output.hidden_states[0]"]


def test_structures_are_rebuilt():
    x = torch.arange(3)
    changed = map_leaves(lambda leaf: leaf + 1, {"a": Pair(x, None), "b": [x, (x,)], "c": 5})
    assert isinstance(changed["a"], Pair)
    assert changed["a"].left.tolist() == [1, 2, 3]
    assert changed["b"][1][0].tolist() == [1, 2, 3]
    assert changed["c"] == 5


def test_no_rows_are_an_empty_axis():
    assert take_rows(torch.zeros(3, 4), [], 1).shape == (3, 0)
    assert take_rows(torch.arange(3), [2, 0]).tolist() == [2, 0]
