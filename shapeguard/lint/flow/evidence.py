"""Evidence that an extent, a length or a count can be 0.

Something may be empty if there is a reason to believe it and the facts on the path leave it possible.
Reasons are of four kinds (see :class:`Reason`). Without one nothing is said: unknown is silent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from shapeguard.lint.flow import merge
from shapeguard.lint.flow.masks import count_of
from shapeguard.lint.flow.predicates import (
    FALSE,
    TRUE,
    AtMostZero,
    IsZero,
    Opaque,
    conjuncts,
    contradicts,
    equal,
    every,
    given,
    less,
    literals,
    negate,
)
from shapeguard.lint.flow.tensors import Kind, Tensor
from shapeguard.lint.flow.terms import (
    ZERO,
    Operation,
    Sizes,
    Symbol,
    Term,
    factors_of,
    operations,
)
from shapeguard.lint.flow.trace import joined
from shapeguard.lint.flow.values import Int, Sequence, as_tensor
from shapeguard.lint.flow.witness import Assignment, search

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.events import Event, Moment
    from shapeguard.lint.flow.predicates import Predicate
    from shapeguard.lint.flow.trace import Trail
    from shapeguard.lint.flow.values import Value


class Reason(StrEnum):
    """The kind of evidence; the first is the surest."""

    EXPLICIT = "explicit"
    BELIEF = "belief"
    TWIN = "twin"


@dataclass(frozen=True, slots=True)
class Emptiness:
    """Why something can be empty, with sizes for which it is.

    ``reason`` is half a sentence, ``trail`` shows where the extent got its name or is tested. ``near``
    says that the evidence stands in the same function or in the same family of classes.
    """

    reason: str
    sizes: Assignment
    trail: Trail = ()
    kind: Reason = Reason.EXPLICIT
    near: bool = True


def may_be_zero(term: Term, moment: Moment) -> Emptiness | None:
    """Return the evidence that a term can be 0 at a moment, or None without evidence."""
    return may_be(term, ZERO, moment)


def may_be(term: Term, value: Term, moment: Moment) -> Emptiness | None:
    """Return the evidence that a term can have a small value at a moment, 0 as a rule."""
    zero = equal(term, value)
    left = given(zero, frozenset(moment.facts))
    if FALSE in (zero, left):
        return None
    for way in literals(zero if left == TRUE else left):
        reason = _reason(way)
        sizes = None if reason is None else search([way, zero], moment.facts)
        if reason is not None and sizes is not None:
            return Emptiness(reason, sizes)
    own = next(_own_reasons(term), None)
    sizes = None if own is None else search([zero], moment.facts)
    if own is not None and sizes is not None:
        return Emptiness(own, sizes)
    facts = frozenset(moment.facts)
    open_ended = [each for each in factors_of(term) if given(equal(each, value), facts) != FALSE]
    trail = next((found for each in open_ended if (found := _tested(each, value, moment))), ())
    sizes = search([zero], moment.facts) if trail else None
    if sizes is None:
        return None
    return Emptiness("it is tested for 0 elsewhere in the function", sizes, trail, Reason.BELIEF)


def _reason(zero: Predicate) -> str | None:
    """Return why a term can be what a condition says; a sum is 0 only if all its parts are."""
    if not isinstance(zero, IsZero | AtMostZero):
        return None
    parts = zero.term.parts
    reasons = [next(_reasons(Term(0, (part,))), None) for part in parts]
    is_sum = len({coefficient > 0 for _, coefficient in parts}) == 1
    if is_sum and None in reasons:
        return None
    return next((reason for reason in reasons if reason is not None), None)


def may_break(condition: Predicate, moment: Moment) -> Emptiness | None:
    """Return the evidence that a condition, such as ``k <= extent``, does not hold at a moment."""
    broken = negate(condition)
    if broken == FALSE or given(broken, frozenset(moment.facts)) == FALSE:
        return None
    terms = [each.term for each in literals(broken) if isinstance(each, AtMostZero | IsZero)]
    reason = next((reason for term in terms for reason in _reasons(term)), None)
    trail = joined(*(moment.tests.get(each, ()) for each in literals(broken)))
    if reason is None and not trail:
        return None
    sizes = search([broken], moment.facts)
    if sizes is None:
        return None
    if reason is not None:
        return Emptiness(reason, sizes)
    return Emptiness("it is tested elsewhere in the function", sizes, trail, Reason.BELIEF)


def may_be_empty(value: Value, moment: Moment, axis: int | None = None) -> Emptiness | None:
    """Return the evidence that a list has no member or a tensor no element along ``axis``.

    Without an axis one empty axis of a tensor is enough. An alternative of the value counts on the
    paths on which it is the value.
    """
    for condition, leaf in merge.alternatives(value):
        facts = every((condition, *moment.facts))
        if facts == FALSE:
            continue
        then = (
            replace(moment, facts=(*moment.facts, condition)) if condition != every(()) else moment
        )
        for term, trail in extents_of(leaf, axis):
            found = may_be_zero(term, then)
            if found is not None:
                return replace(found, trail=joined(found.trail, trail))
    return None


def emptiness(event: Event, value: Value, name: str, axis: int | None = None) -> Emptiness | None:
    """Return the evidence that an operand of an event is empty, a guarded twin included.

    ``name`` is what the source calls the operand.
    """
    found = may_be_empty(value, event.moment, axis)
    if found is not None or event.moment.twins is None:
        return found
    sizes = _possible(value, event.moment, axis)
    twin = None if sizes is None else event.moment.twins.find(event, name)
    if sizes is None or twin is None:
        return None
    reason = f"`{twin.function.qualname}` guards the same operation, here nothing does"
    return Emptiness(reason, sizes, twin.trail, Reason.TWIN, near=twin.near)


def _possible(value: Value, moment: Moment, axis: int | None) -> Assignment | None:
    """Return sizes for which a value of unknown extent is empty, if the facts allow any."""
    for condition, leaf in merge.alternatives(value):
        for term, _ in extents_of(leaf, axis):
            zero = equal(term, ZERO)
            if term.known is None and given(zero, frozenset(moment.facts)) != FALSE:
                sizes = search([zero, condition], moment.facts)
                if sizes is not None:
                    return sizes
    return None


def extents_of(value: Value, axis: int | None = None) -> Iterator[tuple[Term, Trail]]:
    """Yield the extents that make a value empty where one of them is 0, with their history."""
    match value:
        case Int(term, trail):
            yield term, trail
        case Sequence():
            yield merge.length(value, "list"), ()
        case _:
            tensor = as_tensor(value)
            if tensor is not None:
                yield from _axes_of(tensor, axis)


def _axes_of(tensor: Tensor, axis: int | None) -> Iterator[tuple[Term, Trail]]:
    known = {number for number, _ in tensor.extents} if axis is None else {tensor.axis(axis)}
    for number in sorted(known | ({0} if axis is None and tensor.rank != 0 else set())):
        cuts = [cut for cut in tensor.cuts if cut.axis == number]
        yield tensor.extent(number), cuts[-1].trail if cuts else ()


def guard_of(value: Value, moment: Moment, axis: int | None = None) -> Trail:
    """Return the tests by which the facts on the path prove that a value is not empty."""
    for _, leaf in merge.alternatives(value):
        for term, _ in extents_of(leaf, axis):
            zero = equal(term, ZERO)
            for fact in moment.facts:
                for part in conjuncts(fact):
                    if part in moment.tests and contradicts(zero, {part}):
                        return moment.tests[part]
    return ()


def may_hold_zero(event: Event, value: Value, name: str) -> Emptiness | None:
    """Return the evidence that a number, or an entry of a tensor of counts, can be 0.

    A tensor whose entries the function compares with 0 is taken to be repaired: entries are compared
    to be overwritten, before or behind the operation.
    """
    for condition, leaf in merge.alternatives(value):
        then = _where(event.moment, condition)
        number = leaf if isinstance(leaf, Int) else count_of(leaf)
        if number is not None:
            found = emptiness(replace(event, moment=then), number, name)
        else:
            found = _zero_entry(leaf, then)
        if found is not None:
            return found
    return None


def _zero_entry(value: Value, moment: Moment) -> Emptiness | None:
    trait = value.trait(Kind.COUNT) if isinstance(value, Tensor) else None
    if trait is None or not trait.why or not isinstance(value, Tensor):
        return None
    if moment.tests.get(zero_entries(value.origin)):
        return None
    return Emptiness(trait.why, Assignment(), trait.trail)


def zero_entries(origin: str) -> Opaque:
    """Return the condition that an entry of the tensor of this origin is 0."""
    return Opaque(f"zero({origin})")


def _where(moment: Moment, condition: Predicate) -> Moment:
    return moment if condition == TRUE else replace(moment, facts=(*moment.facts, condition))


def _reasons(term: Term) -> Iterator[str]:
    for atom in operations(term):
        if isinstance(atom, Symbol) and atom.why:
            yield atom.why
        elif isinstance(atom, Operation) and atom.name == "range_sum":
            sizes, _, stop = atom.operands
            if isinstance(sizes, Sizes) and stop is not None:
                yield f"a size in `{sizes.name}` may be 0"


def _own_reasons(term: Term) -> Iterator[str]:
    """Yield why a length can be 0 although nothing that it is computed from is."""
    for atom in operations(term):
        if not isinstance(atom, Operation):
            continue
        if atom.name == "combinations":
            yield "there may be fewer members than are combined"
        start = atom.operands[0]
        if atom.name == "range_length" and isinstance(start, Term) and (start.known or 0) > 0:
            yield f"a range from {start.known} does not run for {start.known}"


def _tested(term: Term, value: Term, moment: Moment) -> Trail:
    """Return the branch that first tests whether this very term has a value or more than that.

    A test counts in the function itself and in those that called it; what another helper asks of
    its arguments says nothing about this path.
    """
    around = {moment.site.function, *(station.site.function for station in moment.path)}
    for literal in (equal(term, value), less(value, term)):
        trail = [each for each in moment.tests.get(literal, ()) if each.site.function in around]
        if trail:
            return (min(trail, key=lambda station: station.order),)
    return ()
