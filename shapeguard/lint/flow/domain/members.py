"""The members of lists: what any of them is, what holds of each, and which facts are about a value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.deduction import given
from shapeguard.lint.flow.domain.predicates import any_of, contradicts, equal, every, negate
from shapeguard.lint.flow.domain.propositions import (
    TRUE,
    AtMostZero,
    Every,
    EveryMember,
    Some,
    conjuncts,
    literals,
    opaque_keys,
    unknowns,
)
from shapeguard.lint.flow.domain.tensors import Tensor
from shapeguard.lint.flow.domain.terms import ZERO, Symbol, atoms, reason_of, symbol
from shapeguard.lint.flow.domain.values import (
    Choice,
    Dictionary,
    Int,
    Record,
    Sequence,
    Unknown,
    terms_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.terms import Sizes, Term
    from shapeguard.lint.flow.domain.values import Value

_PARTS = tuple("#.[")
"""What follows an origin in the key of a symbol of one of its parts."""

_KEPT_APART = 3
"""How many conditions on each side are kept as one of two, where the sides differ."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a value depends on: the symbols in it, and the origins of what it consists of."""

    symbols: frozenset[Symbol | Sizes]
    origins: frozenset[str]

    @classmethod
    def of(cls, *values: Value) -> Subject:
        """Return what values depend on."""
        parts = [part for value in values for part in _parts_of(value)]
        terms = (each for part in parts for each in terms_of(part))
        origins = frozenset(part.origin for part in parts if isinstance(part, Unknown | Record))
        forms = frozenset(part.form for part in parts if isinstance(part, Tensor))
        lists = [part.sizes for part in parts if isinstance(part, Sequence) and part.sizes]
        symbols = frozenset(each for term in terms for each in atoms(term))
        return cls(symbols.union(lists), origins | forms)

    def is_in(self, fact: Predicate) -> bool:
        """Say whether a fact speaks of a number that a value depends on, or of all in a list of such."""
        for literal in literals(fact):
            member = [literal.member] if isinstance(literal, EveryMember) else []
            if any(
                each in self.symbols or self._has(each.key)
                for each in (*unknowns(literal), *member)
            ):
                return True
        return False

    def is_asked(self, fact: Predicate) -> bool:
        """Say whether a fact is a condition on a value of which nothing more is known."""
        asked = {key.rpartition("(")[2].rstrip(")") for key in opaque_keys(fact)}
        return bool(asked & self.origins)

    def _has(self, key: str) -> bool:
        return any(
            key == origin or (key.startswith(origin) and key[len(origin) :].startswith(_PARTS))
            for origin in self.origins
        )


def _parts_of(value: Value) -> Iterator[Value]:
    """Yield a value and all that it consists of."""
    yield value
    inner: Iterable[Value | None] = ()
    match value:
        case Choice(alternatives):
            inner = (leaf for _, leaf in alternatives)
        case Sequence(items=items, element=element, first=first):
            inner = (*(items or ()), element, first)
        case Record(fields=fields):
            inner = (held for _, held in fields)
        case Dictionary(entries=entries, element=element):
            inner = (*(held for _, held in entries), element)
        case _:
            pass
    for each in inner:
        if each is not None:
            yield from _parts_of(each)


def known_of(value: Value, facts: Iterable[Predicate]) -> Predicate:
    """Return what facts say of the numbers that a value depends on."""
    subject = Subject.of(value)
    return every(fact for fact in facts if subject.is_in(fact))


def told(listed: Value, facts: Iterable[Predicate]) -> Value:
    """Return a list that is written out with what facts say of its members."""
    if not isinstance(listed, Sequence) or not listed.items or listed.where != TRUE:
        return listed
    return replace(listed, where=known_of(listed, facts))


def united(lists: Iterable[Sequence], identity: str) -> tuple[Value | None, Predicate]:
    """Return what any member of several lists is, and what holds of every one of them.

    What holds of the members of one list alone holds where the member is one of those.
    """
    held: dict[Value, Predicate] = {}
    for leaf, holds in (each for listed in lists for each in _held(listed)):
        held[leaf] = holds if leaf not in held else _common(held[leaf], holds)
    element = merge.any_one(held, identity)
    if element is None or all(holds == TRUE for holds in held.values()):
        return element, TRUE
    everywhere: Predicate = TRUE
    for number, holds in enumerate(held.values()):
        everywhere = _common(everywhere, holds) if number else holds
    return element, every(
        any_of((negate(condition), held.get(leaf, everywhere)))
        for condition, leaf in merge.alternatives(element)
    )


def any_member(listed: Sequence, identity: str) -> tuple[Value | None, Predicate]:
    """Return what any member of a list is, and what holds of it; the same for one identity."""
    if listed.where == TRUE:
        return merge.member_of(listed, identity), TRUE
    return united((listed,), identity)


def _held(listed: Sequence) -> Iterator[tuple[Value, Predicate]]:
    """Yield what the members of a list can be, each with what holds of it."""
    members = (listed.element,) if listed.items is None else listed.items
    options = (
        each for member in members if member is not None for each in merge.alternatives(member)
    )
    for condition, leaf in options:
        yield leaf, given(listed.where, conjuncts(condition))
    for _, leaf in () if listed.first is None else merge.alternatives(listed.first):
        yield leaf, TRUE


def _common(one: Predicate, other: Predicate) -> Predicate:
    """Return what holds on both sides: what both say, and one of the other things that they say."""
    mine, theirs = {*conjuncts(one)}, {*conjuncts(other)}
    kept = [part for part in conjuncts(one) if part in theirs]
    rest = [every(each for each in conjuncts(side) if each not in kept) for side in (one, other)]
    few = max(len(mine), len(theirs)) - len(kept) <= _KEPT_APART
    return every((*kept, any_of(rest))) if few else every(kept)


def taken(listed: Sequence, identity: str) -> Value | None:
    """Return a member that is taken out of a list; what is not 0 in any of them is not 0 in it.

    The symbols of a member stand for those of every member, so what holds of the one that is taken
    is no fact: it would be one about the others.
    """
    member, where = any_member(listed, identity)
    if member is None or where == TRUE:
        return member
    return merge.select(
        (
            (condition, _taken(leaf, frozenset(conjuncts(given(where, conjuncts(condition))))))
            for condition, leaf in merge.alternatives(member)
        ),
        identity,
    )


def _taken(member: Value, known: frozenset[Predicate]) -> Value:
    match member:
        case Tensor(extents=extents):
            sure = tuple((axis, _not_none(term, known)) for axis, term in extents)
            return replace(member, extents=sure)
        case Int(term, trail):
            return Int(_not_none(term, known), trail)
        case Sequence(items=items) if items:
            return replace(member, items=tuple(_taken(each, known) for each in items))
        case _:
            return member


def _not_none(term: Term, known: frozenset[Predicate]) -> Term:
    """Return a number of at least 1 in the place of one that may be 0, where facts exclude that."""
    below = term.floor is None or term.floor < 0
    if below or not reason_of(term) or not any(is_some(term, fact) for fact in known):
        return term
    names = [atom.name for atom, _ in term.parts if isinstance(atom, Symbol)]
    return symbol(f"some of {term!r}", names[0] if names else "n", low=1)


def is_some(term: Term, fact: Predicate) -> bool:
    """Say whether a fact tells by itself that a number is not 0."""
    match fact:
        case Every(parts=parts):
            return any(is_some(term, part) for part in parts)
        case Some(parts=parts):
            return all(is_some(term, part) for part in parts)
        case AtMostZero(least) if ((least + term).known or 0) > 0:
            return True
        case _:
            return contradicts(equal(term, ZERO), {fact})
