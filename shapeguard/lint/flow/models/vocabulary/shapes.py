"""Words for what gives the same entries another shape, and for what measures a shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from shapeguard.lint.flow.models.vocabulary.base import REDUCE, RESHAPE, Word

if TYPE_CHECKING:
    from shapeguard.lint.flow.models.vocabulary.base import Parameter


@dataclass(frozen=True, slots=True)
class Inserts(Word):
    """Inserts an axis of extent 1."""

    axis: Parameter


@dataclass(frozen=True, slots=True)
class Squeezes(Word):
    """Drops an axis of extent 1, or all of them: then the rank follows the data."""

    axis: Parameter


@dataclass(frozen=True, slots=True)
class Swaps(Word):
    """Exchanges two axes; ``rank`` is the number of axes that there must be."""

    first: Parameter
    second: Parameter
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Permutes(Word):
    """Puts the axes in the given order; without one, in the reverse order."""

    order: Parameter


@dataclass(frozen=True, slots=True)
class Moves(Word):
    """Moves one axis to another place."""

    source: Parameter
    destination: Parameter


@dataclass(frozen=True, slots=True)
class Views(Word):
    """Views all elements with other extents, one of which may be inferred."""

    extents: Parameter
    emits: ClassVar[frozenset[str]] = RESHAPE


@dataclass(frozen=True, slots=True)
class Flattens(Word):
    """Makes one axis of the axes from ``start`` to ``end``."""

    start: Parameter
    end: Parameter


@dataclass(frozen=True, slots=True)
class Unflattens(Word):
    """Makes several axes of one; one of the extents may be inferred."""

    axis: Parameter
    extents: Parameter
    emits: ClassVar[frozenset[str]] = RESHAPE


@dataclass(frozen=True, slots=True)
class Expands(Word):
    """Repeats axes of extent 1 to the given extents, -1 for one that stays."""

    extents: Parameter


@dataclass(frozen=True, slots=True)
class Follows(Word):
    """Gives a tensor of the shape of another one; ``joins`` says that it must fit into it."""

    other: Parameter
    joins: bool = False


@dataclass(frozen=True, slots=True)
class Repeats(Word):
    """Tiles the axes by the given factors."""


@dataclass(frozen=True, slots=True)
class Interleaves(Word):
    """Repeats every position of an axis, each as often as ``repeats`` says."""

    repeats: Parameter
    axis: Parameter


@dataclass(frozen=True, slots=True)
class Pads(Word):
    """Adds positions at both ends of the last axes."""

    widths: Parameter


@dataclass(frozen=True, slots=True)
class Rearranges(Word):
    """Names axes in a pattern, on both sides of an arrow: ``"b (h w) -> b h w"``.

    ``by`` names the reduction of the axes that the right side lacks.
    """

    pattern: Parameter
    reduces: bool = False
    by: Parameter | None = None
    emits: ClassVar[frozenset[str]] = RESHAPE | REDUCE


@dataclass(frozen=True, slots=True)
class Measures(Word):
    """Gives the extent of an axis, or the whole shape without an axis."""

    axis: Parameter


@dataclass(frozen=True, slots=True)
class Ranks(Word):
    """Gives the number of axes."""


@dataclass(frozen=True, slots=True)
class Counts(Word):
    """Gives the number of elements."""


@dataclass(frozen=True, slots=True)
class Reads(Word):
    """Gives the only entry of a tensor as a number."""


@dataclass(frozen=True, slots=True)
class Lists(Word):
    """Gives the entries as a list, as long as the first axis."""


@dataclass(frozen=True, slots=True)
class Property(Word):
    """An attribute of a tensor that is read, not called; ``gives`` is one of :data:`PROPERTIES`."""

    gives: str


PROPERTIES = ("same", "reversed", "transposed", "rank")
