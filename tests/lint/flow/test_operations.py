"""Op models against torch: what a model predicts for tensors of several sizes, torch must give."""

from __future__ import annotations

import pytest
from flow_observation import assignment, executed, observed, only, possible, unsound

from shapeguard.lint.flow.models import MODELS
from shapeguard.lint.flow.models import vocabulary as words
from shapeguard.lint.flow.predicates import less
from shapeguard.lint.flow.tensors import Tensor
from shapeguard.lint.flow.terms import ZERO, UndefinedError, symbol
from shapeguard.lint.flow.values import Bool, Int, Sequence

torch = pytest.importorskip("torch", reason="lint itself runs without torch")

SHAPES = ((2, 3, 4), (0, 3, 4), (4, 2, 2), (1, 3, 1))
HEAD = "import torch\nfrom torch import Tensor\nimport torch.nn.functional as F\n\n"

ARGUMENTS = {
    "torch.clamp": "(x, min=0)",
    "torch.dropout": "(x, 0.5, True)",
    "torch.full_like": "(x, 1.0)",
    "torch.softmax": "(x, dim=1)",
    "torch.nn.functional.dropout": "(x, p=0.5)",
    "torch.nn.functional.log_softmax": "(x, dim=-1)",
    "torch.nn.functional.softmax": "(x, dim=-1)",
    ".clamp": "(min=0)",
    ".masked_fill": "(x > 0, 0.0)",
    ".masked_fill_": "(x > 0, 0.0)",
    ".softmax": "(dim=1)",
    ".to": "(torch.float64)",
    ".type": "(torch.float64)",
    ".type_as": "(y)",
    "torch.where": "(x > 0, x, y)",
    "torch.lerp": "(x, y, 0.5)",
    "torch.norm": "(x, 2, 1)",
}
BY_WORD = {
    words.Keeps: ("(x)", "()"),
    words.Combines: ("(x, y)", "(y)"),
    words.Reduces: ("(x, 1)", "(1)"),
    words.Inserts: ("(x, 1)", "(0)"),
    words.Joins: ("([x, y])", ""),
    words.Repeats: ("", "(n, 1, 2)"),
    words.Narrows: ("(x, 1, n, 1)", "(1, n, 1)"),
    words.Selects: ("(x, 0, rows)", "(0, rows)"),
    words.Splits: ("(x, [n, x.size(1) - n], dim=1)[1]", "([n, x.size(1) - n], 1)[1]"),
}
DEVICE = {".cuda"}  # the shape is that of `.cpu`, and a GPU is needed to run it
NUMBERS = (words.Measures, words.Counts, words.Tests, words.Checks, words.Ranks)


def call_of(model):
    """Return an expression that calls what a model describes, on three-dimensional tensors."""
    function, method = BY_WORD[type(model)]
    rest = ARGUMENTS.get(model.name, method if model.name[0] == "." else function)
    return f"x{model.name}{rest}" if model.name[0] == "." else f"{model.name}{rest}"


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


def predicted(value, actual, given):
    """Return the extents that the analysis predicts, None where it does not."""
    assert isinstance(value, Tensor)
    assert value.rank in (None, actual.ndim)
    return [_extent(value, axis, given) for axis in range(actual.ndim)]


def _extent(tensor, axis, given):
    try:
        return assignment(given).value(tensor.extent(axis))
    except (KeyError, UndefinedError):
        return None


SHAPED = [m for m in MODELS if not isinstance(m, NUMBERS) and m.name not in DEVICE]


# An empty axis has no deviation; only the shape matters here.
@pytest.mark.filterwarnings("ignore:.*degrees of freedom is <= 0:UserWarning")
@pytest.mark.parametrize("model", SHAPED, ids=lambda model: model.name)
def test_a_model_predicts_the_shape_that_torch_gives(tmp_path, model):
    text = program(call_of(model))
    (value,) = only(observed(tmp_path, text))
    for given in map(arguments, SHAPES):
        ((actual,),) = executed(text, given)
        extents = predicted(value, actual, given)
        assert extents.count(None) <= isinstance(model, words.Joins)
        assert all(mine in (None, real) for mine, real in zip(extents, actual.shape, strict=True))


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
    assert repeated.length == symbol("n")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_what_a_model_describes_exists(model):
    holder = torch
    *path, name = model.name.removeprefix("torch").strip(".").split(".")
    if model.name.startswith("."):
        holder = torch.Tensor
    for part in path:
        holder = getattr(holder, part)
    assert callable(getattr(holder, name))


KNOWN_BUGS = {
    "the operand with more axes may be the second": "x[0] + y",
    "an operand of extent 1 takes the extent of the other": "x[:1] * y",
    "repeat may add axes in front": "x.repeat(2, 1, 1, 1)",
}


@pytest.mark.xfail(strict=True, reason="a known bug, named by the id of the test")
@pytest.mark.parametrize("expression", KNOWN_BUGS.values(), ids=KNOWN_BUGS)
def test_shapes_are_right_here_too(tmp_path, expression):
    assert unsound(tmp_path, program(expression), arguments((4, 2, 2))) == []
