"""Conditions: what a branch tells about extents.

A predicate is a literal (``term <= 0``, ``term == 0``, or a fact about which nothing more is known)
or a combination of predicates. Literals are canonical, so that a test and its negation are found to
contradict each other by comparison alone; ``n > 0`` and ``not n <= 0`` are one predicate.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.algebra import factors_of
from shapeguard.lint.flow.domain.propositions import (
    FALSE,
    LOST,
    TRUE,
    AtMostZero,
    Compound,
    Every,
    EveryMember,
    IsZero,
    Opaque,
    Some,
    asked_for,
    conjuncts,
)
from shapeguard.lint.flow.domain.terms import ONE, ZERO, Operation, Term
from shapeguard.lint.flow.domain.truths import told_otherwise, true_where
from shapeguard.lint.flow.syntax.texts import digest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from shapeguard.lint.flow.domain.propositions import Literal, Predicate


MAX_LITERALS = 80
MAX_FOLDED = 6


def at_most(left: Term, right: Term) -> Predicate:
    """``left <= right``."""
    difference = left - right
    return AtMostZero(difference) if difference.real else _folded_order(difference)


def less(left: Term, right: Term) -> Predicate:
    """``left < right``: of integers that is ``left + 1 <= right``."""
    difference = left - right
    if difference.real:
        return AtMostZero(difference, strict=True)
    return _folded_order(difference + ONE)


def equal(left: Term, right: Term) -> Predicate:
    """``left == right``."""
    difference = left - right
    known = difference.known
    if known is not None:
        return TRUE if known == 0 else FALSE
    opposite = difference.scaled(-1)
    if any(floor is not None and floor > 0 for floor in (difference.floor, opposite.floor)):
        return FALSE
    factors = _extents_in(difference) or _extents_in(opposite)
    if factors:
        return any_of(equal(factor, ZERO) for factor in factors)
    for each in (difference, opposite):
        asked = _zero_where(each)
        if asked is not None:
            return asked
    return IsZero(min(difference, opposite, key=repr))


def _extents_in(term: Term) -> tuple[Term, ...]:
    """Return the factors of a product of extents: it is 0 where one of them is."""
    factors = factors_of(term)
    if len(factors) > 1 and all(each.floor is not None and each.floor >= 0 for each in factors):
        return tuple(each for each in factors if each.known is None)
    return ()


def _zero_where(term: Term) -> Predicate | None:
    """Return where a length that is never negative is 0, in terms of what it is computed from.

    So a test of the operands and a test of the length are one predicate.
    """
    match term:
        case Term(constant=0, parts=((Operation(name=name, operands=operands), 1),)):
            pass
        case _:
            return None
    match name, operands:
        case "maximum", (Term() as left, right) if right == ZERO:
            return at_most(left, ZERO)
        case "minimum", (Term() as left, Term() as right) if _never_negative(left, right):
            return any_of((at_most(left, ZERO), at_most(right, ZERO)))
        case "range_length", (Term() as start, Term() as stop, Term() as step):
            return at_most(stop, start) if (step.floor or 0) > 0 else None
        case "combinations", (Term() as extent, Term() as taken):
            return less(extent, taken)
        case _:
            return None


def _never_negative(*terms: Term) -> bool:
    return all(term.floor is not None and term.floor >= 0 for term in terms)


def _folded_order(term: Term) -> Predicate:
    known = term.known
    if known is not None:
        return TRUE if known <= 0 else FALSE
    if term.floor is not None and term.floor > 0:
        return FALSE
    ceiling = term.scaled(-1).floor
    if ceiling is not None and ceiling >= 0:
        return TRUE
    some = _extents_in(term)
    if some:
        return any_of(at_most(factor, ZERO) for factor in some)
    every_one = _extents_in(ONE - term)
    if every_one:
        return every(less(ZERO, factor) for factor in every_one)
    asked, refused = _zero_where(term), _zero_where(ONE - term)
    if asked is not None:
        return asked
    if refused is not None:
        return negate(refused)
    return AtMostZero(term)


@functools.lru_cache(maxsize=50_000)
def negate(predicate: Predicate) -> Predicate:
    """Return the predicate that holds exactly when this one does not."""
    match predicate:
        case AtMostZero(term, strict=True):
            return at_most(ZERO, term)
        case AtMostZero(term):
            return less(ZERO, term)
        case IsZero(term, holds):
            return IsZero(term, not holds)
        case Opaque(key, holds, about):
            return Opaque(key, not holds, about)
        case EveryMember(sizes, member, condition, holds):
            return EveryMember(sizes, member, condition, not holds)
        case Every(parts=parts):
            return any_of(negate(part) for part in parts)
        case Some(parts=parts):
            return every(negate(part) for part in parts)


def every(parts: Iterable[Predicate]) -> Predicate:
    """Conjunction, flattened; FALSE where two parts contradict each other."""
    return _every(tuple(parts))


@functools.lru_cache(maxsize=50_000)
def _every(parts: tuple[Predicate, ...]) -> Predicate:
    flat: list[Predicate] = []
    known: set[Predicate] = set()  # sets are compared by the hashes that they have, keys are not
    for part in parts:
        for each in part.parts if isinstance(part, Every) else (part,):
            if each in known:
                continue
            if contradicts(each, known):
                return FALSE
            known.add(each)
            flat.append(each)
    return flat[0] if len(flat) == 1 else _bounded(Every(tuple(flat)))


def _bounded(predicate: Every | Some) -> Predicate:
    """Keep only the identity of a condition that has grown too large to reason about."""
    if predicate.size <= MAX_LITERALS:
        return predicate
    return Opaque(f"{LOST}{_digest(predicate)}", about=asked_for(predicate))


@functools.lru_cache(maxsize=50_000)
def _digest(predicate: Predicate) -> str:
    """Return a short text that tells a condition apart, made of those of its parts."""
    match predicate:
        case Every(parts=parts) | Some(parts=parts):
            text = f"{type(predicate).__name__}({','.join(map(_digest, parts))})"
        case _:
            text = repr(predicate)
    return digest(text)


def any_of(parts: Iterable[Predicate]) -> Predicate:
    """Disjunction, flattened and with complementary pairs folded."""
    return _any_of(tuple(parts))


@functools.lru_cache(maxsize=50_000)
def _any_of(parts: tuple[Predicate, ...]) -> Predicate:
    flat: dict[Predicate, None] = {}
    for part in parts:
        for each in part.parts if isinstance(part, Some) else (part,):
            if each == TRUE or negate(each) in flat:
                return TRUE
            flat[each] = None
    folded = _fold(list(flat)) if len(flat) <= MAX_FOLDED else list(flat)
    return folded[0] if len(folded) == 1 else _bounded(Some(tuple(folded)))


def _fold(parts: list[Predicate]) -> list[Predicate]:
    """Rewrite ``(a and b) or (a and not b)`` as ``a`` until nothing changes."""
    for index, left in enumerate(parts):
        for right in parts[index + 1 :]:
            merged = _resolved(left, right)
            if merged is not None:
                rest = [each for each in parts if each not in (left, right)]
                return _fold([*rest, merged])
    return parts


def _resolved(left: Predicate, right: Predicate) -> Predicate | None:
    if not isinstance(left, Every) and not isinstance(right, Every):
        if left == right:
            return left
        return every(()) if negate(left) == right else None
    mine, theirs = set(conjuncts(left)), set(conjuncts(right))
    if mine <= theirs:
        return left
    if theirs <= mine:
        return right
    only_mine, only_theirs = mine - theirs, theirs - mine
    if len(only_mine) == len(only_theirs) == 1 and negate(*only_mine) == next(iter(only_theirs)):
        return every(part for part in conjuncts(left) if part in theirs)
    return None


def contradicts(predicate: Predicate, known: AbstractSet[Predicate]) -> bool:
    """Say whether the predicate is false given facts, by comparison of literals alone."""
    undecided = deciders(predicate).isdisjoint(known)
    if undecided or not isinstance(predicate, Compound):
        return not undecided or predicate == FALSE
    if negate(predicate) in known:
        return True
    if isinstance(predicate, Every):
        return any(contradicts(part, known) for part in predicate.parts)
    return all(contradicts(part, known) for part in predicate.parts)


@functools.lru_cache(maxsize=50_000)
def deciders(predicate: Predicate) -> frozenset[Predicate]:
    """Return the facts of which at least one holds wherever facts contradict a predicate but FALSE."""
    if not isinstance(predicate, Compound):
        return frozenset(opposites(predicate))
    return frozenset((negate(predicate),)).union(*map(deciders, predicate.parts))


@functools.lru_cache(maxsize=50_000)
def opposites(literal: Literal) -> tuple[Predicate, ...]:
    """Return the facts each of which contradicts a literal."""
    match literal:
        case IsZero(term, holds=True):
            return negate(literal), less(ZERO, term), less(term, ZERO), *true_where(term)
        case AtMostZero(term, strict=True):
            opposite = AtMostZero(term.scaled(-1), strict=True)
            return negate(literal), opposite, equal(term, ZERO)
        case AtMostZero(term):
            # `0 < x` and `x == 0`: written as at most, the first is `1 - x <= 0`
            return negate(literal), equal(term, ONE)
        case Opaque():
            return negate(literal), *told_otherwise(literal)
        case _:
            return (negate(literal),)


def forget_all() -> None:
    """Forget what was computed for other functions, in which a symbol may mean something else."""
    for cached in (negate, _every, _any_of, _digest, deciders, opposites):
        cached.cache_clear()
