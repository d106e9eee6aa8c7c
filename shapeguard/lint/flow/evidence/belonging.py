"""What a narrowing has to do with what it narrows: a share lies within it, a mask is as long as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.counts import negation, selected
from shapeguard.lint.flow.domain.predicates import at_most, equal, every
from shapeguard.lint.flow.domain.propositions import TRUE, unknowns
from shapeguard.lint.flow.domain.terms import ZERO, atoms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.tensors import Cut, Slice
    from shapeguard.lint.flow.domain.terms import Term


def within(cut: Cut, facts: Iterable[Predicate]) -> Predicate:
    """Return that what a cut leaves lies within what it cuts, as far as ``facts`` speak of it.

    A slice begins before it ends, and ends not past the end. Positions by which an axis was sorted are
    of an axis of this extent.
    """
    index = cut.sliced
    if index is None:
        if cut.picks:
            return every((at_most(cut.after, cut.before), *_as_long(cut)))
        return _selecting(cut, facts) if _is_by_mask(cut) else TRUE
    start, stop = ends(index, cut.before)
    return every((at_most(stop, cut.before), at_most(start, stop)))


def _selecting(cut: Cut, facts: Iterable[Predicate]) -> Predicate:
    """Return that a mask is as long as what it selects from, and leaves what its complement selects."""
    rest = selected(negation(str(cut.index)), str(cut.index))
    spoken = {each for fact in facts for each in unknowns(fact)}
    left = [equal(cut.after + rest, cut.before)] if spoken.issuperset(atoms(rest)) else []
    return every((at_most(cut.after, cut.before), *left, *_as_long(cut)))


def _as_long(cut: Cut) -> Iterator[Predicate]:
    """Yield that an index is made for what it cuts."""
    return (equal(number, cut.before) for number in cut.lengths)


def is_lookup(cut: Cut) -> bool:
    """Say whether positions pick one row each: neither a slice, nor a mask, nor a piece of a split."""
    return cut.sliced is None and not cut.piece and not _is_by_mask(cut)


def _is_by_mask(cut: Cut) -> bool:
    return isinstance(cut.index, str) and cut.after == selected(cut.index, cut.index)


def ends(index: Slice, extent: Term) -> tuple[Term, Term]:
    """Return both ends of a slice, counted from the front."""
    start = ZERO if index.start is None else index.start
    stop = extent if index.stop is None else index.stop
    return _from_front(start, extent), _from_front(stop, extent)


def _from_front(bound: Term, extent: Term) -> Term:
    """Return a bound counted from the front; one such as ``-n`` is written to count from the back."""
    signs = [bound.constant, *(coefficient for _, coefficient in bound.parts)]
    return bound + extent if max(signs) <= 0 and bound != ZERO else bound
