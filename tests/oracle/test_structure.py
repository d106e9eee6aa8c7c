from __future__ import annotations

import dataclasses
from typing import NamedTuple

import pytest
import torch
from transformers.modeling_outputs import BaseModelOutput

from shapeguard.errors import OracleError
from shapeguard.oracle.structure import Column, entries, is_plain, leaves, map_leaves, take_rows

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


def test_entries_are_leaves_columns_and_plain_values():
    x = torch.zeros(2)
    value = {"a": [x, 1], "b": [torch.tensor(1), "text", None], "c": 2.5, "d": object()}
    assert list(entries(value)) == ["output.a[0]", "output.a[1]", "output.b", "output.c"]
    assert isinstance(entries(value)["output.b"], Column)


def test_an_iterator_is_refused_wherever_it_is():
    with pytest.raises(OracleError, match=r"output\.a\[1\] is an iterator \(generator\)"):
        entries({"a": [torch.zeros(2), (each for each in "ab")]})


@pytest.mark.parametrize("value", [1, 2.5, True, "text", b"bytes", None, torch.tensor(1)])
def test_plain_values(value):
    assert is_plain(value)


@pytest.mark.parametrize("value", [torch.zeros(1), [1], {}, object()])
def test_no_plain_values(value):
    assert not is_plain(value)
