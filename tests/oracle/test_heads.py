"""Heads and losses: rows of several heads, and a mean over a batch with what its rows add up to."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
import torch
from adapters import BertAdapterModel, LoRAConfig
from adapters.composition import BatchSplit, Stack
from models import SIZES, batch, randomise
from transformers import BertConfig

from shapeguard.oracle import Relation, Verdict, rowwise_report

pytestmark = pytest.mark.adapters


def headed(add_head, names="abc"):
    torch.manual_seed(0)
    model = BertAdapterModel(BertConfig(**SIZES, attn_implementation="eager"))
    for name in "abc":
        model.add_adapter(name, config=LoRAConfig())
    for labels, name in enumerate(names, start=2):
        add_head(model, name, labels)
    randomise(model, dict.fromkeys("abc"), 0)
    return model.eval()


def classifying(model, name, labels):
    model.add_classification_head(name, num_labels=labels)


def tagging(model, name, labels):
    model.add_tagging_head(name, num_labels=labels)


@pytest.fixture(scope="module")
def classifiers():
    """One head for each adapter, of different widths."""
    return headed(classifying)


def labelled(rows):
    return {**batch(rows, mask="padded"), "labels": torch.arange(rows) % 2}


def split(*children, sizes):
    return BatchSplit(*children, batch_sizes=sizes)


@pytest.mark.parametrize(
    "setup",
    [
        "a",
        split("a", "b", sizes=[2, 1]),
        split("a", Stack("c", "b"), sizes=[1, 2]),
        Stack(split("a", "b", sizes=[1, 2]), "c"),
    ],
    ids=str,
)
def test_rows_of_every_head_and_the_loss_are_those_of_rows_alone(classifiers, setup):
    classifiers.active_head = "c"
    report = rowwise_report(classifiers, setup, labelled(3))
    assert report.ok, report
    assert classifiers.active_head == "c"


@pytest.mark.parametrize("sizes", [[3, 0], [0, 3]])
def test_an_empty_share_of_a_head_is_found(classifiers, sizes):
    """Defect 01: the first and last element of a range without members."""
    report = rowwise_report(classifiers, split("a", "b", sizes=sizes), labelled(3))
    assert (report.verdict, len(report.smallest.rows)) == (Verdict.ERROR, 1)
    assert report.error == "IndexError: range object index out of range"
    assert report.codes[0] == "SG603"


def test_labels_that_are_left_out_weigh_nothing():
    model = headed(tagging, names="a")
    labels = torch.arange(18).reshape(3, 6) % 2
    labels[1, 4:] = labels[2, 1:] = -100
    inputs = {**batch(3, mask="padded"), "labels": labels}
    assert rowwise_report(model, split("a", "b", sizes=[1, 2]), inputs).ok
    with planted(model, lambda loss: loss * 3 / 2):
        report = rowwise_report(model, split("a", "b", sizes=[1, 2]), inputs)
    assert report.relation is Relation.LOSS


@pytest.mark.parametrize("wrong", [lambda loss: loss * float("nan"), lambda loss: loss + 0.1])
def test_a_wrong_loss_over_right_rows_is_found(classifiers, wrong):
    with planted(classifiers, wrong):
        report = rowwise_report(classifiers, split("a", "b", sizes=[2, 1]), labelled(3))
    assert (report.verdict, report.relation) == (Verdict.WRONG, Relation.LOSS)
    assert report.wrong_rows == ()
    assert report.codes[:1] == ("SG605",)
    assert str(report).startswith(
        "differs from the losses of the rows alone:\n  output.loss differs"
    )


@contextmanager
def planted(model, wrong):
    """A defect that touches the loss of a composed run: of a batch that several adapters share."""

    def change(module, args, output):
        if isinstance(model.adapters_config.active_setup, BatchSplit):
            output["loss"] = wrong(output["loss"])
        return output

    handle = model.register_forward_hook(change)
    try:
        yield
    finally:
        handle.remove()
