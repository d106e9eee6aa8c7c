"""The row view: what a composition means for every row, without any model."""

from __future__ import annotations

import pytest
import torch
from adapters.composition import Average, BatchSplit, Fuse, MultiTask, Parallel, Split, Stack

from shapeguard.errors import CompositionError
from shapeguard.reference.chains import Mixture, distribute, within, written

pytestmark = pytest.mark.adapters


def split(*children, sizes):
    return BatchSplit(*children, batch_sizes=sizes)


def chains(setup, rows, task_ids=None):
    return [written(row.chain) for row in distribute(setup, rows, task_ids)]


@pytest.mark.parametrize(
    ("setup", "expected"),
    [
        ("a", ["a", "a", "a"]),
        (Stack("a", "b"), ["a -> b"] * 3),
        (split("a", "b", sizes=[2, 1]), ["a", "a", "b"]),
        (split("a", "b", "c", sizes=[0, 3, 0]), ["b", "b", "b"]),
        (Stack(split("a", "b", sizes=[2, 1]), "c"), ["a -> c", "a -> c", "b -> c"]),
        (split(split("a", "b", sizes=[0, 1]), "c", sizes=[1, 2]), ["b", "c", "c"]),
        (Parallel("a", "b"), ["a"] * 3 + ["b"] * 3),
        (Stack(Parallel("a", "b"), Parallel("c", "d")), ["a -> c"] * 3 + ["b -> d"] * 3),
        (
            Stack(split("a", "b", sizes=[1, 2]), Parallel("c", "d")),
            ["a -> c", "b -> c", "b -> c", "a -> d", "b -> d", "b -> d"],
        ),
        (
            Stack(Parallel("a", "b"), split("c", "d", sizes=[4, 2])),
            ["a -> c"] * 3 + ["b -> c", "b -> d", "b -> d"],
        ),
        (
            Average(split("a", "b", sizes=[2, 1]), "c"),
            ["Average(a, c)", "Average(a, c)", "Average(b, c)"],
        ),
        (Split("a", Stack("b", "c"), splits=[2, 4]), ["Split(a, b -> c)"] * 3),
        (Fuse("a", "b"), ["Fuse(a, b)"] * 3),
    ],
    ids=str,
)
def test_every_row_has_its_chain(setup, expected):
    assert chains(setup, 3) == expected


def test_rows_know_where_they_come_from():
    assert [row.source for row in distribute(Parallel("a", "b"), 2)] == [0, 1, 0, 1]


@pytest.mark.parametrize("ids", [[1, 0, 1], ["b", "a", "b"]])
def test_tasks_choose_the_child(ids):
    task_ids = torch.tensor(ids) if isinstance(ids[0], int) else ids
    assert chains(MultiTask("a", "b"), 3, task_ids) == ["b", "a", "b"]
    assert chains(Stack(MultiTask("a", "b"), Parallel("c", "d")), 3, task_ids) == [
        "b -> c",
        "a -> c",
        "b -> c",
        "b -> d",
        "a -> d",
        "b -> d",
    ]


def test_task_ids_of_the_input_serve_all_copies():
    setup = Stack(Parallel("a", "b"), MultiTask("c", "d"))
    of_copies = chains(setup, 2, ["d", "c", "d", "c"])
    assert chains(setup, 2, ["d", "c"]) == of_copies == ["a -> d", "a -> c", "b -> d", "b -> c"]


def test_a_layer_without_an_adapter_is_passed_by():
    (row,) = distribute(Stack("a", Average("b", "c"), "d"), 1)
    assert written(within(row.chain, {"a", "d"})) == "a -> d"
    assert written(within(row.chain, {"b"})) == "Average(b, no adapter)"
    assert within(row.chain, set()) == ()


def test_weights_and_splits_stay_in_the_chain():
    (row,) = distribute(Average("a", "b", weights=[1.0, 3.0]), 1)
    assert row.chain == (Mixture("Average", (("a",), ("b",)), (0.25, 0.75)),)


def bent(block, **changes):
    for name, value in changes.items():
        setattr(block, name, value)
    return block


@pytest.mark.parametrize(
    ("setup", "reason"),
    [
        (split("a", "b", sizes=[4, -1]), r"batch_sizes=\[4, -1\] .* are not all whole numbers"),
        (split("a", "b", sizes=[2.0, 1.0]), "not all whole numbers"),
        (split("a", "b", sizes=[True, 2]), "not all whole numbers"),
        (split("a", "b", sizes=[1, 1, 1]), "has 3 sizes for 2 adapters"),
        (split("a", "b", sizes=[3]), "has 1 sizes for 2 adapters"),
        (split("a", "b", sizes=[2, 2]), "add up to 4, and 3 rows reach"),
        (split("a", split("b", "c", sizes=[1, 0]), sizes=[1, 2]), "add up to 1, and 2 rows"),
        (bent(split("a", "b", sizes=[2, 1]), batch_sizes=(2, 1)), "is a tuple, and no list"),
        (bent(split("a", "b", sizes=[2, 1]), batch_sizes=None), "is a NoneType, and no list"),
        (Stack(Parallel("a", "b"), Parallel("a", "b", "c")), "not as many channels"),
        (MultiTask("a", "b"), "needs task_ids"),
        (Split("a", "b", splits=[7, -1]), "splits=.* not all whole numbers"),
        (Split("a", "b", splits=[6]), "has 1 sizes for 2 adapters"),
        (Average("a", "b", weights=[1.0], normalize_weights=False), "has 1 weights for 2"),
        (
            Average("a", "b", weights=[1.0, float("nan")], normalize_weights=False),
            "no list of finite numbers",
        ),
        (bent(Average("a", "b"), weights="ab"), "no list of finite numbers"),
        (3.5, "neither the name of an adapter nor a composition block"),
    ],
    ids=str,
)
def test_arguments_that_do_not_fit_are_refused(setup, reason):
    with pytest.raises(CompositionError, match=reason):
        distribute(setup, 3)


@pytest.mark.parametrize(
    ("task_ids", "reason"),
    [
        (["a", "b"], "there are 2 task_ids for the 3 rows"),
        (["a", "b", "x"], "task id 'x' is none of the 2 children"),
        ([0, 1, 1], "a 1-d integer tensor or a list of adapter names"),
        ("abb", "a 1-d integer tensor or a list of adapter names"),
    ],
)
def test_task_ids_that_do_not_fit_are_refused(task_ids, reason):
    with pytest.raises(CompositionError, match=reason):
        distribute(MultiTask("a", "b"), 3, task_ids)


@pytest.mark.parametrize("ids", [[0, 1, 2], [0, 1, -1], [0.0, 1.0, 1.0], [[0], [1], [1]]])
def test_tensors_of_task_ids_that_do_not_fit_are_refused(ids):
    with pytest.raises(CompositionError, match="is none of the 2 children"):
        distribute(MultiTask("a", "b"), 3, torch.tensor(ids))


def test_no_rows_have_no_chains():
    assert distribute(split("a", "b", sizes=[0, 0]), 0) == ()
