"""Words for what changes entries and keeps or combines shapes: elementwise operations, reductions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from shapeguard.lint.flow.events import Identity
from shapeguard.lint.flow.models.vocabulary.base import JOIN, REDUCE, Parameter, Word

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.tensors import Kind

_KEEPDIM = Parameter("keepdim", 1)
_REDUCTION = Parameter("reduction", 99)
_TENSORS = Parameter("tensors", 0)


@dataclass(frozen=True, slots=True)
class Keeps(Word):
    """Gives the same tensor: the same shape and the same entries, perhaps of another type.

    ``drops`` is what is not true of the result any more.
    """

    gives: Kind | None = None
    drops: Kind | None = None


@dataclass(frozen=True, slots=True)
class Passes(Word):
    """Gives one of its arguments as it is, whatever that is."""

    parameter: Parameter


@dataclass(frozen=True, slots=True)
class Denies(Word):
    """Is false where the code runs as it is written: asks whether it is traced, scripted or exported."""


@dataclass(frozen=True, slots=True)
class Maps(Word):
    """Gives a tensor of the same shape with other entries.

    ``keeps_zeros`` says that what is 0 stays so, ``accumulates`` that entries are running sums, and
    ``repairs`` that it asks for NaN, or puts something else in its place.
    """

    gives: Kind | None = None
    keeps_zeros: bool = False
    accumulates: bool = False
    repairs: bool = False


@dataclass(frozen=True, slots=True)
class Clamps(Word):
    """Bounds the entries, from below by ``low``: a count that is at least 1 is never 0."""

    low: Parameter


@dataclass(frozen=True, slots=True)
class Combines(Word):
    """Combines its tensor operands elementwise, with broadcasting."""

    gives: Kind | None = None


@dataclass(frozen=True, slots=True)
class Orders(Word):
    """Gives a pair of tensors of the same shape: the entries in another order, and positions."""


@dataclass(frozen=True, slots=True)
class Reduces(Word):
    """Removes an axis, or all axes: a sum, a mean, a largest entry.

    ``identity`` is what it gives for no element, ``least`` the number of elements that it needs.
    ``pair`` says that along an axis it gives values and positions, ``counts`` that it counts the
    true entries of a mask.
    """

    axis: Parameter
    keep: Parameter = _KEEPDIM
    identity: Identity = Identity.VALUE
    least: int = 1
    pair: bool = False
    counts: bool = False
    gives: Kind | None = None
    emits: ClassVar[frozenset[str]] = REDUCE


@dataclass(frozen=True, slots=True)
class Ranges(Word):
    """Gives the smallest and the largest entry, which nothing has."""

    emits: ClassVar[frozenset[str]] = REDUCE


@dataclass(frozen=True, slots=True)
class Averages(Word):
    """Computes a loss: the mean over all elements, unless ``reduction`` says otherwise.

    ``beside`` is the parameter whose entries are compared with those of the first, one by one.
    """

    reduction: Parameter = _REDUCTION
    mean: str = "mean"
    beside: Parameter | None = None
    emits: ClassVar[frozenset[str]] = REDUCE | JOIN


@dataclass(frozen=True, slots=True)
class Tests(Word):
    """Gives whether any entry is true, or every one: a mask that selects something, or all."""

    axis: Parameter
    all_of_them: bool = False


@dataclass(frozen=True, slots=True)
class Checks(Word):
    """Raises unless its first argument is true, or unless its first two are related as it says.

    ``relation`` is an operator between the two, ``not`` or ``is not None`` for the first alone.
    """

    relation: str = ""


@dataclass(frozen=True, slots=True)
class Leaves(Word):
    """Never returns: what follows it is not reached."""


@dataclass(frozen=True, slots=True)
class Joins(Word):
    """Joins a list of tensors along an axis.

    ``new_axis`` is for ``stack``. ``flat`` says what becomes of one-dimensional members where these
    are treated differently: joined along their only axis, or stacked along axis 0 or 1. ``pads`` says
    that members of any extent fit, ``spread`` that the members are the arguments.
    """

    axis: Parameter | int
    new_axis: bool = False
    flat: str = ""
    pads: bool = False
    spread: bool = False
    members: Parameter = _TENSORS
    emits: ClassVar[frozenset[str]] = JOIN
