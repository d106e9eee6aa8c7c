"""SG204: composition blocks of adapters that cannot hold.

`# error: CODE column` stands on the line of the block. Every function without a marker must stay silent;
its docstring says why it is right.
"""

import adapters.composition as ac
import pytest
from adapters import BatchSplit, Fuse, MultiTask, Parallel, Split, Stack
from adapters.composition import Average, parse_composition

LANGUAGES = ("de", "en", "fr")
FIRST = 2
SIZES = [2, 0]


# --- flagged ------------------------------------------------------------------------------------


def a_child_without_a_size(model):
    model.set_active_adapters(BatchSplit("de", "en", "fr", batch_sizes=[2, 1]))  # error: SG204 31


def a_size_without_a_child(model):
    model.active_adapters = Split("head", "tail", splits=[64, 32, 32])  # error: SG204 29


def sizes_of_constants(model):
    sizes = [FIRST, 0]
    setup = BatchSplit("a", "b", "c", batch_sizes=sizes)  # error: SG204 13
    model.set_active_adapters(setup)


def a_list_of_the_module(model):
    return BatchSplit("a", "b", "c", batch_sizes=SIZES)  # todo: SG204 12


def children_of_a_list(model):
    model.set_active_adapters(ac.BatchSplit(*LANGUAGES, batch_sizes=[4, 4]))  # error: SG204 31


def a_share_that_is_taken_back(model):
    model.set_active_adapters(BatchSplit("a", "b", batch_sizes=[4, -1]))  # error: SG204 31


def no_row_for_anybody(model):
    model.set_active_adapters(BatchSplit("a", "b", batch_sizes=[0, 0]))  # error: SG204 31


def one_size_for_all_that_is_nothing(model):
    model.set_active_adapters(BatchSplit("a", "b", batch_sizes=0))  # error: SG204 31


def weights_of_another_run(model):
    model.set_active_adapters(Average("a", "b", "c", weights=[0.5, 0.5]))  # error: SG204 31


def weights_that_are_nothing(model):
    return ac.Average("a", "b", weights=[0, 0])  # error: SG204 12


def sizes_by_the_number_of_tasks(model, three):
    sizes = [2, 2]
    if three:
        sizes = [2, 1, 1]
    return BatchSplit("a", "b", batch_sizes=sizes)  # error: SG204 12


def a_split_in_a_fusion(model):
    model.active_adapters = Fuse("a", Split("b", "c", splits=64))  # error: SG204 29


def channels_in_shares(model):
    channels = Parallel("a", "b")
    return BatchSplit(channels, "c", batch_sizes=[2, 2])  # error: SG204 12


def a_block_of_a_function(model):
    model.set_active_adapters(MultiTask("a", shares(2, 1)))  # error: SG204 31


def shares(first, second):
    return BatchSplit("b", "c", batch_sizes=[first, second])


def a_stack_in_a_stack(model):
    base = Stack("language", "domain")
    model.active_adapters = Stack(base, "task")  # error: SG204 29


def too_deep(model):
    inner = BatchSplit("a", "b", batch_sizes=[1, 1])
    middle = BatchSplit(inner, "c", batch_sizes=[2, 1])
    model.active_adapters = Stack(middle, "task")  # error: SG204 29


def parallel_in_parallel(model):
    from transformers.adapters.composition import Parallel

    return Parallel("a", Parallel("b", "c"))  # error: SG204 12


# --- silent -------------------------------------------------------------------------------------


def a_share_without_rows(model):
    """A size of 0 is a share without rows: nothing is wrong with the block."""
    model.set_active_adapters(BatchSplit("a", "b", batch_sizes=[FIRST, 0]))


def one_size_for_all(model):
    """A number is repeated for every child."""
    return BatchSplit("a", "b", "c", batch_sizes=2)


def sizes_of_the_caller(model, sizes):
    """Nothing is known of the sizes."""
    model.set_active_adapters(BatchSplit("a", "b", batch_sizes=sizes))


def sizes_of_the_rows(model, rows):
    """As many sizes as children; what they are the rows say."""
    return BatchSplit("a", "b", batch_sizes=[len(rows), 0])


def children_of_the_caller(model, names):
    """How many children there are is not known."""
    return BatchSplit(*names, batch_sizes=[2, 1])


def a_size_for_each_name(model):
    """The sizes are made of the list of children."""
    return BatchSplit(*LANGUAGES, batch_sizes=[1] * len(LANGUAGES))


def weights_that_add_up_to_nothing_else(model):
    """Weights may be negative: the difference of two adapters."""
    return Average("a", "b", weights=[2, -1])


def a_stack_in_each_share(model):
    """A stack may stand in every block."""
    setup = BatchSplit(Stack("a", "b"), Stack("c", "d"), batch_sizes=[1, 2])
    model.set_active_adapters(setup)


def a_fusion_in_a_stack(model):
    """A stack takes a fusion, and a fusion takes stacks."""
    return Stack("language", Fuse("a", "b")), Fuse(Stack("a", "b"), "c")


def shares_of_shares(model):
    """A share may be split once more, and two levels deep there are stacks."""
    inner = BatchSplit(Stack("a", "b"), "c", batch_sizes=[1, 1])
    return BatchSplit(inner, "d", batch_sizes=[2, 1])


def what_must_be_refused():
    """The test wants the block to be refused."""
    with pytest.raises(ValueError, match="Cannot nest"):
        parse_composition(Fuse("a", Split("b", "c", splits=64)))


def what_may_be_refused(model):
    """Whoever catches the refusal knows of it."""
    try:
        model.set_active_adapters(Stack("a", Stack("b", "c")))
    except ValueError:
        model.set_active_adapters(Stack("a", "b", "c"))


class Parts:
    """A class of the project that has the name of a method of torch."""

    def split(self, sizes):
        """A method, and no block of adapters."""
        return self.Split("a", "b", "c", splits=[1, 2])

    def Split(self, *parts, splits):
        """The project's own split takes any sizes."""
        return parts, splits


def weights_by_default(model):
    """Without weights every child counts the same."""
    return Average("a", "b", "c"), Average("a", "b", weights=None)
