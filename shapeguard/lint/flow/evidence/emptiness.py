"""Evidence that a list, a tensor or a count can be empty where something happens.

What is asked are values: an alternative counts on the paths on which it is the value, a tensor is
empty where one of its axes is. The reasons are those of ``reasons.py``, and guarded twins elsewhere.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.predicates import contradicts, equal, given
from shapeguard.lint.flow.domain.propositions import FALSE, TRUE, conjuncts, literals
from shapeguard.lint.flow.domain.ranks import elements, has_elements, taken_to_exist
from shapeguard.lint.flow.domain.sequences import stepped
from shapeguard.lint.flow.domain.state import State
from shapeguard.lint.flow.domain.tensors import Kind, Slice, Tensor
from shapeguard.lint.flow.domain.terms import ONE, ZERO, Term, number
from shapeguard.lint.flow.domain.values import Int, Sequence, as_tensor
from shapeguard.lint.flow.evidence.reasons import Emptiness, Reason, may_be
from shapeguard.lint.flow.evidence.witness import Assignment, search
from shapeguard.lint.flow.shapes.counting import identity_of_divisor, zero_entries
from shapeguard.lint.flow.shapes.masks import count_of, selected
from shapeguard.lint.flow.trace import joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.events import Event, Moment, Reduce
    from shapeguard.lint.flow.trace import Trail


def may_be_empty(value: Value, moment: Moment, axis: int | None = None) -> Emptiness | None:
    """Return the evidence that a list has no member or a tensor no element along ``axis``.

    Without an axis one empty axis of a tensor is enough. An alternative of the value counts on the
    paths on which it is the value.
    """
    return _may_have(merge.alternatives(value), ZERO, moment, axis)


def _may_have(
    alternatives: Iterable[tuple[Predicate, Value]], extent: Term, moment: Moment, axis: int | None
) -> Emptiness | None:
    """Return the evidence that one of the alternatives has an axis of a small extent."""
    for condition, leaf in alternatives:
        then = _where(moment, condition)
        if then is None or (extent == ZERO and has_elements(leaf, then.facts)):
            continue
        for term, trail in extents_of(leaf, axis):
            found = may_be(term, extent, then)
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


def too_few(event: Reduce) -> Emptiness | None:
    """Return the evidence that a reduction gets fewer elements than it takes.

    One axis with too few is enough if it is the one that is reduced, or the only one.
    """
    found = emptiness(event, event.operand, event.name, event.axis)
    if found is not None or event.least == 1:
        return found
    along = [
        (condition, leaf)
        for condition, leaf in merge.alternatives(event.operand)
        if event.axis is not None or _is_flat(leaf)
    ]
    return _may_have(along, number(event.least - 1), event.moment, event.axis)


def _is_flat(value: Value) -> bool:
    return isinstance(value, Sequence) or (isinstance(value, Tensor) and value.rank == 1)


def _possible(value: Value, moment: Moment, axis: int | None) -> Assignment | None:
    """Return sizes for which a value of unknown extent is empty, if the facts allow any."""
    for condition, leaf in merge.alternatives(value):
        then = _where(moment, condition)
        if then is None or has_elements(leaf, then.facts):
            continue
        for term, _ in extents_of(leaf, axis):
            zero = equal(term, ZERO)
            if term.known is None and given(zero, frozenset(then.facts)) != FALSE:
                sizes = search([zero], then.facts)
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
        case Slice(start, Term() as stop, trail):
            yield stepped(start or ZERO, stop, ONE), trail
        case _:
            tensor = as_tensor(value)
            if tensor is not None:
                yield from _axes_of(tensor, axis)


def _axes_of(tensor: Tensor, axis: int | None) -> Iterator[tuple[Term, Trail]]:
    sure = tensor.rank is not None
    there = {place for place, term in tensor.extents if sure or taken_to_exist(term)}
    known = there if axis is None else {tensor.axis(axis)}
    for place in sorted(known | ({0} if axis is None and tensor.rank != 0 else set())):
        cuts = [cut for cut in tensor.cuts if cut.axis == place]
        yield tensor.extent(place), cuts[-1].trail if cuts else ()


def guard_of(value: Value, moment: Moment, axis: int | None = None) -> Trail:
    """Return the tests by which the facts on the path prove that a value is not empty."""
    tested = [part for f in moment.facts for part in conjuncts(f) if part in moment.tests]
    for _, leaf in merge.alternatives(value):
        zeros = [equal(term, ZERO) for term, _ in extents_of(leaf, axis)]
        tensor = as_tensor(leaf)
        if tensor is not None and has_elements(tensor, moment.facts):
            zeros += literals(equal(elements(tensor), ZERO))
        for part in tested:
            if any(contradicts(zero, {part}) for zero in zeros):
                return moment.tests[part]
    return ()


def may_hold_zero(event: Event, value: Value, name: str) -> Emptiness | None:
    """Return the evidence that a number, or an entry of a tensor of counts, can be 0.

    A tensor whose entries the function compares with 0 is taken to be repaired: entries are compared
    to be overwritten, before or behind the operation.
    """
    for condition, leaf in merge.alternatives(value):
        then = _where(event.moment, condition)
        if then is None or (isinstance(leaf, Tensor | Int) and _repaired(event, leaf)):
            continue
        count = leaf if isinstance(leaf, Int) else count_of(leaf)
        if count is not None:
            found = emptiness(replace(event, moment=then), count, name)
        else:
            found = _zero_entry(leaf, then)
        if found is not None:
            return found
    return None


def _zero_entry(value: Value, moment: Moment) -> Emptiness | None:
    trait = value.trait(Kind.COUNT) if isinstance(value, Tensor) else None
    if trait is None or not trait.why:
        return None
    nothing = equal(selected(trait.about, trait.about), ZERO) if trait.about else TRUE
    if given(nothing, frozenset(moment.facts)) == FALSE:
        return None
    return Emptiness(trait.why, Assignment(), trait.trail)


def _repaired(event: Event, divisor: Tensor | Int) -> bool:
    """Say whether the function deals with the zeros of a divisor, or with the NaN that they give."""
    return bool(event.moment.tests.get(zero_entries(identity_of_divisor(divisor))))


def _where(moment: Moment, condition: Predicate) -> Moment | None:
    """Return the moment on the paths on which a condition holds, or None if there is none."""
    if condition == TRUE:
        return moment
    reached = State(facts=moment.facts).assume(condition)
    return None if reached is None else replace(moment, facts=reached.facts)
