"""Ranks that follow the data: what a squeeze without an axis may take away, and what excludes it."""

from __future__ import annotations

import pytest
from flow_observation import happened, observed

from shapeguard.lint.api import lost_axes
from shapeguard.lint.flow.domain.tensors import Kind
from shapeguard.lint.flow.domain.terms import number
from shapeguard.lint.flow.domain.values import Choice, Int
from shapeguard.lint.flow.events import Index, Join, Reduce

HEAD = "import torch\nimport torch.nn.functional as F\nfrom torch import Tensor, nn\n\n"


def program(body, parameters="x: Tensor, y: Tensor, mask: Tensor, k: int"):
    lines = "".join(f"    {line}\n" for line in body.strip().split("\n"))
    return f"{HEAD}def f({parameters}):\n{lines}"


def events(tmp_path, body, kind):
    return [each for each in happened(tmp_path, program(body)) if isinstance(each, kind)]


def loses(tmp_path, body):
    """Say whether an index that narrows may have lost its axis."""
    found = events(tmp_path, body, Index)
    assert found
    return any(lost_axes(each.index, each.moment) is not None for each in found)


@pytest.mark.parametrize(
    "body",
    [
        "keep = mask.nonzero().squeeze()\nx[keep]",
        "keep = torch.nonzero(y > 0).squeeze()\nx[keep, :]",
        "keep = torch.nonzero(y > 0, as_tuple=False).squeeze()\nx.index_select(0, keep)",
        "keep = mask.nonzero().squeeze()\nif len(keep) == 0:\n    return x\nx[keep]",
    ],
)
def test_squeezed_positions_may_be_a_single_one(tmp_path, body):
    assert loses(tmp_path, body)


@pytest.mark.parametrize(
    "body",
    [
        "keep = mask.nonzero().squeeze(1)\nx[keep]",
        "keep = mask.nonzero().squeeze().view(-1)\nx[keep]",
        "keep = mask.nonzero().squeeze().reshape(-1)\nx[keep]",
        "keep = mask.nonzero().squeeze().flatten()\nx[keep]",
        "keep = torch.atleast_1d(mask.nonzero().squeeze())\nx[keep]",
        "keep = mask.nonzero().squeeze()\nif keep.dim() == 0:\n    keep = keep.unsqueeze(0)\nx[keep]",
        "keep = mask.nonzero().squeeze()\nif keep.numel() == 1:\n    keep = keep.unsqueeze(0)\nx[keep]",
        "keep = mask.nonzero().squeeze()\nif keep.ndim == 0:\n    return x\nx[keep]",
        "keep = mask.nonzero().squeeze()\nif not keep.shape:\n    return x\nx[keep]",
        "keep = mask.nonzero()\nif len(keep) < 2:\n    return x\nx[keep.squeeze()]",
    ],
)
def test_positions_keep_their_axis_where_it_is_sure_or_was_asked_for(tmp_path, body):
    assert not loses(tmp_path, body)


@pytest.mark.parametrize(
    ("body", "lost"),
    [
        ("F.mse_loss(x.squeeze(), y)", [True, False]),
        ("F.binary_cross_entropy_with_logits(x.squeeze(), target=y)", [True, False]),
        ("loss = nn.BCELoss()\nloss(x.squeeze(), y)", [True, False]),
        ("F.l1_loss(x.squeeze(), y.squeeze())", [True, True]),
        ("F.l1_loss(x.squeeze(-1), y)", [False, False]),
        ("x = x.squeeze()\nif x.dim() == 0:\n    return x\nF.l1_loss(x, y)", [False, False]),
    ],
)
def test_a_loss_compares_two_tensors_of_one_shape(tmp_path, body, lost):
    (event,) = events(tmp_path, body, Join)
    assert not event.broadcast
    assert event.axis is None
    assert [lost_axes(each, event.moment) is not None for each in event.operands] == lost


def test_a_loss_of_classes_compares_no_shapes(tmp_path):
    assert events(tmp_path, "F.cross_entropy(x, y)", Join) == []


def test_broadcasting_with_a_whole_tensor_gives_the_axis_back(tmp_path):
    (event,) = events(tmp_path, "(x.squeeze() * y[0]).sum(1)", Reduce)
    assert lost_axes(event.operand, event.moment) is None
    (event,) = events(tmp_path, "(x.squeeze() * 2).sum(1)", Reduce)
    assert lost_axes(event.operand, event.moment) is not None


STACKED = """
axes = [0, -1] if k else [-1]
a = x.sum(axes).squeeze()
b = y.sum(axes).squeeze()
torch.stack([a, b], dim=-1).mean({axis})
"""


@pytest.mark.parametrize("axis", ["1", "0 if k else 1"])
def test_axes_that_depend_on_the_path_are_reduced_on_each(tmp_path, axis):
    reduced = events(tmp_path, STACKED.format(axis=axis), Reduce)
    means = [each for each in reduced if each.operation == "mean"]
    assert {each.axis for each in means} == ({1} if axis == "1" else {0, 1})
    assert all(lost_axes(each.operand, each.moment) is not None for each in means)


def test_axes_that_nobody_knows_are_not_reduced(tmp_path):
    assert events(tmp_path, "axes = y.tolist()\nx.mean(axes)", Reduce) == []


@pytest.mark.parametrize(
    "test",
    [
        "k is None or (y := x.nonzero()) is None",
        "not (k and (y := x.nonzero()) is not None)",
        "((y := x.nonzero()) is None if k else True)",
    ],
)
def test_what_a_later_part_of_a_test_binds_stays_bound(tmp_path, test):
    text = program(f"if {test}:\n    return None\nobserve([y])", "x: Tensor, k")
    (seen,) = observed(tmp_path, text)
    (value,) = seen.operands
    assert value.name == "x.nonzero()"


def test_what_a_part_may_bind_is_what_it_was_before_otherwise(tmp_path):
    text = program("y = x\nk and (y := x.nonzero())\nobserve([y])", "x: Tensor, k")
    (seen,) = observed(tmp_path, text)
    (value,) = seen.operands
    assert {leaf.name for _, leaf in value.alternatives} == {"y", "x.nonzero()"}


def test_what_has_no_element_and_one_axis_has_an_axis_of_nothing(tmp_path):
    text = program("if x.numel() == 0 and x.ndim == 1:\n    observe([x.unsqueeze(0)])", "x")
    (seen,) = observed(tmp_path, text)
    (value,) = seen.operands
    assert value.rank == 2
    assert [term.known for _, term in value.extents] == [1, 0]


def test_a_column_of_positions_holds_positions(tmp_path):
    text = program("found = mask.nonzero()\nobserve([found[:, 0].flatten(), x[:, 0]])")
    (seen,) = observed(tmp_path, text)
    assert [value.trait(Kind.INDEX) is not None for value in seen.operands] == [True, False]


def test_the_size_that_is_read_is_the_number_of_elements_and_the_one_that_is_called_an_extent(
    tmp_path,
):
    body = "y = torch.zeros(2, 3)\nif k:\n    y = y[:1]\nobserve([y.size, y.size(1), y.size(0)])"
    (event,) = observed(tmp_path, program(body))
    size, columns, rows = event.operands
    assert columns == Int(number(3))
    assert isinstance(size, Choice)
    assert isinstance(rows, Choice)
    assert {leaf for _, leaf in size.alternatives} == {Int(number(3)), Int(number(6))}
    assert {leaf for _, leaf in rows.alternatives} == {Int(number(1)), Int(number(2))}
