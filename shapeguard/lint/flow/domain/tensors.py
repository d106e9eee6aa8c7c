"""Tensors during the abstract execution: extents, the cuts that narrowed them, and what else is known."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.propositions import TRUE
from shapeguard.lint.flow.domain.terms import Operation, Term, symbol
from shapeguard.lint.flow.syntax.texts import primary

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.trace import Trail


_LAST = (-1, -2)


@dataclass(frozen=True, slots=True)
class Slice:
    """``slice(start, stop)``, or ``range(start, stop)``, which ``counts``. None is an open end."""

    start: Term | None
    stop: Term | None
    trail: Trail = field(default=(), compare=False, repr=False)
    counts: bool = field(default=False, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Cut:
    """One narrowing of one axis.

    ``before`` and ``after`` are the extent on both sides, ``index`` what cut it: a slice, or the
    origin of a mask or of an index list. ``computed`` says that the bounds are not literals. ``under``
    is what makes it this index: that it is not None, and which of several slices it is. ``own`` says
    that the index is a mask of the shape of the tensor itself: it was computed from its entries;
    ``lengths`` are the extent of the mask and the number of its entries, which are one number.
    ``piece`` says that a list of sizes cut the axis into pieces, and this is any of them; ``picks``
    that each position occurs once, where ``lengths`` are the extent that the positions are of.
    """

    axis: int
    before: Term
    after: Term
    index: Slice | str
    computed: bool
    trail: Trail = field(default=(), compare=False, repr=False)
    under: Predicate = field(default=TRUE, compare=False)
    own: bool = field(default=False, compare=False)
    lengths: tuple[Term, ...] = field(default=(), compare=False)
    piece: bool = field(default=False, compare=False)
    picks: bool = field(default=False, compare=False)

    @property
    def sliced(self) -> Slice | None:
        """The slice that cut it, or that an index of no known kind was taken to be."""
        if isinstance(self.index, Slice):
            return self.index
        match self.after.parts:
            case ((Operation("slice_length", (_, Term() as start, Term() as stop)), 1),):
                return Slice(start, stop)
            case _:
                return None


class Kind(StrEnum):
    """What a :class:`Trait` says."""

    MASK = "mask"
    MATCHED = "matched"
    INDEX = "index"
    COUNT = "count"
    MASKED = "masked"
    QUOTIENT = "quotient"
    SQUEEZED = "squeezed"
    UNTYPED = "untyped"
    INTEGERS = "integers"
    FRACTIONS = "fractions"
    PRESENT_COUNTS = "present counts"
    SHARES = "shares"
    STACKED = "stacked"
    WEIGHTED = "weighted"


@dataclass(frozen=True, slots=True)
class Trait:
    """Something about a tensor, beside its extents, that a hazard depends on.

    - ``MASK``: it holds truth values; ``about`` is the origin of what was compared, ``why`` tells
      what makes it select something as a rule.
    - ``MATCHED``: it is a mask that compares all entries of a tensor with all values that occur in it:
      as a matrix it has no row and no column that selects nothing. ``about`` is "rows" where whole
      rows are meant, which are compared entry by entry along the axes behind.
    - ``INDEX``: it holds positions; ``about`` is the origin of the unique values that they are of,
      ``of`` the extent of the axis that they are of, where each of them stands there once.
    - ``COUNT``: it holds counts, an entry of which may be 0; ``why`` says how.
    - ``MASKED``: its entries are 0 where a mask, ``about``, selects nothing; ``why`` says so.
    - ``QUOTIENT``: it was divided by ``about``, and is NaN where that is 0, unless it is repaired.
    - ``PRESENT_COUNTS``: it holds counts of what occurs only, so its length follows the data; with
      ``about``, the origin of the unique values that are counted, no count is 0. ``why`` names what
      was counted.
    - ``SQUEEZED``: axes of extent 1 were dropped without saying which; its rank follows the data.
      ``about`` says why another axis may have that extent, ``of`` is the number of the axis that was
      meant, where one has it by its making.
    - ``UNTYPED``: it was made of a list that may be empty, without a dtype.
    - ``FRACTIONS``: it has no entry, and is of fractions since no dtype was given: it is no index.
    - ``SHARES``: its entries sum to 1 along ``axis``, of extent ``of``; ``why`` is the expression.
    - ``STACKED``: ``axis``, of extent ``of``, has a position for each member of a list.
    - ``WEIGHTED``: it was multiplied by weights along ``axis``, of extent ``of``; ``why`` says what
      sums to 1, if the weights do.
    - ``INTEGERS``: torch made it of integers: what is divided by 0 without a fraction raises.
    """

    kind: Kind
    why: str = field(default="", compare=False)
    about: str = ""
    trail: Trail = field(default=(), compare=False, repr=False)
    of: Term | None = field(default=None, compare=False, repr=False)
    axis: int | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor. ``extents`` holds the axes that are known; the others follow from ``origin``.

    Axes count from the front, or from the back if negative and the rank is unknown. ``traits`` is
    what else is known of it. ``shape`` is the origin of its shape where it shares that of another
    tensor, and ``lifted`` how many axes it has more than the tensor of unknown rank that it was
    made of (fewer if negative).
    """

    origin: str
    name: str = field(compare=False)
    extents: tuple[tuple[int, Term], ...] = ()
    rank: int | None = None
    cuts: tuple[Cut, ...] = ()
    traits: tuple[Trait, ...] = ()
    shape: str = ""
    lifted: int = 0

    @property
    def form(self) -> str:
        """The origin of the shape: two tensors of one form have the same extents."""
        return self.shape or self.origin

    def trait(self, kind: Kind) -> Trait | None:
        """Return what is known of one kind, or None."""
        return next((each for each in self.traits if each.kind is kind), None)

    def traits_of(self, *kinds: Kind) -> tuple[Trait, ...]:
        """Return what is known of some kinds."""
        return tuple(each for each in self.traits if each.kind in kinds)

    def having(self, *traits: Trait) -> Tensor:
        """Return the tensor with more traits; one of the same kind is replaced."""
        kinds = {each.kind for each in traits}
        return replace(self, traits=(*(t for t in self.traits if t.kind not in kinds), *traits))

    def without(self, *kinds: Kind) -> Tensor:
        """Return the tensor without the traits of some kinds."""
        if not any(each.kind in kinds for each in self.traits):
            return self
        return replace(self, traits=tuple(t for t in self.traits if t.kind not in kinds))

    def turned(self, origin: str, *traits: Trait) -> Tensor:
        """Return a tensor of the same shape with other entries, of which only ``traits`` are known."""
        return replace(self, origin=origin, shape=self.form, traits=traits)

    def axis(self, axis: int) -> int:
        """Count an axis from the front where the rank is known."""
        return axis + self.rank if axis < 0 and self.rank is not None else axis

    def extent(self, axis: int) -> Term:
        """Return the extent of an axis; a symbol of its own where nothing is known."""
        axis = self.axis(axis)
        for known, term in self.extents:
            if known == axis:
                return term
        return symbol(f"{self.form}#{axis}", f"{primary(self.name)}.shape[{axis}]")

    def resized(self, axis: int, term: Term, cut: Cut | None = None) -> Tensor:
        """Return the tensor with another extent at one axis: not all that was there need be left."""
        axis = self.axis(axis)
        cuts = self.cuts if cut is None else (*self.cuts, cut)
        if axis < 0:
            return self._resized_from_the_back(axis, term, cuts).without(Kind.MATCHED)
        kept = tuple(each for each in self.extents if each[0] != axis)
        made = replace(self, extents=tuple(sorted((*kept, (axis, term)))), cuts=cuts)
        return made.without(Kind.MATCHED)

    def _resized_from_the_back(self, axis: int, term: Term, cuts: tuple[Cut, ...]) -> Tensor:
        """Resize an axis whose number from the front is not known: it may be any but the first."""
        behind = {number: extent for number, extent in self.extents if number < 0}
        extents = {0: self.extent(0), **{n: self.extent(n) for n in _LAST}, **behind, axis: term}
        kept = tuple(sorted(extents.items()))
        return replace(self, extents=kept, cuts=cuts, shape=f"{self.form}~{axis}")
