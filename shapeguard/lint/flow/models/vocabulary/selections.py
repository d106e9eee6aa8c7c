"""Words for what takes a part of a tensor, and for what cuts it into pieces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from shapeguard.lint.flow.models.vocabulary.base import CALL, INDEX, REDUCE, SPLIT, Word

if TYPE_CHECKING:
    from shapeguard.lint.flow.models.vocabulary.base import Parameter


@dataclass(frozen=True, slots=True)
class Narrows(Word):
    """Cuts ``length`` positions from ``start`` out of an axis."""

    axis: Parameter
    start: Parameter
    length: Parameter
    emits: ClassVar[frozenset[str]] = INDEX | CALL


@dataclass(frozen=True, slots=True)
class Selects(Word):
    """Picks positions of an axis by an index tensor."""

    axis: Parameter
    index: Parameter
    emits: ClassVar[frozenset[str]] = INDEX


@dataclass(frozen=True, slots=True)
class Drops(Word):
    """Picks one position of an axis, which is dropped."""

    axis: Parameter


@dataclass(frozen=True, slots=True)
class Masks(Word):
    """Picks the elements for which a mask is true, in one axis."""

    mask: Parameter
    emits: ClassVar[frozenset[str]] = INDEX


@dataclass(frozen=True, slots=True)
class Finds(Word):
    """Gives the positions of what is true: one row for each, or one tensor for each axis.

    ``as_rows`` says which; ``flat`` is for positions in the flattened tensor.
    """

    as_rows: bool = True
    flat: bool = False


@dataclass(frozen=True, slots=True)
class Chooses(Word):
    """Chooses between two tensors by a condition; with the condition alone, finds what is true."""


@dataclass(frozen=True, slots=True)
class Finest(Word):
    """Gives the ``k`` largest entries of an axis and their positions."""

    k: Parameter
    axis: Parameter
    emits: ClassVar[frozenset[str]] = CALL


@dataclass(frozen=True, slots=True)
class Ranked(Word):
    """Gives the entry of rank ``k`` along an axis and its position."""

    k: Parameter
    axis: Parameter
    emits: ClassVar[frozenset[str]] = CALL | REDUCE


@dataclass(frozen=True, slots=True)
class Uniques(Word):
    """Gives the entries that occur, each once; perhaps where, and how often."""

    axis: Parameter
    inverse: Parameter
    counts: Parameter
    index: Parameter | None = None


@dataclass(frozen=True, slots=True)
class Bins(Word):
    """Counts how often each number occurs, up to the largest that does or to ``least``."""

    least: Parameter


@dataclass(frozen=True, slots=True)
class Encodes(Word):
    """Adds an axis with a position for each class, as many as occur unless ``classes`` says."""

    classes: Parameter
    emits: ClassVar[frozenset[str]] = CALL


@dataclass(frozen=True, slots=True)
class Splits(Word):
    """Cuts an axis into pieces whose sizes are a list, or all the same."""

    sizes: Parameter
    axis: Parameter
    emits: ClassVar[frozenset[str]] = SPLIT


@dataclass(frozen=True, slots=True)
class Chunks(Word):
    """Cuts an axis into so many pieces, or fewer if ``at_most``; or before the given positions."""

    pieces: Parameter
    axis: Parameter | int
    at_most: bool = False
    emits: ClassVar[frozenset[str]] = SPLIT


@dataclass(frozen=True, slots=True)
class Unbinds(Word):
    """Gives the members of an axis, which is dropped."""

    axis: Parameter
    emits: ClassVar[frozenset[str]] = SPLIT
