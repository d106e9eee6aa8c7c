"""Functions of ``torch`` and ``torch.linalg``.

Positions and defaults follow the signatures of PyTorch's documentation, ``torch`` 2.13.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.tensors import Kind
from shapeguard.lint.flow.models.shared import functions
from shapeguard.lint.flow.models.vocabulary import (
    Between,
    Checks,
    Chunks,
    Combines,
    Contracts,
    Converts,
    Denies,
    Full,
    Joins,
    Keeps,
    Listed,
    Makes,
    Maps,
    Multiplies,
    Numbers,
    Parameter,
    Passes,
    Reduces,
    Requires,
    Spaced,
    Squares,
)

if TYPE_CHECKING:
    from shapeguard.lint.flow.models.vocabulary import Model

_DIM_FIRST = Parameter("dim", 1, 0)
_SIZE = Parameter("size", 0)
_DATA = Parameter("data", 0)

_JOINS: tuple[Model, ...] = (
    Joins("torch.cat", _DIM_FIRST),
    Joins("torch.concat", _DIM_FIRST),
    Joins("torch.concatenate", _DIM_FIRST),
    Joins("torch.stack", _DIM_FIRST, new_axis=True),
    Joins("torch.hstack", 1, flat="joined"),
    Joins("torch.vstack", 0, flat="stacked"),
    Joins("torch.row_stack", 0, flat="stacked"),
    Joins("torch.column_stack", 1, flat="stacked behind"),
    Joins("torch.dstack", 2),
    Joins("torch.block_diag", 0, pads=True, spread=True),
    Joins("torch.nn.utils.rnn.pad_sequence", 0, pads=True, members=Parameter("sequences", 0)),
    Joins("torch.nn.utils.rnn.pack_sequence", 0, pads=True, members=Parameter("sequences", 0)),
)
_LIKE = "empty_like full_like ones_like rand_like randint_like randn_like zeros_like"
_MADE = "empty ones rand randn zeros"
_TYPED = (
    "BoolTensor ByteTensor CharTensor DoubleTensor FloatTensor HalfTensor IntTensor LongTensor "
    "ShortTensor"
)
_MADE_OF: tuple[Model, ...] = (
    *(Makes(f"torch.{name}", _SIZE, fractions=True) for name in _MADE.split()),
    Makes("torch.full", Parameter("size", 0), spread=False),
    *(Maps(f"torch.{name}") for name in _LIKE.split()),
    Converts("torch.tensor", _DATA),
    Converts("torch.as_tensor", _DATA),
    Converts("torch.asarray", _DATA),
    Converts("torch.Tensor", _DATA, typed=True),
    *(Converts(f"torch.{name}", _DATA, typed=True) for name in _TYPED.split()),
    Keeps("torch.from_numpy"),
    Keeps("torch.fx.experimental.symbolic_shapes.guard_size_oblivious"),
    Denies("torch.jit.is_scripting"),
    Denies("torch.jit.is_tracing"),
    Denies("torch.onnx.is_in_onnx_export"),
    Denies("torch.compiler.is_compiling"),
    Denies("torch.compiler.is_exporting"),
    Passes("torch.jit.annotate", Parameter("the_value", 1)),
    Passes("torch.jit._unwrap_optional", Parameter("x", 0)),
    Numbers("torch.arange", gives=Kind.INTEGERS),
    Spaced("torch.linspace", Parameter("steps", 2)),
    Spaced("torch.logspace", Parameter("steps", 2)),
    Spaced("torch.randperm", Parameter("n", 0), gives=Kind.INTEGERS),
    Squares("torch.eye", Parameter("n", 0), Parameter("m", 1)),
    Requires(
        "torch.randint",
        (Between(Parameter("low", 0), Parameter("high", 1)),),
    ),
)
_LINALG: tuple[Model, ...] = (
    Reduces("torch.linalg.norm", Parameter("dim", 2), Parameter("keepdim", 3)),
    Reduces("torch.linalg.vector_norm", Parameter("dim", 2), Parameter("keepdim", 3)),
    Multiplies("torch.linalg.matmul", Parameter("other", 1)),
)
_FOREACH = "abs add clone div exp mul neg norm pow sqrt sub"

TORCH: tuple[Model, ...] = (
    *functions("torch"),
    *_JOINS,
    *_MADE_OF,
    *_LINALG,
    Combines("torch.complex"),
    Maps("torch.dropout"),
    Maps("torch.isin", Kind.MASK),
    Checks("torch._check"),
    *(
        Requires(
            f"torch._foreach_{name}",
            (Full(Parameter("self", 0)),),
            Listed(f"torch._foreach_{name}"),
        )
        for name in _FOREACH.split()
    ),
    *(
        Requires(f"torch.fft.{name}", (Full(Parameter("input", 0), -1),))
        for name in ("fft", "ifft", "rfft", "irfft")
    ),
    Requires("torch.stft", (Full(Parameter("input", 0), -1),)),
    Contracts("torch.einsum", Parameter("equation", 0)),
    Chunks("torch.hsplit", Parameter("indices_or_sections", 1), 1),
    Chunks("torch.vsplit", Parameter("indices_or_sections", 1), 0),
)
