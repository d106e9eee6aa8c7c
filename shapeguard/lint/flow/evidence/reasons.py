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
from shapeguard.lint.flow.domain.counts import is_by_name, sum_beside
from shapeguard.lint.flow.domain.deduction import given
from shapeguard.lint.flow.domain.predicates import at_most, equal, less, negate
from shapeguard.lint.flow.domain.propositions import (
    FALSE,
    TRUE,
    AtMostZero,
    IsZero,
    conjuncts,
    is_lost,
    literals,
    unknowns,
)
from shapeguard.lint.flow.domain.terms import ONE, ZERO, Symbol, Term, Unlikely
from shapeguard.lint.flow.evidence.alone import alone, is_told_at_length
from shapeguard.lint.flow.evidence.answered import is_unlikely
from shapeguard.lint.flow.evidence.beliefs import first_test
from shapeguard.lint.flow.evidence.causes import (
    few_of,
    is_sum,
    lacking,
    own_reasons,
    reason_why,
    reasons,
    subtracted,
)
from shapeguard.lint.flow.evidence.origins import called_as, origin_of, own_atoms
from shapeguard.lint.flow.evidence.upheld import is_held_up, is_share_with_rows
from shapeguard.lint.flow.evidence.witness import Assignment, holds, search
from shapeguard.lint.flow.trace import joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.terms import Atom
    from shapeguard.lint.flow.events import Moment
    from shapeguard.lint.flow.trace import Trail


_PLENTY = 1_000_000


class Reason(StrEnum):
    """The kind of evidence; the first is the surest."""

    EXPLICIT = "explicit"
    BELIEF = "belief"
    TWIN = "twin"
    SHARE = "share"
    UNLIKELY = "unlikely"


@dataclass(frozen=True, slots=True)
class Emptiness:
    """Why something can be empty, with sizes for which it is.

    ``reason`` is half a sentence, ``trail`` shows where the extent got its name or is tested. ``near``
    says that the evidence stands in the same function or in the same family of classes, and that no
    other number has to be 0 for it. ``extent`` is the size that is too small, or None where it is a
    condition that does not hold.
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
    settled = is_held_up(term, facts) or (value == ZERO and is_share_with_rows(term, facts))
    ways = () if settled else tuple(literals(zero if left == TRUE else left))
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
        found = reason_why(way, own, subtracted(term))
        if found is None or _has_sum(found[0], frozenset(moment.facts)):
            continue
        sizes = alone([way, zero, few_of(found[0])], own, moment)
        if sizes is not None:
            trail, kind = origin_of(*found, moment), _kind_of(found[1])
            if kind is not Reason.UNLIKELY and is_unlikely(moment, found[1]):
                kind = Reason.UNLIKELY
            reason = f"{found[1]}{more}"
            sure = not (is_sum(way) or is_by_name(found[1]))
            near = sure and not any(map(is_lost, moment.facts))
            yield Emptiness(reason, called_as(sizes, own), trail, kind, near=near)


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


def _has_sum(atom: Atom, facts: frozenset[Predicate]) -> bool:
    """Say whether the sum of what a mask compares with 0 is known not to be 0."""
    total = sum_beside(atom) if isinstance(atom, Symbol) else None
    return total is not None and given(equal(total, ZERO), facts) == FALSE


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
    for atom, reason in (found for term in terms for found in reasons(term)):
        sizes = _caused(broken, atom, moment)
        if sizes is not None and not is_unlikely(moment, reason):
            plain = alone([broken], {}, moment, {*unknowns(broken)})
            trail = origin_of(atom, reason, moment)
            return Emptiness(reason, plain or sizes, trail, near=plain is not None, extent=None)
    lacks = next((why for term in terms for why in lacking(term)), None)
    sizes = None if lacks is None else search([broken, lacks[1]], moment.facts)
    if lacks is not None and sizes is not None:
        return Emptiness(lacks[0], sizes, near=lacks[1] == TRUE, extent=None)
    trail = joined(*(moment.tests.get(each, ()) for each in literals(broken)))
    sizes = search([broken], moment.facts) if trail else None
    if sizes is None:
        return None
    reason = "it is tested elsewhere in the function"
    return Emptiness(reason, sizes, trail, Reason.BELIEF, extent=None)


def may_be_negative(term: Term, moment: Moment) -> Emptiness | None:
    """Return the evidence that a number that is meant as a position or a size is less than 0."""
    return may_break(at_most(ZERO, term), moment)


def is_below_zero(term: Term, moment: Moment) -> bool:
    """Say whether a number is known to be negative: it is meant to count from the end."""
    return given(less(term, ZERO), frozenset(moment.facts)) == TRUE


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
    """Return that the path cannot meet a condition, if it is a path that a test of the code takes.

    What a caller's tests exclude breaks at every call: somebody would have seen it.
    """
    taken = [
        moment.tests[part] for f in moment.facts for part in conjuncts(f) if part in moment.tests
    ]
    sizes = search([], moment.facts) if taken else None
    if sizes is None:
        return None
    reason = "it is so on every path that a test leads here"
    return Emptiness(
        reason, sizes, joined(*taken), Reason.BELIEF, near=not moment.path, extent=None
    )
