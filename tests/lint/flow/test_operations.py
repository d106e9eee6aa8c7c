"""What operations give, alone and in chains: predicted extents are those that torch gives."""

from __future__ import annotations

import pytest
from flow_observation import assignment, executed, observed, only, possible, unsound

from shapeguard.lint.flow.domain.algebra import operation
from shapeguard.lint.flow.domain.numbers import UndefinedError
from shapeguard.lint.flow.domain.predicates import less
from shapeguard.lint.flow.domain.terms import ZERO, symbol
from shapeguard.lint.flow.domain.values import Bool, Int, Sequence

torch = pytest.importorskip("torch", reason="lint itself runs without torch")

SHAPES = ((2, 3, 4), (0, 3, 4), (4, 2, 2), (1, 3, 1))
HEAD = "import torch\nfrom torch import Tensor\nimport torch.nn.functional as F\n\n"


def arguments(shape):
    torch.manual_seed(0)
    return {
        "x": torch.rand(shape),
        "y": torch.rand(shape),
        "rows": torch.zeros(min(shape[0], 1), dtype=torch.long),
        "n": 1,
        "sizes": [1, shape[1] - 1],
    }


def program(expression):
    parameters = "x: Tensor, y: Tensor, rows: Tensor, n: int, sizes: list[int]"
    return f"{HEAD}def f({parameters}):\n    observe([{expression}])\n"


def predicted(tensor, given):
    """Return the extents that the analysis predicts from those of the arguments, None elsewhere."""
    return tuple(_extent(tensor, axis, given) for axis in range(tensor.rank))


def _extent(tensor, axis, given):
    try:
        return assignment(given).value(tensor.extent(axis))
    except (KeyError, UndefinedError):
        return None


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("torch.zeros(n, x.size(0))", (1, 2)),
        ("torch.zeros((n, x.size(0)), dtype=torch.long)", (1, 2)),
        ("torch.zeros(x.shape[0])", (2,)),
        ("x.new_zeros(n, 2)", (1, 2)),
        ("torch.arange(x.size(0))", (2,)),
        ("torch.arange(n, x.size(0))", (1,)),
        ("torch.eye(x.size(0))", (2, 2)),
        ("torch.tensor([1, 2, n])", (3,)),
        ("torch.tensor([[1, 2], [n, 3]])", (2, 2)),
        ("torch.LongTensor([1, n])", (2,)),
        ("torch.full((n, 3), 1.0)", (1, 3)),
        ("x.view(-1)", (24,)),
        ("x.flatten()", (24,)),
        ("x.view(x.size(0), -1)", (2, 12)),
        ("x.view(x.size(0) * x.size(1), 4)", (6, 4)),
        ("x.reshape(-1, x.shape[0])", (12, 2)),
        ("x.permute(2, 0, 1)", (4, 2, 3)),
        ("x.permute(0, 2, 1)[:, n:]", (2, 3, 3)),
        ("x.flatten(1).unsqueeze(0).flatten()", (24,)),
        ("cube.transpose(0, 2)", (4, 3, 2)),
        ("cube.transpose(-1, 0)", (4, 3, 2)),
        ("cube.mT", (2, 4, 3)),
        ("cube[0].T", (4, 3)),
        ("cube.movedim(0, -1)", (3, 4, 2)),
        ("cube.flatten(1)", (2, 12)),
        ("cube.flatten(0, 1)", (6, 4)),
        ("cube.unsqueeze(-1)", (2, 3, 4, 1)),
        ("cube.unsqueeze(1).squeeze(1)", (2, 3, 4)),
        ("cube.unflatten(2, (2, -1))", (2, 3, 2, 2)),
        ("cube.sum(1)", (2, 4)),
        ("cube.mean((1, 2))", (2,)),
        ("cube.mean((1, 2), keepdim=True)", (2, 1, 1)),
        ("cube.max(1)[0]", (2, 4)),
        ("cube.max(dim=1).values", (2, 4)),
        ("cube.topk(n, dim=1).indices", (2, 1, 4)),
        ("cube.sort(1)[1]", (2, 3, 4)),
        ("cube.argmax(1)", (2, 4)),
        ("cube.sum()", ()),
        ("cube.repeat(2, 1, 3)", (4, 3, 12)),
        ("cube.repeat(n, 2, 1, 1)", (1, 4, 3, 4)),
        ("cube.repeat_interleave(2, 0)", (4, 3, 4)),
        ("cube.unsqueeze(1).expand(-1, 5, -1, -1)", (2, 5, 3, 4)),
        ("cube[0].expand(5, -1, -1)", (5, 3, 4)),
        ("cube[0].expand_as(cube)", (2, 3, 4)),
        ("torch.cat([cube, cube[:, n:]], 1)", (2, 5, 4)),
        ("torch.stack([cube, cube], 1)", (2, 2, 3, 4)),
        ("torch.stack([cube, cube], -1)", (2, 3, 4, 2)),
        ("torch.hstack([cube[0, 0], cube[0, 0]])", (8,)),
        ("torch.vstack([cube[0, 0], cube[0, 0]])", (2, 4)),
        ("torch.column_stack([cube[0, 0], cube[0, 0]])", (4, 2)),
        ("cube + cube[0]", (2, 3, 4)),
        ("cube[0] + cube", (2, 3, 4)),
        ("cube[:, :1] * cube", (2, 3, 4)),
        ("cube[:, :1] * cube[:1]", (2, 3, 4)),
        ("cube.unsqueeze(1) * cube.unsqueeze(0)", (2, 2, 3, 4)),
        ("cube @ cube.mT", (2, 3, 3)),
        ("torch.bmm(cube, cube.transpose(1, 2))", (2, 3, 3)),
        ("torch.einsum('bij,bkj->bik', cube, cube)", (2, 3, 3)),
        ("torch.where(cube > 0, cube, cube[:1])", (2, 3, 4)),
        ("(cube > 0).nonzero()", (24, 3)),
        ("cube[cube > 0]", (24,)),
        ("torch.masked_select(cube, cube > 0)", (24,)),
        ("cube[:, None]", (2, 1, 3, 4)),
        ("cube[..., 0]", (2, 3)),
        ("cube[0, ..., n:]", (3, 3)),
        ("cube[..., None, 0].size(1) * rows", (1,)),
        ("cube[None, :, 0]", (1, 2, 4)),
        ("cube.gather(1, cube[:, :n].long())", (2, 1, 4)),
        ("F.linear(cube, cube[0, :n])", (2, 3, 1)),
        ("F.one_hot(rows, 5)", (1, 5)),
        ("rows.bincount(minlength=5)", (5,)),
        ("cube.chunk(3, 1)[0].size(0) * rows", (1,)),
        ("cube.unbind(1)[0]", (2, 4)),
        ("numpy.stack([cube, cube])", (2, 2, 3, 4)),
        ("numpy.expand_dims(cube, 1)", (2, 1, 3, 4)),
    ],
)
def test_the_shape_of_a_result_follows_from_those_of_the_arguments(tmp_path, expression, expected):
    text = f"""{HEAD}import numpy

def f(x: Tensor, y: Tensor, rows: Tensor, n: int, sizes: list[int]):
    b, h, d = x.shape
    cube = torch.zeros(b, h, d) + 1
    r, = rows.shape
    observe([{expression}])
"""
    (value,) = only(observed(tmp_path, text))
    given = arguments((2, 3, 4))
    ((actual,),) = executed(text, given)
    assert tuple(actual.shape) == expected
    known = predicted(value, given)
    assert len(known) == len(expected)
    assert all(mine in (None, real) for mine, real in zip(known, expected, strict=True))
    unread = {"(cube > 0)": 1, "cube[cube": 1, "masked_select": 1, "F.linear": 1, "bincount": 1}
    assert known.count(None) <= sum(n for text, n in unread.items() if text in expression)


@pytest.mark.parametrize(
    "expression",
    [
        "x[n:]",
        "x[:n]",
        "x[:-1]",
        "x[-2:]",
        "x[n:100]",
        "x[:, n:]",
        "x[0:1, :, 1:2]",
        "x[rows]",
        "x[0:1][:, 0]",
        "x[:, 1:].unsqueeze(1)",
        "x.unsqueeze(0).unsqueeze(2)",
        "x[1:].mean(dim=0, keepdim=True)",
        "x.mean(1).sum(0)",
        "x.unsqueeze(1).repeat(1, n, 1, 1)",
        "torch.narrow(x, dim=2, start=0, length=1)",
        "torch.cat([x, y], dim=1)[n:]",
        "(x * 2 + y)[n:]",
        "x.mean(1, True)",
        "x.mean(1, keepdim=False)",
        "torch.stack((x, y))[:, n:]",
        "F.relu(x)[:n]",
        "x[n:] if n > 3 else x[:n]",
        "torch.split(x, sizes, 1)[1]",
        "x.split([1, x.size(1) - 1], dim=1)[1]",
        "x.split(split_size=[n, x.size(1) - n], dim=1)[0]",
    ],
)
def test_compositions_of_operations_keep_their_extents(tmp_path, expression):
    assert unsound(tmp_path, program(expression), *map(arguments, SHAPES[:3])) == []


@pytest.mark.parametrize(
    "expression",
    [
        "x.size(0)",
        "x.size(-1)",
        "x.size(dim=1)",
        "x.shape[1]",
        "x.shape[-2]",
        "x.size()[0]",
        "len(x)",
        "x[n:].size(0)",
        "x[n:].numel()",
        "torch.numel(x)",
        "len(x[:1])",
        "x.shape",
        "(x > 0).any().item()",
        "x.size(0) > 1",
        "x.size(0) * x.size(1) - len(sizes)",
    ],
)
def test_what_is_measured_is_what_torch_measures(tmp_path, expression):
    assert unsound(tmp_path, program(expression), *map(arguments, SHAPES)) == []


@pytest.mark.parametrize(
    ("axis", "expected"), [("0", (2,)), ("-1", (4,)), ("dim=1", (3,)), ("", None)]
)
def test_an_extent_is_a_symbol_of_the_parameter(tmp_path, axis, expected):
    (value,) = only(observed(tmp_path, program(f"x.size({axis})")))
    if expected is None:
        assert not isinstance(value, Int)
    else:
        assert assignment(arguments(SHAPES[0])).value(value.term) == expected[0]


def test_unpacking_a_shape_gives_its_extents(tmp_path):
    text = f"{HEAD}def f(x: Tensor):\n    b, h, d = x.shape\n    observe([b, h, d, x])\n"
    batch, heads, width, _ = only(observed(tmp_path, text))
    sizes = assignment({"x": torch.zeros(5, 6, 7)})
    assert [sizes.value(each.term) for each in (batch, heads, width)] == [5, 6, 7]


def test_pieces_of_a_split_have_the_sizes_of_the_list(tmp_path):
    text = f"""{HEAD}def f(x: Tensor, sizes: list[int]):
    for piece in x.split(sizes):
        observe([piece])
"""
    (piece,) = only(observed(tmp_path, text))
    assert [cut.computed for cut in piece.cuts] == [True]
    for given in ([2, 0, 1], [3]):
        assert unsound(tmp_path, text, {"x": torch.zeros(3, 2), "sizes": given}) == []


def test_a_check_refines_what_follows(tmp_path):
    text = f"{HEAD}def f(x: Tensor):\n    torch._check(x.size(0) > 0)\n    observe([x])\n"
    (event,) = observed(tmp_path, text)
    assert event.facts == (less(ZERO, symbol("x#0")),)
    assert not possible(event, assignment({"x": torch.zeros(0, 2)}))


def test_any_of_a_mask_is_a_test_of_what_it_selects(tmp_path):
    text = f"""{HEAD}def f(x: Tensor, keep: Tensor):
    if keep.any():
        observe([x[keep], keep.any()])
"""
    (event,) = observed(tmp_path, text)
    part, tested = event.operands
    assert tested == Bool(event.facts[0])
    assert event.facts == (less(ZERO, part.extent(0)),)


def test_a_cut_remembers_both_extents_and_whether_it_was_computed(tmp_path):
    text = f"{HEAD}def f(x: Tensor, n: int):\n    observe([x[n:], x[1:], x[:, :n], x[:]])\n"
    computed, literal, second, whole = only(observed(tmp_path, text))
    (cut,) = computed.cuts
    assert (cut.axis, cut.before, cut.after) == (0, symbol("x#0"), computed.extent(0))
    assert cut.computed
    assert [each.computed for each in literal.cuts] == [False]
    assert [each.axis for each in second.cuts] == [1]
    assert whole.cuts == ()


def test_lists_multiply_and_add_like_lists(tmp_path):
    text = "def f(n: int):\n    observe([[1] * 3 + [n], [1] * n])\n"
    added, repeated = only(observed(tmp_path, text))
    assert isinstance(added, Sequence)
    assert len(added.items) == 4
    assert repeated.length == operation("maximum", symbol("n"), ZERO)


@pytest.mark.parametrize(
    "expression",
    [
        "x[0] + y",
        "y + x[0]",
        "x[:1] * y",
        "x[:, :1] * y[:1]",
        "x.unsqueeze(0) * y",
        "x.repeat(2, 1, 1, 1)",
        "x.repeat(1, 2, 1)",
        "torch.hstack([x[0, 0], y[0, 0]])",
        "torch.vstack([x[0, 0], y[0, 0]])",
        "torch.hstack([x, y])",
        "torch.dstack([x, y])",
        "x.transpose(-1, -2)",
        "x[0].t()",
        "x.mT",
        "x.unsqueeze(-1)",
        "x.unsqueeze(-2)",
        "x.sum(-1)",
        "x[0].sum(-1)",
        "x @ y[0].t()",
        "x[0, 0] @ y[0].t()",
        "x.squeeze()",
        "x[..., 0]",
        "x[:, None]",
        "x[..., n:, 0]",
        "x[..., 0, n:]",
        "x[..., None]",
        "x[:, 0, 0].unsqueeze(1)",
    ],
)
def test_what_is_said_of_tensors_of_unknown_rank_is_true(tmp_path, expression):
    assert unsound(tmp_path, program(expression), arguments((4, 2, 2))) == []
