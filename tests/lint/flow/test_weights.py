"""Weights: along which axis of a product they stand, whatever was done to give them axes."""

from __future__ import annotations

import pytest
from flow_observation import happened, with_body

from shapeguard.lint.api import Reduce, Tensor, weighted_along

HEAD = (
    "import torch\n\n\n"
    "def f(x: torch.Tensor, w: torch.Tensor, xs: list[torch.Tensor], n, mask, k):\n"
    "    w = torch.softmax(w, dim=1)\n"
)


def weighted(tmp_path, body):
    """Say of each mean whether it is along an axis that is weighted."""
    text = with_body(HEAD, body)
    events = [event for event in happened(tmp_path, text) if isinstance(event, Reduce)]
    return [
        isinstance(event.operand, Tensor) and bool(weighted_along(event.operand, event.axis))
        for event in events
        if event.operation == "mean"
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return (x * w).mean(1)", True),
        ("return (x * w).mean(0)", False),
        ("return (w[..., None] * x).mean(1)", True),
        ("return (w[:, :, None] * x).mean(2)", False),
        ("return (w.unsqueeze(0) * x).mean(2)", True),
        ("return (w.unsqueeze(0) * x).mean(1)", False),
        ("return (x * w.to(x.dtype)).mean(dim=1)", True),
        ("return torch.multiply(x, w).mean(dim=1)", True),
        ("return (x * (w * n)).mean(1)", False),
        ("return (x * w * mask).mean(1)", False),
        ("return (x + w).mean(1)", False),
        ("return (x * w[:, :k]).mean(1)", False),
        ("return (x * (n / mask.sum(1))).mean(1)", False),
        ("return (x * (n / n.sum(1, keepdim=True))).mean(1)", True),
        ("return (x * (n / n.sum())).mean()", False),
        ("n = n * x\nreturn (x * (n / n.sum(1))).mean(1)", True),
        ("n = n * x\nreturn (x * (n / n.sum(1))).mean(0)", False),
        ("n = torch.softmax(torch.zeros(k), 0)\nreturn (x * n.view(-1, 1)).mean(0)", True),
        ("n = torch.softmax(torch.zeros(k), 0)\nreturn (x * n.view(1, -1)).mean(0)", False),
        ("n = torch.softmax(torch.zeros(k), 0)\nreturn (x * n).mean(0)", False),
        ("n = torch.softmax(torch.zeros(k), 0)\nreturn (x * n).mean(-1)", True),
        ("weights = n * x\nreturn (torch.stack(xs, 1) * weights).mean(1)", True),
        ("weights = n * x\nreturn (torch.stack(xs, 1) * weights).mean(0)", False),
        ("scale = n * x\nreturn (torch.stack(xs, 1) * scale).mean(1)", False),
    ],
)
def test_the_axis_that_is_weighted(tmp_path, body, expected):
    assert weighted(tmp_path, body) == [expected]
