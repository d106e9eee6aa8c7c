"""Methods of ``torch.Tensor``; positions do not count the tensor itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.tensors import Kind
from shapeguard.lint.flow.models.shared import DIM, ELEMENTWISE, SHARED
from shapeguard.lint.flow.models.vocabulary import (
    Combines,
    Converts,
    Counts,
    Expands,
    Follows,
    Keeps,
    Lists,
    Makes,
    Maps,
    Measures,
    Parameter,
    Property,
    Ranks,
    Reads,
    Repeats,
    Views,
)

if TYPE_CHECKING:
    from shapeguard.lint.flow.models.vocabulary import Model

_SIZE = Parameter("size", 0)
_SAME = (
    "bfloat16 byte char contiguous cpu cuda double float half int long numpy requires_grad_ "
    "short to to_dense type type_as coalesce pin_memory share_memory_"
)
_IN_PLACE = (
    "abs_ add_ addcdiv_ addcmul_ clamp_ clamp_max_ clamp_min_ div_ exp_ fill_ floor_ index_add_ "
    "index_copy_ index_fill_ index_put_ masked_fill_ masked_scatter_ mul_ neg_ normal_ pow_ relu_ "
    "round_ scatter_ scatter_add_ sigmoid_ sqrt_ sub_ tanh_ uniform_ zero_"
)

_PROPERTIES = {
    "T": "reversed",
    "H": "reversed",
    "mT": "transposed",
    "mH": "transposed",
    "data": "same",
    "ndim": "rank",
}

TENSOR: tuple[Model, ...] = (
    *SHARED,
    *(Keeps(f".{name}") for name in _SAME.split()),
    Keeps(".bool", Kind.MASK),
    *(
        Maps(f".{name}")
        for name in _IN_PLACE.split()
        if f".{name[:-1]}" not in {m.name for m in ELEMENTWISE if isinstance(m, Combines)}
    ),
    *(
        Combines(f".{name}_")
        for name in ("add", "sub", "mul", "div", "pow", "addcmul", "addcdiv", "copy")
    ),
    Measures(".size", DIM),
    Counts(".nelement"),
    Ranks(".dim"),
    Ranks(".ndimension"),
    Reads(".item"),
    Lists(".tolist"),
    Views(".view", Parameter("shape", 0)),
    Expands(".expand", _SIZE),
    Follows(".view_as", Parameter("other", 0)),
    Follows(".reshape_as", Parameter("other", 0)),
    Follows(".expand_as", Parameter("other", 0), joins=True),
    Repeats(".repeat"),
    *(Makes(f".{name}", _SIZE) for name in ("new_zeros", "new_ones", "new_empty")),
    Makes(".new_full", _SIZE, spread=False),
    Converts(".new_tensor", Parameter("data", 0)),
    *(Property(f".{name}", gives) for name, gives in _PROPERTIES.items()),
)
