"""How many axes and elements a tensor has, and what the facts on a path say of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.algebra import product_of
from shapeguard.lint.flow.domain.counts import selected
from shapeguard.lint.flow.domain.deduction import given
from shapeguard.lint.flow.domain.predicates import equal, every
from shapeguard.lint.flow.domain.propositions import (
    FALSE,
    RANK,
    TRUE,
    AtMostZero,
    IsZero,
    Opaque,
    conjuncts,
    unknowns,
)
from shapeguard.lint.flow.domain.tensors import Kind, Tensor
from shapeguard.lint.flow.domain.terms import ONE, ZERO, Symbol, Term, reason_of, symbol
from shapeguard.lint.flow.domain.values import as_tensor
from shapeguard.lint.flow.syntax.texts import primary

if TYPE_CHECKING:
    from collections.abc import Collection

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.tensors import Trait
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.events import Moment

_SHAPES = "shapes "
_ASSUMED = (0, 1)
"""Axes that a tensor of unknown rank is taken to have, for its number of elements."""


def elements(tensor: Tensor) -> Term:
    """Return the number of elements: it is 0 where any extent is."""
    if tensor.rank is not None:
        return product_of(tensor.extent(axis) for axis in range(tensor.rank))
    axes = {*_ASSUMED, *(axis for axis, _ in tensor.extents)}
    axes = {axis for axis in axes if _assumed(tensor, axis) or _special(tensor, axis)}
    rest = symbol(f"{tensor.form}#rest", "rest", low=1)
    return product_of([*(tensor.extent(axis) for axis in sorted(axes)), rest])


def has_elements(value: Value, facts: Collection[Predicate]) -> bool:
    """Say whether facts prove that a tensor has elements: then no axis is empty, known or not."""
    tensor = as_tensor(value)
    if tensor is None or not facts:
        return False
    if tensor.rank is None and given(equal(elements(tensor), ZERO), facts) == FALSE:
        return True
    return given(equal(selected(tensor.origin, tensor.name), ZERO), facts) == FALSE


def taken_to_exist(term: Term) -> bool:
    """Say whether an axis of this extent is taken to be there where the rank is unknown.

    The third axis and those behind it got their extents when axes were counted anew.
    """
    match term:
        case Term(constant=0, parts=((Symbol(key), 1),)):
            number = key.rpartition("#")[2]
            return not number.isdigit() or int(number) in _ASSUMED
        case _:
            return True


def _assumed(tensor: Tensor, axis: int) -> bool:
    return axis in _ASSUMED and taken_to_exist(tensor.extent(axis))


def _special(tensor: Tensor, axis: int) -> bool:
    """Say whether an axis was narrowed or may be empty for another reason."""
    if any(cut.axis == axis for cut in tensor.cuts):
        return True
    return bool(reason_of(tensor.extent(axis)))


def rank_of(tensor: Tensor) -> Term:
    """Return the number of axes: known, or a symbol of the shape.

    Of a tensor from which any axis of extent 1 was dropped it is not known.
    """
    if tensor.rank is not None and tensor.trait(Kind.SQUEEZED) is None:
        return Term(tensor.rank)
    return asked_rank(tensor)


def asked_rank(tensor: Tensor) -> Term:
    """Return the symbol for the number of axes of a shape, which tests speak of."""
    return symbol(f"{tensor.form}{RANK}", f"{primary(tensor.name)}.dim()")


def told_rank(tensor: Tensor, facts: Collection[Predicate]) -> int | None:
    """Return the number of axes that facts tell of a tensor."""
    ((asked, _),) = asked_rank(tensor).parts
    for fact in facts:
        if isinstance(fact, IsZero) and fact.holds and len(fact.term.parts) == 1:
            ((atom, coefficient),) = fact.term.parts
            if atom == asked:
                return -fact.term.constant // coefficient
    return None


def with_rank(tensor: Tensor, rank: int, facts: Collection[Predicate]) -> Tensor:
    """Return a tensor of which the facts tell the rank: the only axis of nothing has no extent."""
    known = ranked(tensor, rank)
    empty = rank == 1 and given(equal(elements(tensor), ZERO), facts) == TRUE
    return known.resized(0, ZERO) if empty else known


def ranked(tensor: Tensor, rank: int) -> Tensor:
    """Return the tensor with a rank that has become known; all axes count from the front."""
    if tensor.rank is not None or rank < 0:
        return tensor
    extents = {(a + rank if a < 0 else a): t for a, t in reversed(tensor.extents)}
    cuts = tuple(replace(c, axis=c.axis + rank if c.axis < 0 else c.axis) for c in tensor.cuts)
    kept = tuple(sorted((axis, term) for axis, term in extents.items() if 0 <= axis < rank))
    return replace(tensor, rank=rank, extents=kept, cuts=cuts)


def without_doubt(tensor: Tensor, facts: Collection[Predicate]) -> Tensor:
    """Return a squeezed tensor with the axes that it has by the facts, if they tell.

    A tensor of one element has none left; one of several, or of none, keeps what was not meant.
    """
    if tensor.trait(Kind.SQUEEZED) is None:
        return tensor
    rank = told_rank(tensor, facts)
    if rank is None and given(equal(elements(tensor), ONE), facts) == TRUE:
        rank = 0
    if rank is not None:
        extents = tensor.extents if rank == tensor.rank else ()
        return replace(tensor, rank=rank, extents=extents).without(Kind.SQUEEZED)
    is_more = (equal(rank_of(tensor), ZERO), equal(elements(tensor), ONE))
    if any(given(each, facts) == FALSE for each in is_more):
        return tensor.without(Kind.SQUEEZED)
    return tensor


def lost_axes(value: Value, moment: Moment, axis: int | None = None) -> Trait | None:
    """Return that a value may have fewer axes than were meant, unless the facts exclude it.

    With an ``axis``, that this one may not be there. Where the value depends on how many axes there
    were, the author has dealt with that; so it is with a shape that was compared with another one.
    """
    needed = None if axis is None else max(axis + 1, -axis)
    alternatives = merge.alternatives(value)
    for condition, leaf in alternatives:
        facts = frozenset((*moment.facts, condition))
        if isinstance(leaf, Tensor) and every(facts) != FALSE:
            trait = without_doubt(leaf, facts).trait(Kind.SQUEEZED)
            if trait is None or (needed is not None and _fewest(leaf, facts) >= needed):
                continue
            if len(alternatives) > 1 and any(_speaks_of_ranks(way) for way, _ in alternatives):
                return None
            if not any(_is_same_shape(each, leaf) for each in facts):
                return trait
    return None


def _speaks_of_ranks(condition: Predicate) -> bool:
    return any(isinstance(each, Symbol) and each.key.endswith(RANK) for each in unknowns(condition))


def same_shape(one: Tensor, other: Tensor) -> Opaque:
    """Return the condition that two tensors have one shape, of which no more is known."""
    return Opaque(f"{_SHAPES}{' == '.join(sorted((one.form, other.form)))}")


def _is_same_shape(fact: Predicate, tensor: Tensor) -> bool:
    """Say whether a fact is that a tensor has the shape of another one."""
    return any(
        isinstance(part, Opaque)
        and part.holds
        and part.key.startswith(_SHAPES)
        and tensor.form in part.key.removeprefix(_SHAPES).split(" == ")
        for part in conjuncts(fact)
    )


def _fewest(tensor: Tensor, facts: Collection[Predicate]) -> int:
    """Return how many axes a tensor has at least, as the facts say."""
    less = asked_rank(tensor).scaled(-1)
    parts = (part for fact in facts for part in conjuncts(fact))
    bounds = (each.term for each in parts if isinstance(each, AtMostZero))
    return max((term.constant for term in bounds if term.parts == less.parts), default=0)


def tests_rank(tensor: Tensor, moment: Moment) -> bool:
    """Say whether a test of the number of axes led to a moment."""
    ((asked, _),) = asked_rank(tensor).parts
    facts = (part for fact in moment.facts for part in conjuncts(fact))
    return any(
        isinstance(each, IsZero | AtMostZero) and any(atom == asked for atom, _ in each.term.parts)
        for each in facts
    )
