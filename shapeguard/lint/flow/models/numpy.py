"""Functions of numpy; methods of arrays are those of tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.tensors import Kind
from shapeguard.lint.flow.events import Identity
from shapeguard.lint.flow.models.shared import functions
from shapeguard.lint.flow.models.vocabulary import (
    Between,
    Bins,
    Chooses,
    Chunks,
    Combines,
    Contracts,
    Converts,
    Counts,
    Finds,
    Full,
    Inserts,
    Interleaves,
    Joins,
    Keeps,
    Makes,
    Maps,
    Numbers,
    Pads,
    Parameter,
    Permutes,
    Reduces,
    Requires,
    Selects,
    Spaced,
    Squares,
    Tests,
    Uniques,
)

if TYPE_CHECKING:
    from shapeguard.lint.flow.models.vocabulary import Model

_AXIS = Parameter("axis", 1)
_AXIS_FIRST = Parameter("axis", 1, 0)
_KEEP = Parameter("keepdims", 99)
_ALIKE = (
    "abs angle arctan2 argwhere bitwise_and bitwise_or bitwise_xor ceil copysign cos cosh deg2rad "
    "divide exp exp2 expm1 fix flip floor floor_divide fmax fmin fmod greater greater_equal hypot "
    "isclose isfinite isinf isnan less less_equal log log10 log1p log2 logical_and logical_or "
    "logical_xor maximum minimum moveaxis multiply nan_to_num negative not_equal rad2deg ravel "
    "reciprocal remainder reshape roll round sign sin sinc sinh sqrt square squeeze subtract swapaxes "
    "tan tanh tile trunc true_divide matmul add logical_not"
)
_NOTHING = "max min amax amin nanmax nanmin ptp percentile quantile nanpercentile nanquantile"
_NAN = "mean nanmean median nanmedian average"

NUMPY: tuple[Model, ...] = (
    *functions("numpy", _ALIKE),
    *(Reduces(f"numpy.{n}", _AXIS, _KEEP, Identity.NONE) for n in _NOTHING.split()[:7]),
    *(
        Reduces(f"numpy.{n}", Parameter("axis", 2), _KEEP, Identity.NONE)
        for n in _NOTHING.split()[7:]
    ),
    *(Reduces(f"numpy.{n}", _AXIS, _KEEP, Identity.NAN) for n in _NAN.split()),
    *(
        Reduces(f"numpy.{n}", _AXIS, _KEEP, Identity.NAN)
        for n in ("std", "var", "nanstd", "nanvar")
    ),
    *(
        Reduces(f"numpy.{n}", _AXIS, _KEEP, Identity.NONE, gives=Kind.INDEX)
        for n in ("argmax", "argmin", "nanargmax", "nanargmin")
    ),
    *(Reduces(f"numpy.{n}", _AXIS, _KEEP) for n in ("prod", "nanprod")),
    *(Reduces(f"numpy.{n}", _AXIS, _KEEP, counts=True) for n in ("sum", "nansum", "count_nonzero")),
    Reduces("numpy.linalg.norm", Parameter("axis", 2), _KEEP),
    Tests("numpy.any", _AXIS),
    Tests("numpy.all", _AXIS, all_of_them=True),
    Joins("numpy.concatenate", _AXIS_FIRST, members=Parameter("arrays", 0)),
    Joins("numpy.stack", _AXIS_FIRST, new_axis=True, members=Parameter("arrays", 0)),
    Joins("numpy.hstack", 1, flat="joined", members=Parameter("tup", 0)),
    Joins("numpy.vstack", 0, flat="stacked", members=Parameter("tup", 0)),
    Joins("numpy.column_stack", 1, flat="stacked behind", members=Parameter("tup", 0)),
    *(
        Makes(f"numpy.{n}", Parameter("shape", 0), spread=False)
        for n in ("zeros", "ones", "empty", "full")
    ),
    *(Maps(f"numpy.{n}") for n in ("zeros_like", "ones_like", "empty_like", "full_like")),
    *(Converts(f"numpy.{n}", Parameter("object", 0)) for n in ("array", "asarray", "asanyarray")),
    Keeps("numpy.ascontiguousarray"),
    Keeps("numpy.copy"),
    Keeps("numpy.atleast_1d", drops=Kind.SQUEEZED),
    Maps("numpy.cumsum", accumulates=True),
    Maps("numpy.cumprod"),
    Maps("numpy.sort"),
    Maps("numpy.argsort", Kind.INDEX),
    Maps("numpy.isin", Kind.MASK),
    Maps("numpy.clip"),
    Maps("numpy.interp"),
    Combines("numpy.power"),
    Combines("numpy.equal", Kind.MASK),
    Chooses("numpy.where"),
    Finds("numpy.nonzero", as_rows=False),
    Finds("numpy.flatnonzero", flat=True),
    Uniques(
        "numpy.unique",
        Parameter("axis", 4),
        Parameter("return_inverse", 2),
        Parameter("return_counts", 3),
        Parameter("return_index", 1),
    ),
    Bins("numpy.bincount", Parameter("minlength", 2)),
    Interleaves("numpy.repeat", Parameter("repeats", 1), Parameter("axis", 2)),
    Inserts("numpy.expand_dims", _AXIS),
    Permutes("numpy.transpose", Parameter("axes", 1)),
    Counts("numpy.size"),
    Pads("numpy.pad", Parameter("pad_width", 1)),
    Selects("numpy.take", Parameter("axis", 2), Parameter("indices", 1)),
    Numbers("numpy.arange"),
    Spaced("numpy.linspace", Parameter("num", 2, 50)),
    Squares("numpy.eye", Parameter("N", 0), Parameter("M", 1)),
    Squares("numpy.identity", Parameter("n", 0), Parameter("n", 0)),
    Chunks("numpy.array_split", Parameter("indices_or_sections", 1), _AXIS_FIRST),
    Chunks("numpy.split", Parameter("indices_or_sections", 1), _AXIS_FIRST),
    Contracts("numpy.einsum", Parameter("subscripts", 0)),
    Requires("numpy.random.choice", (Full(Parameter("a", 0)),)),
    Requires("numpy.random.randint", (Between(Parameter("low", 0), Parameter("high", 1)),)),
    *(Makes(f"numpy.random.{n}", Parameter("size", 0)) for n in ("rand", "randn")),
)
