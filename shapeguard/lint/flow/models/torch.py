"""Functions of ``torch`` and ``torch.nn.functional``.

Positions and defaults follow the signatures of PyTorch's documentation, ``torch`` 2.13.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.models.vocabulary import (
    Checks,
    Combines,
    Counts,
    Inserts,
    Joins,
    Keeps,
    Narrows,
    Parameter,
    Reduces,
    Selects,
    Splits,
)

if TYPE_CHECKING:
    from shapeguard.lint.flow.models.vocabulary import (
        Model,
    )

_DIM_FIRST = Parameter("dim", 1, 0)
_DIM = Parameter("dim", 1)

_JOINS = (
    Joins("torch.cat", _DIM_FIRST),
    Joins("torch.concat", _DIM_FIRST),
    Joins("torch.concatenate", _DIM_FIRST),
    Joins("torch.stack", _DIM_FIRST, new_axis=True),
    Joins("torch.hstack", 1),
    Joins("torch.vstack", 0),
    Joins("torch.dstack", 2),
)
_ELEMENTWISE = (
    "abs clamp dropout exp log neg relu sigmoid softmax sqrt square tanh zeros_like ones_like "
    "empty_like rand_like randn_like full_like clone detach nan_to_num logical_not"
)
_FUNCTIONAL = "dropout gelu relu silu sigmoid softmax log_softmax tanh normalize leaky_relu elu"
_BINARY = "add sub subtract mul multiply div divide where maximum minimum pow lerp logical_and"
_REDUCED = "mean sum amax amin any all logsumexp prod std var"

TORCH: tuple[Model, ...] = (
    *_JOINS,
    *(Keeps(f"torch.{name}") for name in _ELEMENTWISE.split()),
    *(Keeps(f"torch.nn.functional.{name}") for name in _FUNCTIONAL.split()),
    *(Combines(f"torch.{name}") for name in _BINARY.split()),
    *(Reduces(f"torch.{name}", _DIM) for name in _REDUCED.split()),
    Checks("torch._check"),
    Inserts("torch.unsqueeze", _DIM),
    Counts("torch.numel"),
    Narrows("torch.narrow", _DIM, Parameter("start", 2), Parameter("length", 3)),
    Selects("torch.index_select", _DIM, Parameter("index", 2)),
    Splits("torch.split", Parameter("split_size_or_sections", 1), Parameter("dim", 2, 0)),
)
