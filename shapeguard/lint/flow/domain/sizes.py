"""Lists of sizes: what is read as one, and what is said of every size in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.algebra import operation
from shapeguard.lint.flow.domain.members import is_some
from shapeguard.lint.flow.domain.predicates import equal, every, negate
from shapeguard.lint.flow.domain.propositions import (
    TRUE,
    AtMostZero,
    Every,
    EveryMember,
    IsZero,
    Opaque,
    conjuncts,
    opaque_keys,
    unknowns,
)
from shapeguard.lint.flow.domain.terms import Operation, Sizes, Symbol, Term, atoms, symbol
from shapeguard.lint.flow.domain.truths import trueness
from shapeguard.lint.flow.domain.values import Int, Sequence, Unknown, as_term, terms_of
from shapeguard.lint.flow.syntax.texts import digest, primary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.values import Value

MEMBER = "[*]"
"""How the origin of what is any member of something unknown ends."""


def sizes_of(value: Value) -> Sizes | None:
    """Read a value as a list of sizes; what is unknown may be one."""
    if isinstance(value, Sequence):
        return value.sizes
    if isinstance(value, Unknown):
        return Sizes(value.origin, value.name)
    return None


def any_size(value: Value) -> tuple[Sizes, Symbol] | None:
    """Return a value read as a list of sizes, with the symbol that stands for each of them.

    What is said of a part of a list is not said of the list.
    """
    match value:
        case Unknown(origin, name):
            return Sizes(origin, name), Symbol(f"{origin}{MEMBER}", f"{primary(name)}[i]", None)
        case Sequence(length=Term(parts=((Operation(name="slice_length"), _),))):
            return None
        case Sequence(element=Int(Term(0, ((Symbol() as each, 1),))), sizes=own, where=where):
            sizes = computed(value, "sizes")
            if sizes is None or own is not None or where == TRUE:
                return None if sizes is None else (sizes, each)
            return sizes, Symbol(f"{sizes.key}{MEMBER}", each.name, None)
        case _:
            return None


def none_where(element: Value, times: Iterable[Term], passed: Predicate) -> EveryMember | None:
    """Return what holds of every size in a list if a filter of all of them leaves none.

    ``element`` is what the filter takes, ``times`` is how often. None if a size may be 0 then.
    """
    said = next(of_every_round(element, times, (negate(passed),)), None)
    if said is None or isinstance(passed, Every):
        return None
    return said if is_some(Term(0, ((said.member, 1),)), said.condition) else None


def none_is(value: Value, number: Term) -> EveryMember | None:
    """Return the condition that no size in a list is this number; None where it is no such list."""
    return _of_members(value, lambda each: negate(equal(each, number)))


def computed(listed: Sequence, name: str) -> Sizes | None:
    """Read a list that was computed, and is called ``name``, as one of sizes.

    Lists with the same members have the same identity. Where every member is shown to be at least 1,
    the sizes are.
    """
    if listed.sizes is not None:
        return listed.sizes
    if listed.items is not None or listed.first is not None or listed.element is None:
        return None
    options = [(c, as_term(leaf)) for c, leaf in merge.alternatives(listed.element)]
    known = [(condition, term) for condition, term in options if term is not None]
    if len(known) < len(options):
        return None
    some = all(
        (term.floor or 0) > 0 or is_some(term, every((condition, listed.where)))
        for condition, term in known
    )
    key = digest(repr((known, listed.length, listed.where)))
    return Sizes(f"sizes({key})", name, low=1 if some else 0)


def all_are(value: Value, number: Term) -> EveryMember | None:
    """Return the condition that every size in a list is this number, as :func:`none_is`."""
    return _of_members(value, lambda each: equal(each, number))


def _of_members(value: Value, said: Callable[[Term], Predicate]) -> EveryMember | None:
    found = any_size(value)
    if found is None:
        return None
    sizes, each = found
    return EveryMember(sizes, each, said(Term(0, ((each, 1),))))


def of_each(value: Value, condition: Predicate) -> EveryMember | None:
    """Return that a condition on any size in a list holds of each; None if it is of more than that."""
    found = any_size(value)
    if found is None:
        return None
    sizes, each = found
    said = as_number(condition, each) or condition
    if opaque_keys(said) or {*unknowns(said)} != {each}:
        return None
    return EveryMember(sizes, each, said)


def of_every_round(
    member: Value, times: Iterable[Term], learned: Iterable[Predicate]
) -> Iterator[EveryMember]:
    """Yield what holds of every size in a list, after a walk over it that has come to its end.

    ``member`` is what the walk takes in a round, a size or its position, ``times`` is how often it may
    run, and ``learned`` is what holds at the end of each round.
    """
    parts = [*_parts_of(member)]
    taken = {
        each
        for part in parts
        for term in terms_of(part)
        for each in atoms(term)
        if isinstance(each, Symbol)
    }
    taken |= {Symbol(each.origin, each.name, None) for each in parts if isinstance(each, Unknown)}
    known: dict[Symbol, list[Predicate]] = {}
    for part in (part for fact in learned for part in conjuncts(fact)):
        said = _of_number(part, taken)
        size = None if said is None else _generic(said.term, taken, set(times))
        if said is not None and size is not None:
            terms = Term(said.term.constant, ((size, said.term.parts[0][1]),))
            known.setdefault(size, []).append(replace(said, term=terms))
    for size, facts in known.items():
        name = size.name.removesuffix("[i]")
        yield EveryMember(Sizes(size.key.removesuffix(MEMBER), name), size, every(facts))


def _parts_of(value: Value) -> Iterator[Value]:
    yield value
    for each in (value.items or ()) if isinstance(value, Sequence) else ():
        yield from _parts_of(each)


def _of_number(fact: Predicate, taken: Iterable[Symbol]) -> AtMostZero | IsZero | None:
    """Read a fact as one about a single number; that something is true says that it is not 0."""
    match fact:
        case AtMostZero(Term(parts=(_,))) | IsZero(Term(parts=(_,))):
            return fact
        case Opaque():
            return next((zero for each in taken if (zero := as_number(fact, each))), None)
        case _:
            return None


def as_number(fact: Predicate, size: Symbol) -> IsZero | None:
    """Read that a size is true, or is not, as what it says of a number."""
    if isinstance(fact, Opaque) and fact.key == trueness(size.key).key:
        return IsZero(Term(0, ((size, 1),)), holds=not fact.holds)
    return None


def _generic(term: Term, taken: Iterable[Symbol], times: set[Term]) -> Symbol | None:
    """Return the symbol of any size in a list, if a number is that of the round.

    It is if the walk has as many rounds as there are sizes, and the number is what is taken or is at
    the place that is taken.
    """
    lists = [time.parts[0][0] for time in times if len(time.parts) == 1]
    if len(times) != 1 or not lists or not isinstance(lists[0], Symbol):
        return None
    key = lists[0].key.removesuffix("#0")
    member = lists[0].name.removeprefix("len(").removesuffix(")")
    each = Symbol(f"{key}{MEMBER}", f"{member}[i]", None)
    if times != {symbol(f"{key}#0")}:
        return None
    places = (operation("member", Sizes(key, ""), Term(0, ((index, 1),))) for index in taken)
    atom = Term(0, ((term.parts[0][0], 1),))
    at_places = {same for at in places for same in (at, symbol(f"{key}[{at!r}]"))}
    is_taken = atom == Term(0, ((each, 1),)) and each in taken
    return each if is_taken or atom in at_places else None
