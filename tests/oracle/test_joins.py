from __future__ import annotations

import numpy as np
import pytest
import torch

from shapeguard.oracle import padded

pytestmark = pytest.mark.adapters


@pytest.mark.parametrize("make", [np.array, torch.tensor])
def test_shorter_parts_are_filled_up_on_one_side(make):
    parts = [make([[1, 2, 3]]), make([[4], [5]])]
    right = padded(-1)(parts)
    assert right.tolist() == [[1, 2, 3], [4, -1, -1], [5, -1, -1]]
    assert right.dtype == parts[0].dtype
    assert padded(0, side="left")(parts).tolist() == [[1, 2, 3], [0, 0, 4], [0, 0, 5]]


def test_keys_have_numbers_of_their_own():
    parts = [
        {"ids": torch.tensor([[1, 2]]), "labels": torch.tensor([7]), "other": torch.ones(1, 2)},
        {"ids": torch.tensor([[3]]), "labels": torch.tensor([8]), "other": torch.ones(1, 2)},
    ]
    joined = padded({"ids": 9})(parts)
    assert joined["ids"].tolist() == [[1, 2], [3, 9]]
    assert joined["labels"].tolist() == [7, 8]
    assert joined["other"].shape == (2, 2)


def test_another_axis_can_be_filled_up():
    parts = [torch.zeros(1, 2, 3), torch.zeros(2, 2, 1)]
    assert padded(0, axis=2)(parts).shape == (3, 2, 3)


def test_one_number_is_for_all_keys():
    parts = [
        {"ids": np.array([[1, 2]])},
        {"ids": np.zeros((0, 0), dtype=int)},
        {"ids": np.array([[3]])},
    ]
    assert padded(0)(parts)["ids"].tolist() == [[1, 2], [3, 0]]
