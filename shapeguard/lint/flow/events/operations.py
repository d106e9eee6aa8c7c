"""What happens to tensors, lists and mappings: joined, reduced, viewed, divided, read and cut."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from shapeguard.lint.flow.events.moments import Event

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.tensors import Tensor
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.trace import Trail


class Identity(StrEnum):
    """What a reduction gives for no element."""

    NONE = "raises"
    NAN = "is NaN"
    VALUE = "has a value"


@dataclass(frozen=True)
class Join(Event):
    """Tensors meet: concatenated, stacked, or combined elementwise.

    ``axis`` is the axis along which their extents may differ (None: all must agree), ``broadcast``
    says that an extent of 1 agrees with any. ``members`` is the list that is joined, ``operands``
    are its members where all of them are known, ``listed`` is what the source calls it. ``inserts``
    is the position of the axis that a stack makes.
    """

    operation: str
    operands: tuple[Value, ...]
    names: tuple[str, ...]
    axis: int | None
    broadcast: bool = False
    members: Value | None = None
    listed: str = ""
    inserts: int | None = None


@dataclass(frozen=True)
class Represent(Event):
    """One member of a list speaks for all of them, whose ``operation`` joins what they hold.

    ``name`` is the field of that member as the source reads it, ``value`` what it is before anybody
    asks, ``listed`` what the source calls the list. It ``decides`` whether all are joined, is the dtype
    that all get if it ``converts``, or else is taken beside the join. ``believed`` says that the function
    asks each member for the field, and ``gathered`` that it filled the list itself.
    """

    operation: str
    name: str
    listed: str
    value: Value
    decides: bool
    believed: bool
    gathered: bool
    trail: Trail
    converts: bool = False


@dataclass(frozen=True)
class Reduce(Event):
    """A tensor or a list is reduced, along ``axis`` or, without one, to a single value.

    ``least`` is the smallest number of elements that it takes: 2 for the deviation of a sample.
    ``result`` tells a result that may be NaN apart from others.
    """

    operation: str
    operand: Value
    name: str
    axis: int | None
    identity: Identity
    least: int = 1
    result: str = ""


@dataclass(frozen=True)
class Reshape(Event):
    """A tensor is viewed with other extents; None is the one that is inferred from the others."""

    operation: str
    operand: Value
    name: str
    extents: tuple[Term | None, ...]


@dataclass(frozen=True)
class Divide(Event):
    """Something is divided by ``divisor``, an integer or a tensor, which the source calls ``name``.

    A tensor divided by 0 becomes infinite or NaN, anything else raises ZeroDivisionError; so does a
    tensor of integers in a division without a fraction, as a RuntimeError. It happens where a tensor
    that is divided has entries. ``whole`` is what is divided.
    """

    divisor: Value
    name: str
    of_tensor: bool
    raises: bool = True
    whole: Value | None = None


@dataclass(frozen=True)
class Index(Event):
    """One axis of a tensor is narrowed by a slice, a mask or an index."""

    holder: Value
    name: str
    axis: int
    index: Value


@dataclass(frozen=True)
class Lookup(Event):
    """One member is read by its ``position``, or by iteration if there is None: ``xs[0]``, ``next``."""

    holder: Value
    name: str
    position: Term | None
    axis: int = 0


@dataclass(frozen=True)
class KeyLookup(Event):
    """The value of a key is read of a mapping that is an attribute of an object.

    ``name`` and ``key_name`` are as the source has them. ``guards`` are the tests on the path that the
    key is in a mapping, ``known`` says that the key is in one by them, and ``aware`` that the function
    asks somewhere what is in the mapping, or walks over it. ``chosen`` is where the key was taken of
    several, as the first or last of them; None says that it was not.
    """

    holder: Value
    name: str
    key: Value
    key_name: str
    guards: Trail = ()
    known: bool = False
    aware: bool = False
    chosen: Trail | None = None


@dataclass(frozen=True)
class Split(Event):
    """An axis is cut into ``pieces``; ``consumed`` counts the names or indices that take them.

    ``sizes`` are the sizes as written, where they are; ``at_most`` says that there may be fewer
    pieces than asked for, as ``chunk`` does it.
    """

    operation: str
    operand: Value
    name: str
    axis: int
    pieces: Term | None
    consumed: Term | None = None
    sizes: Value | None = None
    at_most: bool = False


@dataclass(frozen=True)
class Resize(Event):
    """An argument of the function gets another shape in place, by ``operation`` with ``given``.

    ``name`` is what the source calls it, ``trail`` leads to the parameter.
    """

    operation: str
    holder: Tensor
    name: str
    given: tuple[Value, ...]
    trail: Trail
