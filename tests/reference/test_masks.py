from __future__ import annotations

import pytest
import torch

from shapeguard.reference import masks

pytestmark = pytest.mark.adapters

SMALLEST = torch.finfo(torch.float32).min


@pytest.mark.parametrize(
    ("mask", "attend", "blocked"),
    [
        (torch.zeros(2, 1, 1, 3), 0.0, SMALLEST),
        (torch.zeros(2, 1, 3, 3, dtype=torch.float16), 0.0, torch.finfo(torch.float16).min),
        (torch.ones(2, 1, 3, 3, dtype=torch.bool), True, False),
        (torch.ones(2, 3, dtype=torch.int64), 1, 0),
        (torch.ones(2, 3), 1.0, 0.0),
    ],
    ids=["additive", "half", "bool", "plain int", "plain float"],
)
@pytest.mark.parametrize("rows", [0, 2])
def test_every_encoding(mask, attend, blocked, rows):
    mask = mask[:rows]
    wide = masks.widen(masks.widen(mask, 1, masks.attend(mask)), 2, masks.blocked(mask))
    assert wide.dtype is mask.dtype
    assert wide.shape == (*mask.shape[:-1], 3 + mask.shape[-1])
    assert (wide[..., :2] == blocked).all()
    assert (wide[..., 2] == attend).all()
    assert torch.equal(wide[..., 3:], mask)


def test_nothing_is_widened_by_nothing():
    mask = torch.zeros(2, 1, 1, 3)
    assert masks.widen(mask, 0, 1.0) is mask
    assert masks.widen(None, 2, 0.0) is None


def test_no_mask_attends_to_all():
    mask = masks.attend_to_all(torch.ones(2, 4, 5, 8))
    assert mask.shape == (2, 1, 1, 5)
    assert not mask.any()
