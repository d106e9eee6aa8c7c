"""What becomes of a list or a dictionary that is changed: values are immutable, a change is a new one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.algebra import operation
from shapeguard.lint.flow.domain.members import any_member, taken, united
from shapeguard.lint.flow.domain.predicates import every
from shapeguard.lint.flow.domain.propositions import TRUE
from shapeguard.lint.flow.domain.terms import ONE, ZERO, Sizes, Symbol, Term, symbol
from shapeguard.lint.flow.domain.values import Dictionary, Int, Sequence, Text, Unknown, as_term

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.values import Value

KEPT_ITEMS = 16


def appended(holder: Sequence, value: Value, identity: str, where: Predicate = TRUE) -> Sequence:
    """Return a list with one member more at its end, of which ``where`` holds."""
    return concatenated(holder, Sequence((value,), where=where), identity)


def concatenated(before: Sequence, behind: Sequence, identity: str) -> Sequence:
    """Return the members of one list and behind them those of another."""
    if before.items is not None and behind.items is not None:
        items = (*before.items, *behind.items)
        if len(items) <= KEPT_ITEMS:
            return Sequence(items, where=every((before.where, behind.where)))
    element, where = united((before, behind), identity)
    length = merge.length(before, f"{identity}.0") + merge.length(behind, f"{identity}.1")
    return Sequence(None, element, length, where=where)


def extended(before: Sequence, more: Value, identity: str) -> Sequence:
    """Return a list with the members of an iterable behind its own."""
    leaves = merge.lists_of(more)
    if len(leaves) == 1:
        return concatenated(before, leaves[0], identity)
    unknown = Sequence(None, Unknown(identity, "member"))
    return concatenated(before, unknown, identity)


def key_of_member(listed: Sequence) -> str:
    """Return what tells any member of a list apart, nothing if the list has none of its own."""
    match listed:
        case Sequence(sizes=Sizes(key=key)):
            return f" in {key}"
        case Sequence(element=Unknown(origin)) if listed.items is None:
            return f" in {origin}"
        case _:
            return ""


def any_order(kept: Sequence, identity: str) -> Sequence:
    """Return a list with the same members in an order that is not known."""
    length = merge.length(kept, identity)
    element, where = any_member(kept, identity)
    return Sequence(None, element, length, kept.sizes, where=where)


def shortened(holder: Sequence, identity: str) -> Sequence:
    """Return a list without one of its members, of which it must have one."""
    length = merge.length(holder, identity) - ONE
    if length.known is not None and length.known <= 0:
        return Sequence(())
    element, where = any_member(holder, identity)
    return Sequence(None, element, length, where=where)


def distinct(holder: Sequence, identity: str) -> Sequence:
    """Return the distinct members of a list: fewer, but some where there are some."""
    length = merge.length(holder, identity)
    if length == ZERO:
        return Sequence(())
    left = fewer(length, f"set({length!r})@{identity}")
    element, where = any_member(holder, identity)
    return Sequence(None, element, left, where=where)


def fewer(length: Term, key: str) -> Term:
    """Return the number of distinct members of so many: some where there are some."""
    if length == ZERO:
        return ZERO
    return symbol(key, "len", low=1 if length.floor is not None and length.floor > 0 else 0)


def rearranged(holder: Sequence, unknown: Value, identity: str) -> Sequence:
    """Return what is known of a list that was changed in a way that is not followed."""
    leaves = {*_leaves(holder, identity), unknown}
    return Sequence(None, merge.any_one(leaves, identity))


def with_item(holder: Sequence, index: Value, value: Value, identity: str) -> Sequence:
    """Return a list with another member at one place."""
    known = index.term.known if isinstance(index, Int) else None
    items = holder.items
    if items is not None and known is not None:
        if not -len(items) <= known < len(items):
            return holder
        changed = list(items)
        changed[known] = value
        return Sequence(tuple(changed))
    length = merge.length(holder, identity)
    if items is None and known == 0:
        return replace(holder, first=value, length=length, where=TRUE)
    if as_term(index) is None:
        return rearranged(holder, value, identity)
    element = merge.any_one({*_leaves(holder, identity), value}, identity)
    return Sequence(None, element, length)


def _leaves(holder: Sequence, identity: str) -> set[Value]:
    member = merge.member_of(holder, identity)
    return set() if member is None else merge.leaves_of(member)


def nth(holder: Sequence, position: int, identity: str) -> Value | None:
    """Return the member at a known place of a list of which only any member is known.

    It is another one than the member at another place; what was found out about every member stays.
    """
    member = taken(holder, identity)
    if member is None or holder.items is not None or holder.where != TRUE:
        return member
    return apart(member, position)


def apart(member: Value, position: int) -> Value:
    """Return any member of a list as the one at a place, with an identity of its own.

    The members of one list have the same shape, as far as nothing is known of any. A number that
    carries a reason stays what it is: the reason is one for every member.
    """
    match member:
        case Unknown(origin, _, shape):
            return replace(member, origin=f"{origin}.{position}", shape=shape or origin)
        case Int(Term(constant, ((Symbol(key, why="") as atom, factor),))):
            own = replace(atom, key=f"{key}.{position}")
            return Int(Term(constant, ((own, factor),)), member.trail)
        case _:
            return member


def is_key(value: Value) -> bool:
    """Say whether a value is a constant, which may be looked up in a dictionary."""
    return isinstance(value, Text) or (isinstance(value, Int) and value.term.known is not None)


def with_key(holder: Dictionary, key: Value, value: Value, identity: str) -> Dictionary:
    """Return a dictionary with another value of a key."""
    if is_key(key) and (holder.exact or holder.get(key) is not None):
        return holder.having(key, value)
    keys = {key} if holder.key is None else {key, holder.key}
    element = value if holder.element is None else one_of(holder.element, value, identity)
    changed = replace(
        holder,
        exact=False,
        element=element,
        key=merge.any_one(keys, f"{identity}.key"),
        length=None,
    )
    return changed.having(key, value) if is_key(key) else _weakened(changed, value, identity)


def _weakened(holder: Dictionary, value: Value, identity: str) -> Dictionary:
    """Let every constant key have the value as well: the key may be any of them."""
    entries = tuple((key, one_of(old, value, identity)) for key, old in holder.entries)
    return replace(holder, entries=entries)


def one_of(one: Value, other: Value, identity: str) -> Value:
    """Return a value that may be either of two."""
    return merge.any_one(merge.leaves_of(one, other), identity) or one


def looked_up_in(holder: Dictionary, key: Value, unknown: Value, identity: str) -> Value:
    """Return the value of a key."""
    found = holder.get(key) if is_key(key) else None
    if found is not None:
        return found
    if holder.exact and is_key(key):
        return holder.made if holder.made is not None else unknown
    known = [] if is_key(key) else [value for _, value in holder.entries]
    options = [each for each in (*known, holder.element, holder.made) if each is not None]
    if not options:
        return unknown
    return merge.any_one(merge.leaves_of(*options), identity) or unknown


def merged(before: Dictionary, more: Value, identity: str) -> Dictionary:
    """Return a dictionary that another one has updated."""
    if isinstance(more, Dictionary):
        result = before
        for key, value in more.entries:
            result = with_key(result, key, value, identity)
        if more.exact:
            return result
        element = more.element if more.element is not None else Unknown(identity, "value")
        return with_key(result, more.key or Unknown(f"{identity}.key", "key"), element, identity)
    return with_key(before, Unknown(f"{identity}.key", "key"), Unknown(identity, "value"), identity)


def size_of(holder: Dictionary, identity: str) -> Term:
    """Return the number of keys."""
    if holder.exact:
        return Term(len(holder.entries))
    if holder.length is not None:
        return holder.length
    return merge.length(Sequence(None), identity)


def values_of(holder: Dictionary, identity: str) -> Sequence:
    """Return the values of a dictionary as a list."""
    if holder.exact:
        return Sequence(tuple(value for _, value in holder.entries))
    known = merge.leaves_of(*(value for _, value in holder.entries))
    if holder.element is not None:
        known |= merge.leaves_of(holder.element)
    length = size_of(holder, f"{identity}.n")
    return Sequence(None, merge.any_one(known, identity), length, traits=holder.traits)


def keys_of(holder: Dictionary, identity: str) -> Sequence:
    """Return the keys of a dictionary as a list."""
    if holder.exact:
        return Sequence(tuple(key for key, _ in holder.entries))
    known = {key for key, _ in holder.entries}
    if holder.key is not None:
        known.add(holder.key)
    return Sequence(None, merge.any_one(known, identity), size_of(holder, f"{identity}.n"))


def pairs_of(holder: Dictionary, identity: str) -> Sequence:
    """Return the keys with their values as a list of pairs."""
    if holder.exact:
        return Sequence(tuple(Sequence((key, value)) for key, value in holder.entries))
    key = keys_of(holder, f"{identity}.key").element or Unknown(f"{identity}.key", "key")
    value = values_of(holder, identity).element or Unknown(identity, "value")
    return Sequence(None, Sequence((key, value)), size_of(holder, f"{identity}.n"))


def stepped(start: Term, stop: Term, step: Term) -> Term:
    """Return the number of members of ``range(start, stop, step)``."""
    if step == ONE and start == ZERO and stop.floor is not None and stop.floor >= 0:
        return stop
    return operation("range_length", start, stop, step)
