"""Metrics: numbers of rows are compared with rows, and those of the whole batch with joined parts."""

from __future__ import annotations

import re

import pytest
import torch
from torchmetrics.classification import MulticlassAccuracy, MulticlassConfusionMatrix
from torchmetrics.regression import MeanSquaredError

from shapeguard.errors import RowMismatch
from shapeguard.oracle import assert_rows_independent

pytestmark = pytest.mark.adapters

CLASSES = 3
INPUTS = {
    "preds": torch.randn(6, CLASSES, generator=torch.Generator().manual_seed(0)),
    "target": torch.tensor([0, 2, 1, 1, 0, 2]),
}


def updated(metric, inputs):
    metric.update(**inputs)
    return metric


def confusion(inputs):
    metric = MulticlassConfusionMatrix(CLASSES)
    return updated(metric, inputs).compute()


SAMPLES = {
    "preds": torch.randint(0, CLASSES, (4, 5), generator=torch.Generator().manual_seed(1)),
    "target": torch.randint(0, CLASSES, (4, 5), generator=torch.Generator().manual_seed(2)),
}


def samplewise(inputs):
    metric = MulticlassAccuracy(CLASSES, multidim_average="samplewise", average="micro")
    return updated(metric, inputs).compute()


def test_the_numbers_of_each_sample_are_rows():
    assert_rows_independent(samplewise, SAMPLES, split=[2, 2])


def test_the_number_of_a_single_sample_loses_its_axis():
    expected = "rows [3] run apart give one value for output, not 1 rows"
    with pytest.raises(RowMismatch, match=re.escape(expected)):
        assert_rows_independent(samplewise, SAMPLES, split=[3, 1])
    assert_rows_independent(lambda inputs: samplewise(inputs).reshape(-1), SAMPLES)


@pytest.mark.parametrize("split", [None, [2, 4], [2, 0, 4]])
def test_confusion_matrices_of_parts_add_up(split):
    assert_rows_independent(confusion, INPUTS, split=split, join=sum)


def test_the_number_of_classes_must_not_come_from_the_part():
    def inferred(inputs):
        return torch.bincount(inputs["target"])

    expected = "output of the whole has shape (3,), the joined parts shape (1,)"
    with pytest.raises(RowMismatch, match=re.escape(expected)):
        assert_rows_independent(inferred, INPUTS, split=[1, 5], join=lambda parts: parts[0])


NUMBERS = {
    "preds": torch.randn(6, generator=torch.Generator().manual_seed(3)),
    "target": torch.zeros(6),
}


def state(inputs):
    metric = updated(MeanSquaredError(), inputs)
    return {"error": metric.sum_squared_error, "total": metric.total}


def added(parts):
    return {name: sum(part[name] for part in parts) for name in parts[0]}


@pytest.mark.parametrize("split", [None, [2, 4], [2, 0, 4]])
def test_the_states_of_parts_add_up(split):
    assert_rows_independent(state, NUMBERS, split=split, join=added)


def test_the_mean_of_means_is_not_the_mean():
    def computed(inputs):
        return updated(MeanSquaredError(), inputs).compute()

    def averaged(parts):
        return torch.stack(parts).mean(0)

    assert_rows_independent(computed, NUMBERS, split=[3, 3], join=averaged)
    with pytest.raises(RowMismatch, match="differs by"):
        assert_rows_independent(computed, NUMBERS, split=[1, 5], join=averaged)


def test_accuracy_of_torchmetrics_takes_no_empty_part():
    def correct(inputs):
        return updated(MulticlassAccuracy(CLASSES, average="micro"), inputs).tp

    assert_rows_independent(correct, INPUTS, split=[2, 4], join=sum)
    with pytest.raises(
        RowMismatch, match="rows \\[\\] crash when they are run apart: RuntimeError"
    ):
        assert_rows_independent(correct, INPUTS, split=[2, 0, 4], join=sum)
