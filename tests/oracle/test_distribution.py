from __future__ import annotations

import subprocess
import sys

import pytest
from blocks import Average, BatchSplit, MultiTask, Parallel, Stack

from shapeguard.errors import CompositionError
from shapeguard.oracle.blocks import stacked
from shapeguard.oracle.distribution import Share, distribute


def paths(setup, rows, task_ids=None):
    """For every output row: its input row and its chain."""
    found = {}
    for share in distribute(setup, rows, task_ids=task_ids):
        for place, row in zip(share.output_rows, share.input_rows, strict=True):
            assert place not in found
            found[place] = (row, "".join(map(str, share.chain)))
    return [found[place] for place in range(len(found))]


def test_a_name_is_one_share_of_all_rows():
    assert distribute("a", 2) == (Share((0, 1), (0, 1), ("a",)),)


def test_a_stack_is_one_chain():
    assert paths(Stack("a", "b"), 2) == [(0, "ab"), (1, "ab")]


def test_rows_of_a_share_go_on_through_the_stack():
    setup = Stack(BatchSplit("a", "b", batch_sizes=[2, 1]), "c")
    assert distribute(setup, 3) == (
        Share((0, 1), (0, 1), ("a", "c")),
        Share((2,), (2,), ("b", "c")),
    )


def test_a_stack_inside_a_share():
    setup = BatchSplit(Stack("a", "b"), "c", batch_sizes=[1, 2])
    assert paths(setup, 3) == [(0, "ab"), (1, "c"), (2, "c")]


@pytest.mark.parametrize("sizes", [[0, 3], [3, 0], [0, 0, 3], [1, 0, 2]])
def test_an_empty_share_does_not_appear(sizes):
    shares = distribute(BatchSplit(*"abc"[: len(sizes)], batch_sizes=sizes), 3)
    assert all(share.output_rows for share in shares)
    assert sum(len(share.output_rows) for share in shares) == 3


def test_shares_nest():
    inner = BatchSplit("a", Stack("b", "c"), batch_sizes=[1, 1])
    assert paths(BatchSplit("d", inner, batch_sizes=[1, 2]), 3) == [(0, "d"), (1, "a"), (2, "bc")]


def test_parallel_replicates_channel_after_channel():
    setup = Parallel("c", BatchSplit("a", "b", batch_sizes=[1, 2]))
    assert paths(setup, 3) == [(0, "c"), (1, "c"), (2, "c"), (0, "a"), (1, "b"), (2, "b")]


def test_a_second_parallel_goes_on_channel_by_channel():
    setup = Stack(Parallel("a", "b"), Parallel("c", "d"))
    assert paths(setup, 2) == [(0, "ac"), (1, "ac"), (0, "bd"), (1, "bd")]


def test_after_parallel_a_batch_split_counts_replicated_rows():
    setup = Stack(Parallel("a", "b"), BatchSplit("c", "d", batch_sizes=[1, 3]))
    assert paths(setup, 2) == [(0, "ac"), (1, "ad"), (0, "bd"), (1, "bd")]


def test_tasks_leave_rows_in_their_places():
    setup = Stack(MultiTask("a", Stack("b", "c")), "d")
    assert paths(setup, 3, [1, 0, 1]) == [(0, "bcd"), (1, "ad"), (2, "bcd")]
    assert paths(MultiTask("a", "b"), 2, ["b", "a"]) == [(0, "b"), (1, "a")]


def test_after_parallel_task_ids_count_replicated_rows():
    setup = Stack(Parallel("a", "b"), MultiTask("c", "d"))
    assert paths(setup, 2, [1, 0, 1, 0]) == [(0, "ad"), (1, "ac"), (0, "bd"), (1, "bc")]


@pytest.mark.parametrize(
    ("setup", "rows", "task_ids", "reason"),
    [
        (BatchSplit("a", "b", batch_sizes=[2, 2]), 3, None, "do not add up to 3 rows"),
        (BatchSplit("a", "b", batch_sizes=[4, -1]), 3, None, "one number of rows for each"),
        (BatchSplit("a", "b", batch_sizes=[3]), 3, None, "one number of rows for each"),
        (BatchSplit("a", "b", batch_sizes=[1.5, 1.5]), 3, None, "one number of rows for each"),
        (MultiTask("a", "b"), 2, None, "needs one of task_ids=None"),
        (MultiTask("a", "b"), 2, [0, 2], "task id 2 is none"),
        (MultiTask("a", "b"), 2, ["a", "x"], "task id 'x' is none"),
        (MultiTask("a", "b"), 2, [0], r"one of task_ids=\[0\] for each of 2 rows"),
        (Stack(Parallel("a", "b"), Parallel("a", "b", "c")), 2, None, "as many channels"),
    ],
)
def test_what_does_not_fit_the_rows_is_refused(setup, rows, task_ids, reason):
    with pytest.raises(CompositionError, match=reason):
        distribute(setup, rows, task_ids=task_ids)


@pytest.mark.parametrize("setup", [None, ["a"], 3, Stack("a", 3)], ids=repr)
def test_what_is_no_composition_is_said_to_be_none(setup):
    with pytest.raises(CompositionError, match="is neither the name of an adapter nor a comp"):
        distribute(setup, 3)


def test_a_mixture_stays_in_the_chain_with_the_children_of_the_row():
    setup = Stack(Average("a", BatchSplit("b", Stack("c", "d"), batch_sizes=[1, 1])), "e")
    first, second = (stacked(share.chain) for share in distribute(setup, 2))
    assert first == "Average('a', 'b') -> e"
    assert second == "Average('a', Stack('c', 'd')) -> e"


def test_an_average_of_the_same_is_what_it_averages():
    assert paths(Average(Stack("a", "b"), Stack("a", "b")), 1) == [(0, "ab")]
    split = BatchSplit("a", "b", batch_sizes=[1, 1])
    assert paths(Average("a", split), 2)[0] == (0, "a")


def test_distribution_needs_neither_torch_nor_adapters():
    probe = "import sys, {}; print('torch' in sys.modules, 'adapters' in sys.modules)"
    assert _printed(probe.format("shapeguard.oracle.distribution")) == "False False"
    assert _printed(probe.format("torch")) == "True False"


def _printed(code):
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return done.stdout.strip()
