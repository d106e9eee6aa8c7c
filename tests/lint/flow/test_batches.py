"""What is of the whole batch beside a share of it: extents of before, and arguments of one call."""

from __future__ import annotations

import pytest
from flow_observation import happened, with_body

from shapeguard.lint.flow.events import Handover, Join, Reshape
from shapeguard.lint.flow.evidence.batches import (
    extent_of_before,
    passed_whole,
    whole_beside_share,
)

PARAMETERS = "x: Tensor, y: Tensor, mask: Tensor, part: slice, n: int, call, **kwargs"


def events_in(tmp_path, body):
    head = "import torch\nfrom torch import Tensor\n\n\n"
    return happened(tmp_path, with_body(f"{head}def f({PARAMETERS}):\n", body))


def views(tmp_path, body):
    events = [each for each in events_in(tmp_path, body) if isinstance(each, Reshape)]
    return [found for each in events if (found := extent_of_before(each)) is not None]


def joins(tmp_path, body):
    events = [each for each in events_in(tmp_path, body) if isinstance(each, Join)]
    return [found for each in events for found in whole_beside_share(each)]


@pytest.mark.parametrize(
    "body",
    [
        "rows = x.size(0)\nx = x[part]\nx.view(rows, -1)",
        "rows, width = x.shape\nx = x[x.sum(1) > n]\nx.reshape(rows, 2, 3)",
        "rows = x.shape[0]\nif n:\n    x = x[part]\nx.reshape(rows, -1)",
    ],
)
def test_a_view_of_the_extent_of_before(tmp_path, body):
    found = views(tmp_path, body)[0]
    before, after = (found.sizes.value(each) for each in found.extents)
    assert 0 < after < before
    assert found.trail


@pytest.mark.parametrize(
    "body",
    [
        "x = x[part]\nx.view(x.size(0), -1)",
        "rows = x.size(0)\nx[mask].view(rows, -1)",
        "rows = x.size(0)\nx[x > n].view(rows, -1)",
        "rows = x.size(0)\nx[:, part].reshape(rows, -1)",
        "rows = x.size(0)\nx = x[part]\nassert x.size(0) == rows\nx.view(rows, -1)",
    ],
)
def test_silent_where_a_view_has_the_extent_that_is_there(tmp_path, body):
    assert not views(tmp_path, body)


@pytest.mark.parametrize(
    "body",
    [
        "rows, width = x.shape\ntorch.cat([x[part], torch.ones(rows, 1)], dim=1)",
        "rows, width = x.shape\nx[x.sum(1) > n] * torch.ones(rows, width)",
        "rows, width = x.shape\ntorch.stack([torch.ones(rows, width), x[part]])",
    ],
)
def test_a_join_with_the_extent_of_before(tmp_path, body):
    found = joins(tmp_path, body)[0]
    before, after = (found.sizes.value(each) for each in found.extents)
    assert after < before


@pytest.mark.parametrize(
    "body",
    [
        "rows, width = x.shape\ntorch.cat([x[part], torch.ones(rows, width)])",
        "rows, width = x.shape\nx[part] * torch.ones(rows)",
        "rows, width = x.shape\nx[part] * torch.ones(rows, width)[part]",
        "x[part] + y",
    ],
)
def test_silent_where_nothing_of_before_meets_a_share(tmp_path, body):
    assert not joins(tmp_path, body)


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("call(x, y[part], rows=n)", ["x", "y[part]", "rows"]),
        ("more = {'x': x[part], **kwargs}\ncall.layer(y, **more)", ["y", "x"]),
        ("call(*(x[part], y), n)", ["(x[part], y)", "(x[part], y)", "n"]),
    ],
)
def test_what_a_call_is_handed(tmp_path, body, names):
    (event,) = [each for each in events_in(tmp_path, body) if isinstance(each, Handover)]
    assert [name for name, _ in event.arguments] == names


@pytest.mark.parametrize(
    "body", ["call(x[part])", "call(x, y)", "torch.cat([x[part], y], 0)", "x[part].view(n, -1)"]
)
def test_no_handover_of_one_argument_or_of_no_part_or_to_a_model(tmp_path, body):
    assert not [each for each in events_in(tmp_path, body) if isinstance(each, Handover)]


def test_without_a_project_nothing_is_known_of_a_name(tmp_path):
    events = events_in(tmp_path, "call(x[part], y[part], mask)")
    assert not [
        found for each in events if isinstance(each, Handover) for found in passed_whole(each)
    ]
