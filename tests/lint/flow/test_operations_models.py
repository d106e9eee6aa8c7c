"""Every op model against its library: what a model says of shapes is what the library does."""

from __future__ import annotations

import importlib

import pytest
from flow_observation import executed, observed, unsound

from shapeguard.lint.flow.models import MODELS
from shapeguard.lint.flow.models import vocabulary as words
from shapeguard.lint.flow.operations import MEANINGS

torch = pytest.importorskip("torch", reason="lint itself runs without torch")
numpy = pytest.importorskip("numpy", reason="lint itself runs without numpy")

HEAD = """import random
import typing
import numpy
import torch
import torch.fx.experimental.symbolic_shapes
import typing_extensions
from torch import Tensor

"""
SHAPES = ((2, 3, 4), (4, 2, 2), (1, 3, 1), (3, 3, 3))
METHOD = {
    words.Bins: "(minlength=5)",
    words.Chooses: "(x > 0, x)",
    words.Chunks: "(2)",
    words.Clamps: "(min=1)",
    words.Combines: "(y)",
    words.Converts: "([1, 2, n])",
    words.Drops: "(1, 0)",
    words.Expands: "(x.shape)",
    words.Finest: "(1)",
    words.Follows: "(y)",
    words.Inserts: "(1)",
    words.Interleaves: "(2, 1)",
    words.Makes: "((n, 2))",
    words.Masks: "(x > 0.5)",
    words.Measures: "(1)",
    words.Moves: "(0, 2)",
    words.Narrows: "(1, n, 1)",
    words.Permutes: "((2, 0, 1))",
    words.Ranked: "(1)",
    words.Reduces: "(1)",
    words.Repeats: "((n, 1, 2))",
    words.Requires: "(1)",
    words.Selects: "(0, rows)",
    words.Splits: "([n, x.size(1) - n], 1)",
    words.Squeezes: "(0)",
    words.Swaps: "(0, -1)",
    words.Tests: "()",
    words.Unbinds: "(1)",
    words.Unflattens: "(2, (1, -1))",
    words.Uniques: "(return_counts=True)",
    words.Views: "((x.size(0), -1))",
}
WITHOUT_TENSOR = {
    words.Between: "(0, 3, (2,))",
    words.Converts: "([1, 2, n])",
    words.Denies: "()",
    words.Makes: "((n, 2))",
    words.Numbers: "(n, 7)",
    words.Squares: "(n, 3)",
}
SPECIAL = {
    ".multinomial": "x.flatten().multinomial(1)",
    "torch.stft": "torch.stft(x.flatten(), 1, 1, window=torch.ones(1), return_complex=True)",
    ".bincount": "flat.bincount(minlength=5)",
    ".new_full": "x.new_full((n, 2), 1)",
    ".to": "x.to(torch.float64)",
    ".type": "x.type(torch.float64)",
    ".type_as": "x.type_as(y)",
    ".softmax": "x.softmax(1)",
    ".log_softmax": "x.log_softmax(1)",
    ".cumsum": "x.cumsum(1)",
    ".cumprod": "x.cumprod(1)",
    ".logcumsumexp": "x.logcumsumexp(1)",
    ".cummax": "x.cummax(1)",
    ".cummin": "x.cummin(1)",
    ".roll": "x.roll(1, 0)",
    ".flip": "x.flip((0,))",
    ".renorm": "x.renorm(1, 0, 1)",
    ".mvlgamma": "(x + 5).mvlgamma(1)",
    ".bitwise_not": "flat.bitwise_not()",
    ".bitwise_and": "flat.bitwise_and(flat)",
    ".bitwise_or": "flat.bitwise_or(flat)",
    ".bitwise_xor": "flat.bitwise_xor(flat)",
    ".addcdiv": "x.addcdiv(y, y)",
    ".addcmul": "x.addcmul(y, y)",
    ".addcdiv_": "x.addcdiv_(y, y)",
    ".addcmul_": "x.addcmul_(y, y)",
    ".lerp": "x.lerp(y, 0.5)",
    ".masked_fill": "x.masked_fill(x > 0, 0.0)",
    ".masked_fill_": "x.masked_fill_(x > 0, 0.0)",
    ".masked_scatter": "x.masked_scatter(x > 0, y)",
    ".masked_scatter_": "x.masked_scatter_(x > 0, y)",
    ".index_fill": "x.index_fill(0, rows, 1.0)",
    ".index_fill_": "x.index_fill_(0, rows, 1.0)",
    ".index_add": "x.index_add(0, rows, y[rows])",
    ".index_add_": "x.index_add_(0, rows, y[rows])",
    ".index_copy": "x.index_copy(0, rows, y[rows])",
    ".index_copy_": "x.index_copy_(0, rows, y[rows])",
    ".index_put_": "x.index_put_((rows,), y[rows])",
    ".scatter": "x.scatter(0, rows.view(-1, 1, 1), 1.0)",
    ".scatter_": "x.scatter_(0, rows.view(-1, 1, 1), 1.0)",
    ".scatter_add": "x.scatter_add(0, rows.view(-1, 1, 1), y)",
    ".scatter_add_": "x.scatter_add_(0, rows.view(-1, 1, 1), y)",
    ".fill_": "x.fill_(1.0)",
    ".copy_": "x.copy_(y)",
    ".where": "x.where(x > 0, y)",
    ".clamp_max": "x.clamp_max(1)",
    ".clamp_max_": "x.clamp_max_(1)",
    ".clamp_min": "x.clamp_min(1)",
    ".clamp_min_": "x.clamp_min_(1)",
    ".clamp_": "x.clamp_(min=0)",
    ".pow_": "x.pow_(y)",
    ".quantile": "x.quantile(0.5, 1)",
    ".nanquantile": "x.nanquantile(0.5, 1)",
    ".norm": "x.norm(2, 1)",
    ".count_nonzero": "x.count_nonzero(1)",
    ".take": "x.take(rows)",
    ".gather": "x.gather(0, rows.view(-1, 1, 1))",
    ".squeeze": "x[:, :1].squeeze(1)",
    ".H": "x[0].H",
    ".mm": "x[:, :, 0].mm(y[:, :, 0].t())",
    ".mv": "x[0].mv(y[0, 0])",
    ".bmm": "x.bmm(y.transpose(1, 2))",
    ".matmul": "x.matmul(y.transpose(1, 2))",
    ".t": "x[0].t()",
    ".broadcast_to": "x.broadcast_to((n, *x.shape))",
    ".item": "x.max().item()",
    ".unflatten": "x.unflatten(2, (1, -1))",
    ".numpy": "x.numpy()",
    ".split_with_sizes": "x.split_with_sizes([n, x.size(1) - n], 1)",
    "torch.block_diag": "torch.block_diag(x[0], y[0])",
    "torch.column_stack": "torch.column_stack([x, y])",
    "torch.where": "torch.where(x > 0, x, y)",
    "torch.hsplit": "torch.hsplit(x, [n])",
    "torch.vsplit": "torch.vsplit(x, [n])",
    "numpy.squeeze": "numpy.squeeze(x.numpy()[:, :1], 1)",
    "numpy.full_like": "numpy.full_like(x.numpy(), 1.0)",
    "torch.full": "torch.full((n, 2), 1.0)",
    "torch.full_like": "torch.full_like(x, 1.0)",
    "torch.randint_like": "torch.randint_like(x, 5)",
    "torch.linspace": "torch.linspace(0, 1, n)",
    "torch.logspace": "torch.logspace(0, 1, n)",
    "torch.randperm": "torch.randperm(n)",
    "torch.Tensor": "torch.Tensor([1.0, 2.0])",
    "torch.from_numpy": "torch.from_numpy(x.numpy())",
    "torch.linalg.norm": "torch.linalg.norm(x, 2, 1)",
    "torch.linalg.vector_norm": "torch.linalg.vector_norm(x, 2, 1)",
    "torch.linalg.matmul": "torch.linalg.matmul(x, y.transpose(1, 2))",
    "torch.complex": "torch.complex(x, y)",
    "torch.dropout": "torch.dropout(x, 0.5, True)",
    "torch.isin": "torch.isin(x, y)",
    "torch.einsum": "torch.einsum('bij,bij->bi', x, y)",
    "torch.cat": "torch.cat([x, y], 1)",
    "torch.randint": "torch.randint(0, 5, (n, 2))",
    **{
        f"torch._foreach_{name}": f"torch._foreach_{name}([x, y])"
        for name in ("abs", "clone", "exp", "neg", "norm", "sqrt")
    },
    **{
        f"torch._foreach_{name}": f"torch._foreach_{name}([x, y], 2.0)"
        for name in ("add", "div", "mul", "pow", "sub")
    },
    "torch.nn.utils.rnn.pad_sequence": "torch.nn.utils.rnn.pad_sequence([x, y])",
    "torch.nn.utils.rnn.pack_sequence": "torch.nn.utils.rnn.pack_sequence([x, y])",
    "torch.nn.utils.rnn.pack_padded_sequence": (
        "torch.nn.utils.rnn.pack_padded_sequence(x, [1] * x.size(1))"
    ),
    "numpy.where": "numpy.where(x.numpy() > 0, x.numpy(), y.numpy())",
    "numpy.flatnonzero": "numpy.flatnonzero(x.numpy())",
    "numpy.percentile": "numpy.percentile(x.numpy(), 50, 1)",
    "numpy.nanpercentile": "numpy.nanpercentile(x.numpy(), 50, 1)",
    "numpy.quantile": "numpy.quantile(x.numpy(), 0.5, 1)",
    "numpy.nanquantile": "numpy.nanquantile(x.numpy(), 0.5, 1)",
    "numpy.linalg.norm": "numpy.linalg.norm(x.numpy(), 2, 1)",
    "numpy.clip": "numpy.clip(x.numpy(), 0, 1)",
    "numpy.interp": "numpy.interp(x.numpy(), [0, 1], [0, 1])",
    "numpy.isin": "numpy.isin(x.numpy(), y.numpy())",
    "numpy.bincount": "numpy.bincount(flat.numpy(), minlength=5)",
    "numpy.pad": "numpy.pad(x.numpy(), ((0, 0), (0, 0), (1, 1)))",
    "numpy.take": "numpy.take(x.numpy(), rows.numpy(), 0)",
    "numpy.linspace": "numpy.linspace(0, 1, n)",
    "numpy.identity": "numpy.identity(n)",
    "numpy.einsum": "numpy.einsum('bij,bij->bi', x.numpy(), y.numpy())",
    "numpy.concatenate": "numpy.concatenate([x.numpy(), y.numpy()], 1)",
    "numpy.split": "numpy.split(x.numpy(), [n], 1)",
    "numpy.full": "numpy.full((n, 2), 1.0)",
    "numpy.transpose": "numpy.transpose(x.numpy(), (2, 0, 1))",
    "numpy.unique": "numpy.unique(x.numpy(), return_counts=True)",
    "numpy.matmul": "numpy.matmul(x.numpy(), y.numpy().swapaxes(1, 2))",
    "numpy.arange": "numpy.arange(n, 7)",
    "numpy.random.rand": "numpy.random.rand(n, 2)",
    "numpy.random.randn": "numpy.random.randn(n, 2)",
    "numpy.random.choice": "numpy.random.choice([1, 2, n])",
    "numpy.random.randint": "numpy.random.randint(0, 4)",
    "numpy.moveaxis": "numpy.moveaxis(x.numpy(), 0, 2)",
    "numpy.bitwise_and": "numpy.bitwise_and(flat.numpy(), flat.numpy())",
    "numpy.bitwise_or": "numpy.bitwise_or(flat.numpy(), flat.numpy())",
    "numpy.bitwise_xor": "numpy.bitwise_xor(flat.numpy(), flat.numpy())",
    "numpy.roll": "numpy.roll(x.numpy(), 1, 0)",
    "numpy.reshape": "numpy.reshape(x.numpy(), (x.size(0), -1))",
    "numpy.tile": "numpy.tile(x.numpy(), (n, 1, 2))",
    "torch.fx.experimental.symbolic_shapes.guard_size_oblivious": (
        "torch.fx.experimental.symbolic_shapes.guard_size_oblivious(x.size(0) > n)"
    ),
    "torch.jit.annotate": "torch.jit.annotate(Tensor, x)",
    "typing.cast": "typing.cast(Tensor, x)",
    "typing_extensions.cast": "typing_extensions.cast(Tensor, x)",
    **{
        f"torch.{name}": (
            f"torch.{name}(x, {state}, [torch.zeros({gates}, x.size(2)), torch.zeros({gates}, 1), "
            f"torch.zeros({gates}), torch.zeros({gates})], True, 1, 0.0, False, False, False)"
        )
        for name, state, gates in (
            ("gru", "torch.zeros(1, x.size(1), 1)", 3),
            ("lstm", "[torch.zeros(1, x.size(1), 1), torch.zeros(1, x.size(1), 1)]", 4),
            ("rnn_tanh", "torch.zeros(1, x.size(1), 1)", 1),
        )
    },
    "random.choice": "random.choice([1, 2])",
    "random.choices": "random.choices([1, 2])",
    "random.sample": "random.sample([1, 2], 1)",
    "random.randint": "random.randint(0, n)",
    "random.randrange": "random.randrange(0, 5)",
}
FUNCTIONS = "torch.nn.functional."
IMAGES = "x.unsqueeze(1)"
FUNCTIONAL = {
    "adaptive_avg_pool1d": "(x, 1)",
    "adaptive_max_pool1d": "(x, 1)",
    "avg_pool1d": "(x, 1)",
    "max_pool1d": "(x, 1)",
    "affine_grid": "(x[:, :2, :1].expand(-1, 2, 3), [x.size(0), 1, 2, 2])",
    "batch_norm": "(x, x[0, :, 0], y[0, :, 0] + 1)",
    "bilinear": "(x, y, torch.rand(5, x.size(2), y.size(2)))",
    "binary_cross_entropy": "(x, y)",
    "conv1d": "(x, torch.rand(2, x.size(1), 1))",
    "conv_transpose1d": "(x, torch.rand(x.size(1), 2, 1))",
    "cosine_embedding_loss": "(x[0], y[0], torch.ones(x.size(1)))",
    "cross_entropy": "(x[0], x[0].argmax(1))",
    "ctc_loss": "(torch.rand(4, 1, 5).log_softmax(2), rows.view(1, 1) + 1, (4,), (1,))",
    "embedding": "(rows, x[0])",
    "fold": "(torch.rand(x.size(0), 4, 1), 2, 2)",
    "gaussian_nll_loss": "(x, y, y + 1)",
    "glu": "(torch.cat([x, y], 2))",
    "grid_sample": f"({IMAGES}, torch.rand(x.size(0), 2, 2, 2))",
    "group_norm": "(x, 1)",
    "gumbel_softmax": "(x)",
    "hinge_embedding_loss": "(x, torch.ones_like(x))",
    "instance_norm": "(torch.cat([x, y], 2))",
    "interpolate": "(x, 5)",
    "kl_div": "(x, y)",
    "layer_norm": "(x, x.shape[2:])",
    "linear": "(x, torch.rand(5, x.size(2)))",
    "local_response_norm": "(x, 1)",
    "log_softmax": "(x, 1)",
    "margin_ranking_loss": "(x, y, torch.ones_like(x))",
    "multi_margin_loss": "(x[0], x[0].argmax(1))",
    "multilabel_margin_loss": "(x[0], x[0].argsort(1))",
    "nll_loss": "(x[0], x[0].argmax(1))",
    "one_hot": "(rows, 4)",
    "pad": "(x, (1, 1))",
    "pixel_shuffle": "(torch.rand(x.size(0), 4, 2, 2), 2)",
    "pixel_unshuffle": "(torch.rand(x.size(0), 1, 2, 2), 2)",
    "poisson_nll_loss": "(x, y)",
    "rms_norm": "(x, x.shape[2:])",
    "scaled_dot_product_attention": "(x, y, y)",
    "softmax": "(x, 1)",
    "softmin": "(x, 1)",
    "threshold": "(x, 0.5, 0.0)",
    "triplet_margin_loss": "(x, y, y)",
    "unfold": f"({IMAGES}, 1)",
    "upsample": "(x, 5)",
}


LAYERS = {
    "BatchNorm1d": "(3)",
    "BatchNorm2d": "(3)",
    "Conv1d": "(3, 2, 1)",
    "Conv2d": "(3, 2, 1)",
    "Conv3d": "(3, 2, 1)",
    "GroupNorm": "(1, 3)",
    "LayerNorm": "(4)",
    **dict.fromkeys(("GRU", "LSTM", "RNN"), "(4, 2)"),
    "Linear": "(4, 2)",
    "LogSoftmax": "(1)",
    "Softmax": "(1)",
}


def functional(name):
    """Return a call of a function of `torch.nn.functional`."""
    short = name.removeprefix(FUNCTIONS)
    if short in FUNCTIONAL:
        return f"{name}{FUNCTIONAL[short]}"
    if short.endswith(("2d", "3d")):
        depth = int(short[-2])
        images = f"torch.rand(x.size(0), 2, {', '.join('3' * depth)})"
        weight = f"torch.rand(2, 2, {', '.join('1' * depth)})"
        rest = weight if short.startswith("conv") else "1"
        return f"{name}({images})" if "dropout" in short else f"{name}({images}, {rest})"
    return f"{name}(x, y)" if short.endswith(("_loss", "logits")) else f"{name}(x)"


UNCALLED = {
    ".cuda": "needs a GPU",
    ".pin_memory": "needs a GPU",
    ".coalesce": "is for sparse tensors",
    ".to_dense": "is for sparse tensors",
}
ENDING = (words.Leaves, words.Checks, words.Composes)
"""What ends a path, or makes no tensor: the calls of these are in a test file of their own."""


def expression(model):
    """Return a call of what a model describes."""
    name = model.name
    if name in SPECIAL:
        return SPECIAL[name]
    if isinstance(model, words.Builds):
        return f"{name}{LAYERS.get(name.rpartition('.')[2], '()')}"
    if name.startswith(FUNCTIONS):
        return functional(name)
    if isinstance(model, words.Property):
        return f"x{name}"
    if name[0] == ".":
        return f"x{name}{METHOD.get(type(model), '()')}"
    library, _, last = name.rpartition(".")
    method = SPECIAL.get(f".{last}")
    if library == "torch" and method is not None:
        receiver, _, rest = method.partition(f".{last}(")
        return f"torch.{last}({receiver}, {rest}" if rest != ")" else f"torch.{last}({receiver})"
    if isinstance(model, words.Joins):
        members = "[x.numpy(), y.numpy()]" if library == "numpy" else "[x, y]"
        return f"{name}({members})"
    if type(model) in WITHOUT_TENSOR:
        return f"{name}{WITHOUT_TENSOR[type(model)]}"
    rest = METHOD.get(type(model), "()")[1:]
    tensor = "x.numpy()" if library == "numpy" else "x"
    if library == "numpy":
        rest = rest.replace("y", "y.numpy()").replace("x.", "x.numpy().")
    return f"{name}({tensor}{'' if rest == ')' else ', '}{rest}"


def arguments(shape):
    torch.manual_seed(0)
    return {
        "x": torch.rand(shape),
        "y": torch.rand(shape),
        "rows": torch.zeros(1, dtype=torch.long),
        "flat": torch.arange(3),
        "n": 1,
    }


def program(text):
    parameters = "x: Tensor, y: Tensor, rows: Tensor, flat: Tensor, n: int"
    return f"{HEAD}def f({parameters}):\n    observe([{text}])\n"


NOT_INSTALLED = ("einops.", "torchvision.")
CALLED = [
    model
    for model in MODELS
    if model.name not in UNCALLED
    and not isinstance(model, ENDING)
    and not model.name.startswith(NOT_INSTALLED)
]


@pytest.mark.filterwarnings("ignore")  # the entries are of no interest, nor what they warn of
@pytest.mark.parametrize("model", CALLED, ids=lambda model: model.name)
def test_a_model_says_nothing_that_its_library_does_not_do(tmp_path, model):
    text = program(expression(model))
    assert observed(tmp_path, text)
    for given in map(arguments, SHAPES):
        assert executed(text, arguments(tuple(given["x"].shape)))
        assert unsound(tmp_path, text, given) == []


ELSEWHERE = ("adapters.", "transformers.")
"""Libraries that are asked in tests/rules/test_compositions.py."""


@pytest.mark.parametrize(
    "model",
    [model for model in MODELS if not model.name.startswith(ELSEWHERE)],
    ids=lambda model: model.name,
)
def test_what_a_model_describes_exists(model):
    library, *path = ["torch", "Tensor", *model.name[1:].split(".")]
    if model.name[0] != ".":
        library, *path = model.name.split(".")
    holder = pytest.importorskip(library, reason="the library is not installed")
    for part in path:
        if not hasattr(holder, part):
            importlib.import_module(f"{holder.__name__}.{part}")
        holder = getattr(holder, part)
    assert callable(holder) or isinstance(model, words.Property)


def test_every_word_has_a_meaning_and_is_used():
    wrapped = [model.then for model in MODELS if isinstance(model, words.Requires) and model.then]
    used = {type(model) for model in (*MODELS, *wrapped)}
    declared = {each for each in vars(words).values() if isinstance(each, type)}
    wanted = {each for each in declared if issubclass(each, words.Word)} - {words.Word}
    assert wanted == used
    assert wanted - {words.Property} == set(MEANINGS)
