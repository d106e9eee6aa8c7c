"""Evidence that a list, a tensor or a count can be empty where something happens.

What is asked are values: an alternative counts on the paths on which it is the value, a tensor is
empty where one of its axes is. The reasons are those of ``reasons.py``, and guarded twins elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.counts import is_by_name, selected
from shapeguard.lint.flow.domain.deduction import given
from shapeguard.lint.flow.domain.predicates import equal
from shapeguard.lint.flow.domain.propositions import (
    FALSE,
    TRUE,
    AtMostZero,
    IsZero,
    conjuncts,
    is_lost,
    is_presence,
    literals,
)
from shapeguard.lint.flow.domain.ranks import has_elements
from shapeguard.lint.flow.domain.tensors import Kind, Tensor
from shapeguard.lint.flow.domain.terms import ZERO, Term, number
from shapeguard.lint.flow.domain.values import Int, Sequence
from shapeguard.lint.flow.events import Identity
from shapeguard.lint.flow.evidence.afterthoughts import (
    asked_behind,
    asked_in_front,
    compared_only,
    entries_asked,
    replaced_behind,
)
from shapeguard.lint.flow.evidence.answered import is_measured, is_unlikely
from shapeguard.lint.flow.evidence.extents import extents_of, paths_where
from shapeguard.lint.flow.evidence.found import is_of_all_kinds
from shapeguard.lint.flow.evidence.origins import with_calls
from shapeguard.lint.flow.evidence.reasons import Emptiness, Reason, may_be
from shapeguard.lint.flow.evidence.shares import empty_share, empty_size
from shapeguard.lint.flow.evidence.siblings import unguarded
from shapeguard.lint.flow.evidence.witness import Assignment, search
from shapeguard.lint.flow.shapes.counting import identity_of_divisor, zero_entries
from shapeguard.lint.flow.shapes.masks import count_of, leaves_numbers
from shapeguard.lint.flow.syntax.readings import parsed
from shapeguard.lint.flow.trace import joined

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.events import Event, Moment, Reduce

_MEASURED = re.compile(r"\.size\(.+\)$|\.shape\[.+\]$|^len\(.+\)$")
"""How the extent of a tensor is asked for."""


def may_be_empty(value: Value, moment: Moment, axis: int | None = None) -> Emptiness | None:
    """Return the evidence that a list has no member or a tensor no element along ``axis``.

    Without an axis one empty axis of a tensor is enough. An alternative of the value counts on the
    paths on which it is the value.
    """
    found = _may_have(merge.alternatives(value), ZERO, moment, axis)
    return found or _share(value, moment, axis) or _of_nothing_given(value, moment)


def _of_nothing_given(value: Value, moment: Moment) -> Emptiness | None:
    """Return that a list has no member where nothing of what it is filled with is given.

    Whoever calls gives one of them as a rule: the evidence is weak.
    """
    for condition, leaf in merge.alternatives(value):
        if not isinstance(leaf, Sequence) or leaf.items != ():
            continue
        then = paths_where(moment, condition)
        absent = [] if then is None else [each for fact in then.facts for each in literals(fact)]
        if then is None or not absent or not all(is_presence(each) for each in absent):
            continue
        sizes = search([condition], then.facts)
        if sizes is not None:
            return Emptiness(
                "none of what it is filled with may be given", sizes, kind=Reason.UNLIKELY
            )
    return None


def _share(value: Value, moment: Moment, axis: int | None) -> Emptiness | None:
    """Return the evidence that one of the alternatives is a share that may be empty."""
    for condition, leaf in merge.alternatives(value):
        then = paths_where(moment, condition) if isinstance(leaf, Tensor) and leaf.cuts else None
        if then is None or not isinstance(leaf, Tensor) or has_elements(leaf, then.facts):
            continue
        found = empty_share(leaf, then, axis)
        if found is not None:
            return replace(found, trail=with_calls(found.trail, moment))
    return None


def _may_have(
    alternatives: Iterable[tuple[Predicate, Value]], extent: Term, moment: Moment, axis: int | None
) -> Emptiness | None:
    """Return the evidence that one of the alternatives has an axis of a small extent."""
    hardly: Emptiness | None = None
    for condition, leaf in alternatives:
        then = paths_where(moment, condition)
        if then is None or (extent == ZERO and has_elements(leaf, then.facts)):
            continue
        for _, term, trail in extents_of(leaf, axis):
            found = may_be(term, extent, then)
            if found is not None:
                known = trail and found.kind in {Reason.EXPLICIT, Reason.UNLIKELY}
                whole = trail if known else joined(found.trail, trail)
                found = replace(found, trail=with_calls(whole, moment))
                if found.kind is not Reason.UNLIKELY:
                    return found
                hardly = hardly or found
    return hardly


def zero_on_path(extent: Term, moment: Moment) -> Emptiness | None:
    """Return that an extent is 0 on a path on which something was found to be empty, not absent."""
    if extent != ZERO:
        return None
    told = [part for fact in moment.facts for part in conjuncts(fact) if _says_empty(part)]
    sizes = search(told, moment.facts) if told else None
    trail = next((moment.tests[part][:1] for part in told if moment.tests.get(part)), ())
    reason = "it is 0 where something is found to be empty"
    return None if sizes is None else Emptiness(reason, sizes, trail)


def _says_empty(part: Predicate) -> bool:
    match part:
        case IsZero(Term(constant=0, parts=(_,)), holds=True):
            return True
        case AtMostZero(Term(constant=0, parts=((_, coefficient),))):
            return coefficient > 0
        case _:
            return False


def emptiness(event: Event, value: Value, name: str, axis: int | None = None) -> Emptiness | None:
    """Return the evidence that an operand of an event is empty, a guarded twin included.

    ``name`` is what the source calls the operand.
    """
    found = may_be_empty(value, event.moment, axis)
    if found is not None and is_measured(event.site, name):
        return replace(found, kind=Reason.UNLIKELY)
    if found is not None and found.kind not in {Reason.SHARE, Reason.UNLIKELY}:
        return found
    return unguarded(event, value, name, axis) or found


def too_few(event: Reduce) -> Emptiness | None:
    """Return the evidence that a reduction gets fewer elements than it takes.

    One axis with too few is enough if it is the one that is reduced, or the only one. A function
    that asks whether the result is NaN, or puts something else in its place, reckons with it. The
    mean of what is not NaN is NaN where nothing else is there.
    """
    if event.result and event.moment.tests.get(zero_entries(event.result)):
        return None
    found = _few_in(event)
    if found is None or (event.identity is Identity.NAN and _stays_out(event)):
        return None
    return None if asked_in_front(event, event.name) else found


def _few_in(event: Reduce) -> Emptiness | None:
    """Return the evidence that the operand of a reduction has fewer elements than are needed."""
    found = emptiness(event, event.operand, event.name, event.axis)
    if found is None and event.identity is Identity.NONE and event.axis is None:
        found = asked_behind(event, event.name)
    if found is not None or event.least == 1:
        return found
    along = [
        (condition, leaf)
        for condition, leaf in merge.alternatives(event.operand)
        if event.axis is not None or _is_flat(leaf)
    ]
    return _may_have(along, number(event.least - 1), event.moment, event.axis)


def _stays_out(event: Reduce) -> bool:
    """Say whether the NaN of nothing is what it should be, or does not leave a comparison."""
    return _is_of_numbers(event.operand) or compared_only(event, event.name)


def _is_of_numbers(value: Value) -> bool:
    """Say whether a tensor is what is left of its entries without those that are NaN."""
    leaves = merge.leaves(value)
    cuts = [cut for leaf in leaves if isinstance(leaf, Tensor) for cut in leaf.cuts]
    return any(cut.own and isinstance(cut.index, str) and leaves_numbers(cut.index) for cut in cuts)


def _is_flat(value: Value) -> bool:
    return isinstance(value, Sequence) or (isinstance(value, Tensor) and value.rank == 1)


def may_hold_zero(event: Event, value: Value, name: str) -> Emptiness | None:
    """Return the evidence that a number, or an entry of a tensor of counts, can be 0.

    A tensor whose entries the function compares with 0 is taken to be repaired: entries are compared
    to be overwritten, before or behind the operation.
    """
    found = _zero_in(event, value, name)
    if found is not None and is_of_all_kinds(event.site.function.parse(), parsed(name)):
        found = replace(found, kind=Reason.UNLIKELY)
    if found is None or asked_in_front(event, name) or entries_asked(event, name):
        return None
    return None if replaced_behind(event) else found


def _zero_in(event: Event, value: Value, name: str) -> Emptiness | None:
    for condition, leaf in merge.alternatives(value):
        then = paths_where(event.moment, condition)
        if then is None or (isinstance(leaf, Tensor | Int) and _repaired(event, leaf)):
            continue
        count = leaf if isinstance(leaf, Int) else count_of(leaf)
        if count is not None:
            found = emptiness(replace(event, moment=then), count, name)
            if found is None and _MEASURED.search(name) is not None:
                found = empty_size(count.term, then)
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
    known = not is_by_name(trait.why) and not any(map(is_lost, moment.facts))
    kind = Reason.UNLIKELY if is_unlikely(moment, trait.why) else Reason.EXPLICIT
    return Emptiness(trait.why, Assignment(), trait.trail, kind, near=known)


def _repaired(event: Event, divisor: Tensor | Int) -> bool:
    """Say whether the function deals with the zeros of a divisor, or with the NaN that they give."""
    return bool(event.moment.tests.get(zero_entries(identity_of_divisor(divisor))))
