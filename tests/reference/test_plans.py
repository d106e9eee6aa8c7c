"""Rows with the same chain make a group; groups are taken apart and put together again."""

from __future__ import annotations

import pytest
import torch
from adapters.composition import BatchSplit, MultiTask, Parallel, Stack
from hypothesis import given
from hypothesis import strategies as st

from shapeguard.errors import CompositionError
from shapeguard.reference.chains import written
from shapeguard.reference.plans import joined, made

pytestmark = pytest.mark.adapters

NAMES = "abc"


def shown(plan, present=NAMES):
    return {written(group.chain): group.rows for group in plan.groups(present)}


def test_neighbours_and_rows_apart():
    plan = made(MultiTask("a", "b"), 4, ["a", "b", "a", "b"])
    assert shown(plan) == {"a": (0, 2), "b": (1, 3)}


def test_rows_that_differ_in_absent_adapters_alone_are_one_group():
    plan = made(Stack(BatchSplit("a", "b", batch_sizes=[1, 2]), "c"), 3)
    assert shown(plan) == {"a -> c": (0,), "b -> c": (1, 2)}
    assert shown(plan, "c") == {"c": (0, 1, 2)}
    assert shown(plan, "b") == {"no adapter": (0,), "b": (1, 2)}


def test_an_empty_share_is_no_group():
    assert shown(made(BatchSplit("a", "b", batch_sizes=[0, 2]), 2)) == {"b": (0, 1)}


def test_layers_see_the_copies_of_parallel():
    assert shown(made(Parallel("a", "b"), 4)) == {"a": (0, 1), "b": (2, 3)}
    with pytest.raises(CompositionError, match="3 rows are no copies of an input for the 2 chan"):
        made(Parallel("a", "b"), 3)


@given(tasks=st.lists(st.sampled_from(NAMES), min_size=1, max_size=8))
def test_joining_undoes_taking_apart(tasks):
    plan = made(MultiTask(*NAMES), len(tasks), tasks)
    rows = torch.arange(len(tasks) * 3).reshape(len(tasks), 3)
    groups = plan.groups(NAMES)
    parts = [group.of(rows) for group in groups]
    assert torch.equal(joined(groups, parts), rows)
    for group, part in zip(groups, parts, strict=True):
        assert {tasks[row] for row in group.rows} == {written(group.chain)}
        assert part[:, 0].tolist() == [3 * row for row in group.rows]


def test_neighbouring_rows_are_a_view():
    rows = torch.zeros(4, 2)
    (first, _) = made(BatchSplit("a", "b", batch_sizes=[3, 1]), 4).groups(NAMES)
    assert first.of(rows).data_ptr() == rows.data_ptr()
