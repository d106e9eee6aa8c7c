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
@pytest.mark.parametrize("behind", [False, True])
@pytest.mark.parametrize("rows", [0, 2])
def test_every_encoding(mask, attend, blocked, rows, behind):
    mask = mask[:rows]
    wide = masks.around(mask, prefix=1, padding=2, behind=behind)
    if not behind:
        wide = wide.roll(-2, dims=-1)
    assert wide.dtype is mask.dtype
    assert wide.shape == (*mask.shape[:-1], 3 + mask.shape[-1])
    assert (wide[..., 0] == attend).all()
    assert (wide[..., -2:] == blocked).all()
    assert torch.equal(wide[..., 1:-2], mask)


def test_nothing_is_widened_by_nothing():
    mask = torch.zeros(2, 1, 1, 3)
    assert masks.around(mask, prefix=0) is mask


def test_no_mask_attends_to_all():
    mask = masks.all_keys(torch.ones(2, 4, 5, 8))
    assert mask.shape == (2, 1, 1, 5)
    assert not mask.any()


@pytest.mark.parametrize(("keys", "queries"), [(4, 4), (6, 2), (5, 1)])
def test_no_mask_in_a_causal_layer_attends_to_the_keys_so_far(keys, queries):
    mask = masks.keys_so_far(torch.ones(2, 4, keys, 8), queries)
    assert mask.shape == (2, 1, queries, keys)
    for query in range(queries):
        assert mask[0, 0, query].tolist() == [key <= keys - queries + query for key in range(keys)]
