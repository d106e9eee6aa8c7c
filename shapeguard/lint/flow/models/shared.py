"""What tensors do alike as methods and as functions: ``x.sum(1)`` and ``torch.sum(x, 1)``.

Declared as methods; :func:`functions` gives the functions of a library.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.tensors import Kind
from shapeguard.lint.flow.events import Identity
from shapeguard.lint.flow.models.vocabulary import (
    Bins,
    Chooses,
    Chunks,
    Clamps,
    Combines,
    Counts,
    Drops,
    Expands,
    Finds,
    Finest,
    Flattens,
    Follows,
    Inserts,
    Interleaves,
    Keeps,
    Maps,
    Masks,
    Moves,
    Multiplies,
    Narrows,
    Orders,
    Parameter,
    Permutes,
    Ranges,
    Ranked,
    Reduces,
    Repeats,
    Requires,
    Selects,
    Splits,
    Squeezes,
    Swaps,
    Tests,
    Unbinds,
    Unflattens,
    Uniques,
    Views,
    Within,
    as_function,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapeguard.lint.flow.models.vocabulary import Model

DIM = Parameter("dim", 0)
SECOND = Parameter("dim", 1)
KEPT = "clone detach resolve_conj"
MAPPED = (
    "acos acosh angle asin asinh atan atanh bitwise_not ceil cos cosh cumprod "
    "deg2rad digamma erf erfc erfinv exp exp2 expm1 fix floor frac lgamma log log10 log1p log2 "
    "log_softmax logcumsumexp logical_not logit mvlgamma rad2deg "
    "reciprocal relu round rsqrt sgn sigmoid sign sin sinc sinh softmax tan "
    "tanh tril triu trunc bernoulli renorm"
)
ZERO_KEEPING = "abs absolute flip neg negative positive roll sqrt square"
COMPARED = (
    "eq ge greater greater_equal gt isclose le less less_equal logical_and logical_or "
    "logical_xor lt ne not_equal"
)
COMBINED = (
    "add addcdiv addcmul arctan2 atan2 bitwise_and bitwise_or bitwise_xor copysign div divide "
    "floor_divide fmax fmin fmod hypot lerp logaddexp maximum minimum mul multiply nextafter "
    "pow remainder sub subtract true_divide xlogy"
)
TESTED = "isneginf isposinf isreal signbit"
ASKED_FOR_NAN = "isfinite isinf isnan"
MEASURED = "sum nansum count_nonzero"
AVERAGED = "mean nanmean"
EXTREME = "max min"
FOUND = "argmax argmin"
VALUED = "prod logsumexp"
BOUNDED = "clamp clip"


def _each(names: str) -> list[str]:
    return [f".{name}" for name in names.split()]


ELEMENTWISE: tuple[Model, ...] = (
    *(Keeps(name) for name in _each(KEPT)),
    *(Maps(name) for name in _each(MAPPED)),
    *(Maps(name, keeps_zeros=True) for name in _each(ZERO_KEEPING)),
    *(Maps(name, Kind.MASK) for name in _each(TESTED)),
    *(Maps(name, Kind.MASK, repairs=True) for name in _each(ASKED_FOR_NAN)),
    Maps(".nan_to_num", repairs=True),
    Maps(".cumsum", accumulates=True),
    *(Combines(name) for name in _each(COMBINED)),
    *(Combines(name, Kind.MASK) for name in _each(COMPARED)),
    *(Clamps(name, Parameter("min", 0)) for name in _each(BOUNDED)),
    Clamps(".clamp_min", Parameter("min", 0)),
    Maps(".clamp_max"),
    Maps(".masked_fill", repairs=True),
    Maps(".masked_scatter"),
    Maps(".index_fill"),
    Maps(".index_add"),
    Maps(".index_copy"),
    Maps(".scatter"),
    Maps(".scatter_add"),
    Maps(".argsort", Kind.INDEX),
    Orders(".sort"),
    Orders(".cummax"),
    Orders(".cummin"),
    Chooses(".where"),
)
REDUCTIONS: tuple[Model, ...] = (
    *(Reduces(name, DIM, counts=True) for name in _each(MEASURED)),
    *(Reduces(name, DIM, identity=Identity.NAN) for name in _each(AVERAGED)),
    *(Reduces(name, DIM, identity=Identity.NONE, pair=True) for name in _each(EXTREME)),
    *(Reduces(name, DIM, identity=Identity.NONE, gives=Kind.INDEX) for name in _each(FOUND)),
    *(Reduces(name, DIM) for name in _each(VALUED)),
    Reduces(".amax", DIM, identity=Identity.NONE),
    Reduces(".amin", DIM, identity=Identity.NONE),
    Reduces(".median", DIM, identity=Identity.NAN, pair=True),
    Reduces(".nanmedian", DIM, identity=Identity.NAN, pair=True),
    Reduces(".mode", Parameter("dim", 0, -1), identity=Identity.NONE, pair=True),
    Reduces(".std", DIM, Parameter("keepdim", 2), Identity.NAN, least=2),
    Reduces(".var", DIM, Parameter("keepdim", 2), Identity.NAN, least=2),
    Reduces(".quantile", SECOND, Parameter("keepdim", 2), Identity.NONE),
    Reduces(".nanquantile", SECOND, Parameter("keepdim", 2), Identity.NONE),
    Reduces(".norm", SECOND, Parameter("keepdim", 2)),
    Ranges(".aminmax"),
    Tests(".any", DIM),
    Tests(".all", DIM, all_of_them=True),
    Counts(".numel"),
)
SHAPES: tuple[Model, ...] = (
    Inserts(".unsqueeze", DIM),
    Squeezes(".squeeze", DIM),
    *(
        Swaps(f".{name}", Parameter("dim0", 0), Parameter("dim1", 1))
        for name in ("transpose", "swapaxes", "swapdims")
    ),
    Swaps(".t", Parameter("dim0", 9, 0), Parameter("dim1", 9, 1), rank=2),
    Permutes(".permute", Parameter("dims", 0)),
    *(
        Moves(f".{name}", Parameter("source", 0), Parameter("destination", 1))
        for name in ("movedim", "moveaxis")
    ),
    Views(".reshape", Parameter("shape", 0)),
    *(
        Flattens(f".{name}", Parameter("start_dim", 0, 0), Parameter("end_dim", 1, -1))
        for name in ("flatten", "ravel")
    ),
    Unflattens(".unflatten", DIM, Parameter("sizes", 1)),
    Repeats(".tile"),
    Interleaves(".repeat_interleave", Parameter("repeats", 0), SECOND),
    Expands(".broadcast_to", Parameter("size", 0)),
)
PARTS: tuple[Model, ...] = (
    Narrows(".narrow", DIM, Parameter("start", 1), Parameter("length", 2)),
    Selects(".index_select", DIM, Parameter("index", 1)),
    Drops(".select", DIM),
    Masks(".masked_select", Parameter("mask", 0)),
    Follows(".take", Parameter("index", 0)),
    Follows(".gather", Parameter("index", 1)),
    Finds(".nonzero"),
    Finds(".argwhere"),
    Finest(".topk", Parameter("k", 0), Parameter("dim", 1, -1)),
    Ranked(".kthvalue", Parameter("k", 0), Parameter("dim", 1, -1)),
    Uniques(
        ".unique",
        Parameter("dim", 3),
        Parameter("return_inverse", 1),
        Parameter("return_counts", 2),
    ),
    Uniques(
        ".unique_consecutive",
        Parameter("dim", 2),
        Parameter("return_inverse", 0),
        Parameter("return_counts", 1),
    ),
    Bins(".bincount", Parameter("minlength", 1)),
    Splits(".split", Parameter("split_size", 0), Parameter("dim", 1, 0)),
    Splits(".split_with_sizes", Parameter("split_sizes", 0), Parameter("dim", 1, 0)),
    Chunks(".chunk", Parameter("chunks", 0), Parameter("dim", 1, 0), at_most=True),
    Chunks(".tensor_split", Parameter("indices_or_sections", 0), Parameter("dim", 1, 0)),
    Unbinds(".unbind", Parameter("dim", 0, 0)),
    Requires(".multinomial", (Within(Parameter("num_samples", 0), -1, 1, "replacement"),)),
)
PRODUCTS: tuple[Model, ...] = (
    *(Multiplies(f".{name}", Parameter("other", 0)) for name in ("matmul", "bmm", "mm", "mv")),
)
SHARED: tuple[Model, ...] = (*ELEMENTWISE, *REDUCTIONS, *SHAPES, *PARTS, *PRODUCTS)


def functions(library: str, names: str = "", among: Iterable[Model] = SHARED) -> Iterator[Model]:
    """Yield the models of functions that a library has under the names of methods, or of all."""
    wanted = {f".{name}" for name in names.split()}
    for model in among:
        if not wanted or model.name in wanted:
            yield as_function(model, library)


def renamed(model: Model, name: str) -> Model:
    """Return the same model under another name."""
    return replace(model, name=name)
