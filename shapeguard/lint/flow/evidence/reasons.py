"""Why a number can be 0: reasons that its symbols carry, and tests that the author has made of it.

Something may be 0 if there is a reason to believe it (see :class:`Reason`) and the facts on the path
leave it possible. Without a reason nothing is said: unknown is silent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.algebra import factors_of
from shapeguard.lint.flow.domain.deduction import given
from shapeguard.lint.flow.domain.predicates import at_most, equal, less, negate
from shapeguard.lint.flow.domain.propositions import (
    FALSE,
    TRUE,
    AtMostZero,
    IsZero,
    conjuncts,
    literals,
)
from shapeguard.lint.flow.domain.terms import (
    ONE,
    ZERO,
    Operation,
    Sizes,
    Symbol,
    Term,
    Unlikely,
    operations,
)
from shapeguard.lint.flow.evidence.alone import alone, is_told_at_length
from shapeguard.lint.flow.evidence.beliefs import first_test
from shapeguard.lint.flow.evidence.computing import lacking, own_reasons
from shapeguard.lint.flow.evidence.origins import called_as, origin_of, own_atoms
from shapeguard.lint.flow.evidence.witness import Assignment, holds, search
from shapeguard.lint.flow.trace import joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.terms import Atom
    from shapeguard.lint.flow.events import Moment
    from shapeguard.lint.flow.trace import Trail


_PLENTY = 1_000_000


class Reason(StrEnum):
    """The kind of evidence; the first is the surest, and the last hardly any."""

    EXPLICIT = "explicit"
    BELIEF = "belief"
    TWIN = "twin"
    SHARE = "share"
    UNLIKELY = "unlikely"


@dataclass(frozen=True, slots=True)
class Emptiness:
    """Why something can be empty, with sizes for which it is.

    ``reason`` is half a sentence, ``trail`` shows where the extent got its name or is tested. ``near``
    says that the evidence stands in the same function or in the same family of classes. ``extent`` is
    the size that is too small, or None where it is a condition that does not hold.
    """

    reason: str
    sizes: Assignment
    trail: Trail = ()
    kind: Reason = Reason.EXPLICIT
    near: bool = True
    extent: int | None = 0


def may_be_zero(term: Term, moment: Moment) -> Emptiness | None:
    """Return the evidence that a term can be 0 at a moment, or None without evidence."""
    return may_be(term, ZERO, moment)


def may_be(term: Term, value: Term, moment: Moment) -> Emptiness | None:
    """Return the evidence that a term can have a small value at a moment, 0 as a rule."""
    zero, facts = equal(term, value), frozenset(moment.facts)
    left = given(zero, facts)
    if FALSE in (zero, left) or (left != TRUE and is_told_at_length(term, facts)):
        return None
    ways = () if _held_up(term, facts) else tuple(literals(zero if left == TRUE else left))
    hardly: Emptiness | None = None
    for each in chain(_reckoned(ways, term, value, moment), _computed(zero, term, moment)):
        if each.kind is not Reason.UNLIKELY:
            return replace(each, extent=value.known)
        hardly = hardly or replace(each, extent=value.known)
    return _believed(zero, term, value, moment) or hardly


def _kind_of(why: str) -> Reason:
    return Reason.UNLIKELY if isinstance(why, Unlikely) else Reason.EXPLICIT


def _reckoned(
    ways: Iterable[Predicate], term: Term, value: Term, moment: Moment
) -> Iterator[Emptiness]:
    """Yield the reasons that the symbols of a number carry."""
    zero = equal(term, value)
    own = own_atoms(term)
    more = "" if value == ZERO else f", or no more than {value.known}"
    for way in ways:
        found = _reason(way, own)
        sizes = None if found is None else alone([way, zero], own, moment)
        if found is not None and sizes is not None:
            trail, kind = origin_of(*found, moment), _kind_of(found[1])
            reason = f"{found[1]}{more}"
            yield Emptiness(reason, called_as(sizes, own), trail, kind)


def _computed(zero: Predicate, term: Term, moment: Moment) -> Iterator[Emptiness]:
    """Yield the reasons that lie in how a number is computed."""
    why = next(own_reasons(term), None)
    sizes = None if why is None else search([zero], moment.facts)
    if why is not None and sizes is not None:
        yield Emptiness(why, sizes, kind=_kind_of(why))


def _believed(zero: Predicate, term: Term, value: Term, moment: Moment) -> Emptiness | None:
    """Return that the author tests for a number elsewhere, if it does."""
    facts = frozenset(moment.facts)
    open_ended = [each for each in factors_of(term) if given(equal(each, value), facts) != FALSE]
    trail = next((test for each in open_ended if (test := first_test(each, value, moment))), ())
    sizes = search([zero], moment.facts) if trail else None
    if sizes is None:
        return None
    tested = f"it is tested for {value.known} elsewhere in the function"
    return Emptiness(tested, sizes, trail, Reason.BELIEF, extent=value.known)


def _reason(zero: Predicate, own: Mapping[Atom, Atom]) -> tuple[Atom, str] | None:
    """Return why a term can be what a condition says; a sum is 0 only if all its parts are.

    ``own`` are the atoms of the term, which have names and reasons of their own.
    """
    if not isinstance(zero, IsZero | AtMostZero):
        return None
    parts = tuple((own.get(atom, atom), coefficient) for atom, coefficient in zero.term.parts)
    reasons = [next(_reasons(Term(0, (part,))), None) for part in parts]
    is_sum = len({coefficient > 0 for _, coefficient in parts}) == 1
    if is_sum and None in reasons:
        return None
    return next((reason for reason in reasons if reason is not None), None)


def _held_up(term: Term, facts: frozenset[Predicate]) -> bool:
    """Say whether a number is the largest of some, for one of which nothing tells that it may be 0."""
    match term:
        case Term(constant=0, parts=((Operation(name="maximum", operands=operands), 1),)):
            return any(
                next(_reasons(each), None) is None and given(at_most(each, ZERO), facts) != TRUE
                for each in operands
                if isinstance(each, Term)
            )
        case _:
            return False


def may_break(condition: Predicate, moment: Moment) -> Emptiness | None:
    """Return the evidence that a condition, such as ``k <= extent``, does not hold at a moment.

    What may be 0 is a reason only if it is the cause: with a large number in its place, and all else
    as in the witness, the condition holds.
    """
    if given(condition, frozenset(moment.facts)) == FALSE:
        return _excluded(moment)
    broken = negate(condition)
    if broken == FALSE or given(broken, frozenset(moment.facts)) == FALSE:
        return None
    terms = [each.term for each in literals(broken) if isinstance(each, AtMostZero | IsZero)]
    for atom, reason in (found for term in terms for found in _reasons(term)):
        sizes = _caused(broken, atom, moment)
        if sizes is not None:
            return Emptiness(reason, sizes, origin_of(atom, reason, moment), extent=None)
    lacks = next((why for term in terms for why in lacking(term)), None)
    sizes = None if lacks is None else search([broken], moment.facts)
    if lacks is not None and sizes is not None:
        return Emptiness(lacks, sizes, extent=None)
    trail = joined(*(moment.tests.get(each, ()) for each in literals(broken)))
    sizes = search([broken], moment.facts) if trail else None
    if sizes is None:
        return None
    reason = "it is tested elsewhere in the function"
    return Emptiness(reason, sizes, trail, Reason.BELIEF, extent=None)


def may_be_negative(term: Term, moment: Moment) -> Emptiness | None:
    """Return the evidence that a number that is meant as a position or a size is less than 0."""
    return may_break(at_most(ZERO, term), moment)


def may_fall_short(count: Term, needed: Term, moment: Moment) -> Emptiness | None:
    """Return the evidence that there are fewer than ``needed``: not as many, or none at all."""
    found = may_break(at_most(needed, count), moment)
    if found is not None:
        return found
    none = may_be_zero(count, moment)
    if none is None:
        return None
    sizes = search([equal(count, ZERO), less(count, needed)], moment.facts)
    return None if sizes is None else replace(none, sizes=sizes)


def _caused(broken: Predicate, atom: Atom, moment: Moment) -> Assignment | None:
    """Return sizes for which a condition is broken because a symbol is small."""
    if not isinstance(atom, Symbol):
        return search([broken], moment.facts)
    count = Term(0, ((atom, 1),))
    for few in (equal(count, ZERO), at_most(count, ONE), TRUE):
        sizes = search([broken, few], moment.facts)
        if sizes is not None and atom in sizes.values:
            plenty = Assignment({**sizes.values, atom: _PLENTY}, sizes.opaque)
            if holds(broken, plenty) is not True:
                return sizes
    return None


def _excluded(moment: Moment) -> Emptiness | None:
    """Return that the path cannot meet a condition, if it is a path that a test of the code takes."""
    taken = [
        moment.tests[part] for f in moment.facts for part in conjuncts(f) if part in moment.tests
    ]
    sizes = search([], moment.facts) if taken else None
    if sizes is None:
        return None
    reason = "it is so on every path that a test leads here"
    return Emptiness(reason, sizes, joined(*taken), Reason.BELIEF, extent=None)


def _reasons(term: Term) -> Iterator[tuple[Atom, str]]:
    """Yield what may be 0 in a term, and why."""
    for atom in operations(term):
        if isinstance(atom, Symbol) and atom.why:
            yield atom, atom.why
        elif isinstance(atom, Operation) and atom.name == "range_sum":
            sizes, _, stop = atom.operands
            if isinstance(sizes, Sizes) and stop is not None:
                yield atom, f"a size in `{sizes.name}` may be 0"
