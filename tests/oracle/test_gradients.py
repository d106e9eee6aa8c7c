"""Gradients: every adapter learns from its own rows."""

from __future__ import annotations

import pytest
import torch
from adapters import LoRAConfig, SeqBnConfig
from adapters.composition import BatchSplit, MultiTask, Parallel, Stack
from models import batch, prefix, tiny_bert

from shapeguard.errors import RowMismatch
from shapeguard.oracle import Relation, assert_rowwise_equal, rowwise_report

pytestmark = pytest.mark.adapters


@pytest.fixture(scope="module")
def loras():
    return tiny_bert({name: LoRAConfig() for name in "abc"}, attention="sdpa")


def split(*children, sizes):
    return BatchSplit(*children, batch_sizes=sizes)


@pytest.mark.parametrize(
    ("setup", "task_ids"),
    [
        (split("a", "b", sizes=[2, 1]), None),
        (split("a", "b", sizes=[0, 3]), None),
        (Stack(split("a", "b", sizes=[1, 2]), "c"), None),
        (Parallel("a", "b"), None),
        (MultiTask("a", "b"), [1, 0, 1]),
    ],
    ids=str,
)
def test_gradients_are_those_of_rows_alone(loras, setup, task_ids):
    assert_rowwise_equal(loras, setup, batch(3), task_ids=task_ids, gradients=True)


def test_gradients_of_other_methods():
    bottlenecks = tiny_bert({name: SeqBnConfig(reduction_factor=4) for name in "ab"})
    assert_rowwise_equal(bottlenecks, split("a", "b", sizes=[2, 1]), batch(3), gradients=True)
    prefixes = tiny_bert({name: prefix(3) for name in "ab"})
    assert_rowwise_equal(prefixes, split("a", "b", sizes=[1, 2]), batch(3), gradients=True)


def test_an_adapter_that_does_not_learn_from_its_row_is_found(loras):
    def cut_off(module, args, output):
        hidden = output[0]
        return (
            (torch.cat([hidden[:1].detach(), hidden[1:]]), *output[1:])
            if len(hidden) > 1
            else output
        )

    setup = split("a", "b", sizes=[1, 1])
    handle = loras.encoder.layer[1].register_forward_hook(cut_off)
    try:
        assert_rowwise_equal(loras, setup, batch(2))
        report = rowwise_report(loras, setup, batch(2), gradients=True)
        with pytest.raises(RowMismatch, match="differs from the gradients of the rows alone"):
            assert_rowwise_equal(loras, setup, batch(2), gradients=True)
    finally:
        handle.remove()
    assert report.relation is Relation.GRADIENT
    assert report.codes == ("SG606",)
    assert {value.name.partition("loras.")[2][:1] for value in report.values} == {"a"}


def test_what_learns_is_left_as_it_was(loras):
    before = [parameter.requires_grad for parameter in loras.parameters()]
    loras.train_adapter("b")
    during = [parameter.requires_grad for parameter in loras.parameters()]
    assert before != during
    assert_rowwise_equal(loras.eval(), split("a", "b", sizes=[2, 1]), batch(3), gradients=True)
    assert [parameter.requires_grad for parameter in loras.parameters()] == during
    assert all(parameter.grad is None for parameter in loras.parameters())
