"""What cannot be composed right is refused before any tensor of the layer is touched."""

from __future__ import annotations

import pytest
import torch
from adapters.composition import Average, BatchSplit, MultiTask, Parallel, Stack
from adapters.context import ForwardContext
from models import batch, prefix, tiny_bert, with_adapters
from operations import Operations
from transformers import GPT2Config, GPT2Model

from shapeguard import reference
from shapeguard.errors import CompositionError
from shapeguard.reference.acceptance import Entry, check

pytestmark = pytest.mark.adapters


@pytest.fixture(scope="module")
def model():
    return tiny_bert({"a": prefix(4), "b": prefix(2), "c": prefix(3)})


@pytest.fixture(autouse=True)
def installed():
    with reference.installed():
        yield


def split(*children, sizes):
    return BatchSplit(*children, batch_sizes=sizes)


@pytest.mark.parametrize(
    ("setup", "reason"),
    [
        (split("a", "b", sizes=[4, -1]), "not all whole numbers"),
        (split("a", "b", sizes=[2.0, 1.0]), "not all whole numbers"),
        (split("a", "b", sizes=[True, 2]), "not all whole numbers"),
        (split("a", "b", sizes=[1, 1, 1]), "has 3 sizes for 2 adapters"),
        (split("a", "b", sizes=[3]), "has 1 sizes for 2 adapters"),
        (split("a", "b", sizes=[2, 2]), "do not add up to the 3 rows"),
        (split("a", split("b", "c", sizes=[1, 0]), sizes=[1, 2]), "do not add up to the 2 rows"),
        (Stack(split("a", "b", sizes=[1, 2]), Parallel("a", "b")), "replicates after it"),
        (Stack(Parallel("a", "b"), Parallel("a", "b", "c")), "different numbers of channels"),
        (Average("a", "b"), "no Average composition"),
        (Stack("a", Average("b", "c")), "no Average composition"),
        (split("a", Average("b", "c"), sizes=[3, 0]), "no Average composition"),
        (MultiTask("a", "b"), "needs task_ids"),
        (Stack(MultiTask("a", "b"), Parallel("a", "b")), "MultiTask counts rows that Parallel"),
    ],
    ids=str,
)
def test_a_composition_is_refused(model, setup, reason):
    model.set_active_adapters(setup)
    with pytest.raises(CompositionError, match=reason):
        model(**batch(3))


@pytest.mark.parametrize(
    ("task_ids", "reason"),
    [
        (torch.tensor([0, 1]), "there are 2 task_ids for the 3 rows"),
        (torch.tensor([0, 1, 2]), "task id 2 is none of the 2 children"),
        (torch.tensor([0, 1, -1]), "task id -1 is none of"),
        (torch.tensor([0.0, 1.0, 1.0]), "task id 0.0 is none of"),
        (torch.tensor([[0], [1], [1]]), r"task id \[0\] is none of"),
        (["a", "b", "x"], "task id 'x' is none of the 2 children"),
        ([0, 1, 1], "a 1-d integer tensor or a list of adapter names"),
        ("abb", "a 1-d integer tensor or a list of adapter names"),
    ],
)
def test_task_ids_are_refused(model, task_ids, reason):
    model.set_active_adapters(MultiTask("a", "b"))
    with pytest.raises(CompositionError, match=reason):
        model(**batch(3), task_ids=task_ids)


def test_nothing_is_computed_before_a_refusal(model):
    layer = model.encoder.layer[0].attention.self.prefix_tuning
    operations = Operations()
    model.set_active_adapters(Average("a", "b"))
    with ForwardContext(model, **batch(3)), operations, pytest.raises(CompositionError):
        layer(torch.ones(3, 4, 6, 8), torch.ones(3, 4, 6, 8), torch.ones(3, 6, 32))
    assert set(operations.seen) == {"aten.ones.default"}


def test_a_family_that_was_not_judged_is_refused():
    config = GPT2Config(vocab_size=100, n_embd=32, n_layer=1, n_head=4, n_positions=32)
    gpt2 = with_adapters(GPT2Model, config, {"a": prefix(2)})
    gpt2.set_active_adapters("a")
    with pytest.raises(CompositionError, match=r"of bert, .*, not of gpt2"):
        gpt2(**batch(2))


def test_a_causal_model_without_mask_is_refused():
    decoder = tiny_bert({"a": prefix(2)}, attention="sdpa", is_decoder=True)
    decoder.set_active_adapters("a")
    with pytest.raises(CompositionError, match="attention 'eager'"):
        decoder(**batch(2))


def test_rows_must_be_a_multiple_of_the_input_rows():
    with pytest.raises(CompositionError, match="5 rows cannot have been made from 2 input rows"):
        check("a", Entry(rows=5, input_rows=2))


def test_replicated_rows_must_fill_the_channels():
    for rows in (2, 3, 6):
        with pytest.raises(CompositionError, match="do not fill the 2 channels"):
            check(Parallel("a", "b"), Entry(rows, rows, parallelized=True))
    with pytest.raises(CompositionError, match="do not fill the 2 channels"):
        check(Parallel("a", "b"), Entry(3, 3, parallelized=True, input_parallelized=True))


def test_an_empty_batch_is_accepted():
    check(split("a", "b", sizes=[0, 0]), Entry(rows=0, input_rows=0))
