from __future__ import annotations

from blocks import BatchSplit, MultiTask, Parallel, Stack

from shapeguard.errors import OracleError
from shapeguard.oracle.blocks import describe
from shapeguard.oracle.shrinking import restrict, shrink, simpler
from shapeguard.oracle.verdict import Case


def shown(setups):
    return [describe(setup) for setup in setups]


def test_sizes_follow_the_rows_that_are_kept():
    setup = Stack(BatchSplit("a", BatchSplit("b", "c", batch_sizes=[1, 1]), batch_sizes=[2, 2]))
    assert describe(restrict(setup, [True, False, False, True])) == (
        "Stack(BatchSplit('a', BatchSplit('b', 'c', batch_sizes=[0, 1]), batch_sizes=[1, 1]))"
    )


def test_sizes_of_every_channel_follow_the_rows():
    setup = Stack(
        Parallel("c", BatchSplit("a", "b", batch_sizes=[1, 2])),
        BatchSplit("a", "b", batch_sizes=[3, 3]),
    )
    assert describe(restrict(setup, [False, True, True])) == (
        "Stack(Parallel('c', BatchSplit('a', 'b', batch_sizes=[0, 2])), "
        "BatchSplit('a', 'b', batch_sizes=[2, 2]))"
    )


def test_simpler_compositions_lose_a_child_a_block_or_an_empty_share():
    assert shown(simpler(Stack("a", "b"))) == ["'a'", "'b'", "Stack('b')", "Stack('a')"]
    split = BatchSplit("a", Stack("b", "c"), batch_sizes=[0, 2])
    assert shown(simpler(split))[2:] == [
        "BatchSplit(Stack('b', 'c'), batch_sizes=[2])",
        "BatchSplit('a', 'b', batch_sizes=[0, 2])",
        "BatchSplit('a', 'c', batch_sizes=[0, 2])",
        "BatchSplit('a', Stack('c'), batch_sizes=[0, 2])",
        "BatchSplit('a', Stack('b'), batch_sizes=[0, 2])",
    ]


def test_only_the_last_task_is_dropped_since_ids_count_children():
    assert shown(simpler(MultiTask("a", "b")))[2:] == ["MultiTask('a')"]


def test_shrinking_finds_the_share_that_fails():
    def fails(case):
        return "BatchSplit('a'" in describe(case.setup) and 7 in case.rows

    setup = Stack("d", BatchSplit("a", Stack("b", "c"), batch_sizes=[1, 3]), "e")
    smallest = shrink(Case(setup, (5, 6, 7, 8)), fails)
    assert smallest.rows == (7,)
    assert describe(smallest.setup) == "BatchSplit('a', 'b', batch_sizes=[0, 1])"


def test_tasks_follow_the_rows():
    case = Case(MultiTask("a", "b"), (0, 1, 2), (0, 1, 1))
    assert shrink(case, lambda case: 2 in case.rows and case.task_ids).task_ids == (1,)


def test_tasks_of_replicated_rows_follow_the_rows():
    setup = Stack(Parallel("a", "b"), MultiTask("c", "d"))
    case = Case(setup, (0, 1), (0, 1, 1, 0))
    assert shrink(case, lambda case: case.task_ids and 1 in case.rows).task_ids == (1, 0)


def test_a_case_that_cannot_be_judged_is_not_taken():
    def judge(case):
        if len(case.rows) < 3:
            raise OracleError
        return True

    assert shrink(Case("a", (0, 1, 2, 3)), judge).rows == (1, 2, 3)


def test_trials_are_bounded():
    trials = []
    shrink(Case("a", tuple(range(50))), lambda case: trials.append(case) or True, trials=9)
    assert len(trials) == 9
