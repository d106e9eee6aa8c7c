"""Operands of which masks selected a part: out of step where each drops entries of its own."""

from __future__ import annotations

import pytest
from flow_observation import happened, with_body

from shapeguard.lint.flow.events import Index, Join
from shapeguard.lint.flow.evidence.selections import mask_of_before, mask_out_of_step, mismatches

HEAD = """import torch
from torch import Tensor


def clean(x: Tensor):
    bad = torch.isnan(x)
    if bad.any():
        x = x[~bad]
    return x.float()


"""
PARAMETERS = "x: Tensor, y: Tensor, mask: Tensor, other: Tensor, n: int"


def found(tmp_path, body):
    text = with_body(f"{HEAD}def f({PARAMETERS}):\n", body)
    joins = [event for event in happened(tmp_path, text) if isinstance(event, Join)]
    return [mismatch for join in joins for mismatch in mismatches(join)]


@pytest.mark.parametrize(
    "body",
    [
        "x[~torch.isnan(x)] + y[~torch.isnan(y)]",
        "torch.where(mask, x[x > 0], y[y > 0])",
        "clean(x) * clean(y)",
        "torch.broadcast_to(clean(x), clean(y).shape)",
        "clean(x).expand(clean(y).shape)",
        "a, b = clean(x), clean(y)\nif a.numel() == 0:\n    return None\na * b",
        "torch.stack([x[x > 0], y[y > 0]])",
        "z = x * y\nz[mask.bool()] - z[other.bool()]",
        "torch.masked_select(x, x > 0) + torch.masked_select(y, y > 0)",
    ],
)
def test_masks_that_select_different_numbers(tmp_path, body):
    mismatch = found(tmp_path, body)[0]
    assert mismatch.sizes.values
    assert mismatch.trail


@pytest.mark.parametrize(
    "body",
    [
        "keep = ~torch.isnan(x)\nx[keep] + y[keep]",
        "keep = ~(torch.isnan(x) | torch.isnan(y))\nx[keep] + y[keep]",
        "x[mask.bool()] + y[other.bool()]",
        "torch.cat([x[x > 0], y[y > 0]])",
        "x[1:] - x[:-1]",
        "x[:n] - x[n:]",
        "x[x > 0].sum() + y[y > 0].sum()",
        "a, b = x[x > 0], y[y > 0]\nif a.shape[0] != b.shape[0]:\n    return None\na + b",
        "clean(x) + y",
        "x[x.argmax(0) == 1] + 1",
    ],
)
def test_silent_where_they_are_in_step_or_nothing_is_known(tmp_path, body):
    assert not found(tmp_path, body)


PLACEHOLDER = """
def f(items: list, rows: Tensor, n: int):
    kept = []
    for item in items:
        if item.boxes.numel() == 0:
            kept.append({made})
            continue
        kept.append(item.matches)
    for row, positions in zip(rows, kept):
        {use}
"""


@pytest.mark.parametrize("made", ["torch.empty(0)", "torch.zeros((0,), dtype=torch.int32)"])
@pytest.mark.parametrize("use", ["row[positions >= 0].sum()", "row[positions != n].sum()"])
def test_a_mask_of_a_placeholder_selects_from_what_is_not_empty(tmp_path, made, use):
    events = happened(tmp_path, HEAD + PLACEHOLDER.format(made=made, use=use))
    found = [mask_out_of_step(event) for event in events if isinstance(event, Index)]
    (mismatch,) = [each for each in found if each is not None]
    assert mismatch.names[0] == "row"


@pytest.mark.parametrize(
    ("made", "use"),
    [
        ("torch.empty(0)", "positions[positions >= 0].sum()"),
        ("torch.empty(0)", "row[positions].sum()"),
        ("torch.full((n,), -1)", "row[positions >= 0].sum()"),
        (
            "torch.empty(0)",
            "if positions.shape[0] == 0:\n            continue\n        row[positions >= 0].sum()",
        ),
        ("torch.empty(0)", "if positions.numel() > 0:\n            row[positions >= 0].sum()"),
    ],
)
def test_silent_where_the_placeholder_is_not_met(tmp_path, made, use):
    events = happened(tmp_path, HEAD + PLACEHOLDER.format(made=made, use=use))
    indexed = [event for event in events if isinstance(event, Index)]
    assert all(mask_out_of_step(event) is None for event in indexed)


NARROWED = """
def f(x: Tensor, n: int, flag: bool):
    large, keep = x > n, ~torch.isnan(x)
    {narrowed}
    return x[{mask}]
"""


def masks_of_before(tmp_path, narrowed, mask):
    events = happened(tmp_path, HEAD + NARROWED.format(narrowed=narrowed, mask=mask))
    indexed = [event for event in events if isinstance(event, Index)]
    return [each for event in indexed if (each := mask_of_before(event)) is not None]


@pytest.mark.parametrize(
    "narrowed", ["x = x[keep]", "if flag:\n        x = x[keep]", "x = x[x < n]"]
)
def test_a_mask_of_what_was_narrowed_since(tmp_path, narrowed):
    (mismatch,) = masks_of_before(tmp_path, narrowed, "large")
    assert mismatch.names == ("x", "large")
    assert mismatch.sizes.value(mismatch.extents[0]) < mismatch.sizes.value(mismatch.extents[1])


@pytest.mark.parametrize(
    ("narrowed", "mask"),
    [
        ("x = x[keep]", "large[keep]"),
        ("x = x[keep]", "x > n"),
        ("x = x * 2", "large"),
        ("x, large = x[keep], large[keep]", "large"),
        ("y = x[keep]", "large"),
    ],
)
def test_silent_where_the_mask_is_of_what_it_selects_from(tmp_path, narrowed, mask):
    assert not masks_of_before(tmp_path, narrowed, mask)
