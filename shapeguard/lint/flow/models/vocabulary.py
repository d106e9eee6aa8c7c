"""The words in which op models are declared; ``operations.py`` says what each of them means."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation: its keyword, its position, and its default."""

    keyword: str
    position: int
    default: int | None = None


@dataclass(frozen=True, slots=True)
class Joins:
    """Joins a list of tensors along an axis; ``new_axis`` for ``stack``, ``axis`` if it is fixed."""

    name: str
    axis: Parameter | int
    new_axis: bool = False


@dataclass(frozen=True, slots=True)
class Combines:
    """Combines its tensor operands elementwise, with broadcasting."""

    name: str


@dataclass(frozen=True, slots=True)
class Keeps:
    """Gives a tensor of the same shape as its first operand."""

    name: str


@dataclass(frozen=True, slots=True)
class Reduces:
    """Removes an axis."""

    name: str
    axis: Parameter


@dataclass(frozen=True, slots=True)
class Inserts:
    """Inserts an axis of extent 1."""

    name: str
    axis: Parameter


@dataclass(frozen=True, slots=True)
class Repeats:
    """Tiles the leading axes by the given factors."""

    name: str


@dataclass(frozen=True, slots=True)
class Measures:
    """Gives the extent of an axis, or the whole shape without an axis."""

    name: str
    axis: Parameter


@dataclass(frozen=True, slots=True)
class Narrows:
    """Cuts ``length`` positions from ``start`` out of an axis."""

    name: str
    axis: Parameter
    start: Parameter
    length: Parameter


@dataclass(frozen=True, slots=True)
class Selects:
    """Picks positions of an axis by an index tensor."""

    name: str
    axis: Parameter
    index: Parameter


@dataclass(frozen=True, slots=True)
class Splits:
    """Cuts an axis into pieces whose sizes are a list, or all the same."""

    name: str
    sizes: Parameter
    axis: Parameter


@dataclass(frozen=True, slots=True)
class Ranks:
    """Gives the number of axes."""

    name: str


@dataclass(frozen=True, slots=True)
class Counts:
    """Gives the number of elements."""

    name: str


@dataclass(frozen=True, slots=True)
class Tests:
    """Gives whether any element is true: not empty, at least."""

    name: str


@dataclass(frozen=True, slots=True)
class Checks:
    """Raises unless its first argument is true."""

    name: str


Model = (
    Joins
    | Combines
    | Keeps
    | Reduces
    | Inserts
    | Repeats
    | Measures
    | Narrows
    | Selects
    | Splits
    | Counts
    | Tests
    | Checks
    | Ranks
)
