"""Methods of ``torch.Tensor``; positions do not count the tensor itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.models.vocabulary import (
    Combines,
    Counts,
    Inserts,
    Keeps,
    Measures,
    Narrows,
    Parameter,
    Ranks,
    Reduces,
    Repeats,
    Selects,
    Splits,
    Tests,
)

if TYPE_CHECKING:
    from shapeguard.lint.flow.models.vocabulary import (
        Model,
    )

_DIM = Parameter("dim", 0)
_KEPT = (
    "abs bool clamp clone contiguous cpu cuda detach double exp float half int log long masked_fill "
    "masked_fill_ neg relu requires_grad_ sigmoid softmax sqrt tanh to type type_as nan_to_num "
    "logical_not round floor ceil square"
)
_BINARY = "add add_ sub sub_ mul mul_ div div_ pow maximum minimum"
_REDUCED = "mean sum amax amin all logsumexp prod std var"

TENSOR: tuple[Model, ...] = (
    *(Keeps(f".{name}") for name in _KEPT.split()),
    *(Combines(f".{name}") for name in _BINARY.split()),
    *(Reduces(f".{name}", _DIM) for name in _REDUCED.split()),
    Inserts(".unsqueeze", _DIM),
    Repeats(".repeat"),
    Measures(".size", _DIM),
    Counts(".numel"),
    Counts(".nelement"),
    Ranks(".dim"),
    Tests(".any"),
    Narrows(".narrow", _DIM, Parameter("start", 1), Parameter("length", 2)),
    Selects(".index_select", _DIM, Parameter("index", 1)),
    Splits(".split", Parameter("split_size", 0), Parameter("dim", 1, 0)),
)
