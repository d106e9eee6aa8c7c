"""Joins of values: at the end of a branch, around a loop, and their refinement by facts."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.predicates import (
    FALSE,
    TRUE,
    Opaque,
    any_of,
    conjuncts,
    every,
    given,
    negate,
)
from shapeguard.lint.flow.tensors import Slice, Tensor
from shapeguard.lint.flow.terms import Term, symbol
from shapeguard.lint.flow.values import (
    Choice,
    Int,
    Record,
    Sequence,
    Unknown,
    as_tensor,
    describe,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from shapeguard.lint.flow.predicates import (
        Predicate,
    )
    from shapeguard.lint.flow.values import Value

MAX_ALTERNATIVES = 8


def alternatives(value: Value) -> tuple[tuple[Predicate, Value], ...]:
    """Return the value as conditions and alternatives; a plain value has one, always true."""
    return value.alternatives if isinstance(value, Choice) else ((TRUE, value),)


def select(options: Iterable[tuple[Predicate, Value]], identity: str) -> Value:
    """Build a value from disjoint alternatives; equal ones become one, too many become unknown."""
    merged: dict[Value, Predicate] = {}
    for condition, value in options:
        for inner, leaf in alternatives(value):
            both = every((inner, given(condition, conjuncts(inner))))
            if both != FALSE:
                merged[leaf] = any_of((merged.get(leaf, FALSE), both))
    if len(merged) > 1 and any(isinstance(leaf, Tensor) for leaf in merged):
        merged = _of_one_shape(merged, identity)
    leaves = list(merged)
    if not leaves:
        return Unknown(identity, "nothing")
    if len(leaves) == 1:
        return leaves[0]
    if len(leaves) > MAX_ALTERNATIVES:
        return Unknown(identity, describe(leaves[0]))
    return Choice(tuple((condition, leaf) for leaf, condition in merged.items()))


def _of_one_shape(merged: dict[Value, Predicate], identity: str) -> dict[Value, Predicate]:
    """Make one tensor of those that differ in their entries only."""
    shapes: dict[Value, list[Value]] = {}
    for leaf in merged:
        tensor = as_tensor(leaf)
        key = leaf if tensor is None else replace(tensor, origin="", shape=tensor.form)
        shapes.setdefault(key, []).append(leaf)
    joined: dict[Value, Predicate] = {}
    for leaves in shapes.values():
        first = next((leaf for leaf in leaves if isinstance(leaf, Tensor)), leaves[0])
        if isinstance(first, Tensor) and len(leaves) > 1:
            first = first.turned(identity, *first.traits)
        joined[first] = any_of(merged[leaf] for leaf in leaves)
    return joined


def branch(condition: Predicate, yes: Value, no: Value, identity: str) -> Value:
    """Join the values that a name has at the end of the two arms of a branch."""
    if yes == no:
        return yes
    better = _better_known(yes, no)
    if better is not None:
        return better
    if isinstance(yes, Record) and isinstance(no, Record):
        joined = _branch_records(condition, yes, no, identity)
        if joined is not None:
            return joined
    if isinstance(yes, Sequence) and isinstance(no, Sequence):
        joined_items = _branch_items(condition, yes, no, identity)
        if joined_items is not None:
            return joined_items
    return select(((condition, yes), (negate(condition), no)), identity)


def _better_known(one: Value, other: Value) -> Value | None:
    """Of two views of one object, return the one that knows what it is."""
    for plain, known in ((one, other), (other, one)):
        same = isinstance(plain, Unknown) and isinstance(known, Record | Tensor)
        if same and getattr(known, "origin", None) == getattr(plain, "origin", ""):
            return known if not isinstance(known, Tensor) or _only_seen(known, plain) else None
    return None


def _only_seen(known: Tensor, plain: Value) -> bool:
    """Say whether a tensor is what was seen of something unknown, and not what became of it."""
    seen = as_tensor(plain)
    return seen is not None and known.form == seen.form and not known.cuts


def _branch_records(condition: Predicate, yes: Record, no: Record, identity: str) -> Record | None:
    """Join two states of one object; an attribute that only one of them has is unknown in the other."""
    if yes.owner is not no.owner:
        return None
    mine, theirs = dict(yes.fields), dict(no.fields)
    names = list(dict.fromkeys((*mine, *theirs)))
    if mine.keys() != theirs.keys() and (yes.owner is None or yes.origin != no.origin):
        return None
    known = ((name, Unknown(f"{yes.origin}.{name}", f"{yes.name}.{name}")) for name in names)
    fields = tuple(
        (
            name,
            branch(condition, mine.get(name, other), theirs.get(name, other), f"{identity}.{name}"),
        )
        for name, other in known
    )
    return replace(yes, fields=fields)


def _branch_items(
    condition: Predicate, yes: Sequence, no: Sequence, identity: str
) -> Sequence | None:
    if yes.items is None and no.items is None and yes.length == no.length:
        return _branch_summaries(condition, yes, no, identity)
    if yes.items is None or no.items is None or len(yes.items) != len(no.items):
        return None
    pairs = zip(yes.items, no.items, strict=True)
    items = (branch(condition, a, b, f"{identity}[{i}]") for i, (a, b) in enumerate(pairs))
    return Sequence(tuple(items))


def _branch_summaries(
    condition: Predicate, yes: Sequence, no: Sequence, identity: str
) -> Sequence | None:
    if yes.length is None or yes.element is None or no.element is None:
        return None
    element = branch(condition, yes.element, no.element, f"{identity}[]")
    return Sequence(None, element, yes.length, yes.sizes if yes.sizes == no.sizes else None)


def refine(value: Value, facts: Iterable[Predicate]) -> Value:
    """Drop the alternatives that cannot be, and what is already known of the others."""
    if isinstance(value, Sequence) and value.first is not None:
        return replace(value, first=refine(value.first, facts))
    if not isinstance(value, Choice):
        return value
    known = frozenset(facts)
    left = [(given(condition, known), leaf) for condition, leaf in value.alternatives]
    possible = [(condition, leaf) for condition, leaf in left if condition != FALSE]
    certain = [leaf for condition, leaf in possible if condition == TRUE]
    if certain:
        return certain[0]
    return Choice(tuple(possible)) if len(possible) > 1 else (possible or left)[0][1]


def each(value: Value, change: Callable[[Value], Value], identity: str) -> Value:
    """Apply an operation to every alternative of a value."""
    if not isinstance(value, Choice):
        return change(value)
    return select(((c, change(leaf)) for c, leaf in value.alternatives), identity)


def around(before: Value, after: Value, identity: str) -> Value:
    """Join the value at the entry of a loop with the one after an iteration, and widen.

    Lists become a summary of their members, integers and extents that move become symbols of
    their own; so a second iteration adds nothing and the loop has reached its fixpoint.
    """
    if before == after:
        return before
    better = _better_known(before, after)
    if better is not None:
        return better
    lists = lists_of(before, after)
    if lists:
        return _widened_list(lists, identity)
    match before, after:
        case Int(), Int():
            return _widened_int(before, [after], identity)
        case Int(), Choice() if all(isinstance(leaf, Int) for _, leaf in after.alternatives):
            moved = [leaf for _, leaf in after.alternatives if isinstance(leaf, Int)]
            return _widened_int(before, moved, identity)
        case Tensor(), Tensor():
            return _widened_tensor(before, after, identity)
        case Slice(), Slice():
            return Slice(
                symbol(f"{identity}.start", "start"), symbol(f"{identity}.stop", "stop"), ()
            )
        case Record(), Record() if before.owner is after.owner:
            names = [name for name, _ in before.fields]
            if names == [name for name, _ in after.fields]:
                pairs = zip(before.fields, after.fields, strict=True)
                fields = tuple((n, around(a, b, f"{identity}.{n}")) for (n, a), (_, b) in pairs)
                return replace(before, fields=fields)
        case _:
            pass
    again = Opaque(identity)
    return select(((again, after), (negate(again), before)), identity)


def describe_term(term: Term) -> str:
    """Name an integer for people: its symbol if it is one, else a plain ``n``."""
    names = [atom.name for atom, _ in term.parts if hasattr(atom, "key")]
    return names[0] if len(names) == 1 else "n"


def lists_of(*values: Value) -> list[Sequence]:
    """Return all alternatives of values if every one of them is a list, else none."""
    leaves = [leaf for value in values for _, leaf in alternatives(value)]
    lists = [leaf for leaf in leaves if isinstance(leaf, Sequence)]
    return lists if len(lists) == len(leaves) else []


def _widened_int(before: Int, after: list[Int], identity: str) -> Int:
    """Return a symbol for an integer that moves; it stays where it began if it only grows."""
    steps = [each.term - before.term for each in after]
    grows = all(step.floor is not None and step.floor >= 0 for step in steps)
    low = before.term.floor if grows else None
    name = identity.rpartition("~")[2] if "~" in identity else describe_term(before.term)
    return Int(symbol(identity, name, low=low), before.trail)


def _widened_list(lists: list[Sequence], identity: str) -> Sequence:
    leaves: dict[Value, None] = {}
    for each in lists:
        for member in _members(each):
            leaves.update((leaf, None) for _, leaf in alternatives(member))
    return Sequence(None, any_one(leaves, identity), symbol(identity, "len"))


def any_one(leaves: Iterable[Value], identity: str) -> Value | None:
    """Return a value that may be any of the given ones; the same ones give the same value."""
    element: Value | None = None
    for leaf in sorted(leaves, key=repr, reverse=True):
        label = Opaque(
            f"{identity}?{hashlib.sha256(repr(leaf).encode(errors='backslashreplace')).hexdigest()[:12]}"
        )
        element = leaf if element is None else branch(label, leaf, element, f"{identity}[]")
    return element


def member_of(sequence: Sequence, identity: str) -> Value | None:
    """Return what any member of a list is, or None for a list that surely has none."""
    if sequence.items is None:
        return sequence.element
    return any_one({leaf for item in sequence.items for _, leaf in alternatives(item)}, identity)


def _members(sequence: Sequence) -> tuple[Value, ...]:
    if sequence.items is not None:
        return sequence.items
    return () if sequence.element is None else (sequence.element,)


def length(sequence: Sequence, identity: str) -> Term:
    """Return the number of members."""
    if sequence.items is not None:
        return Term(len(sequence.items))
    return sequence.length if sequence.length is not None else symbol(identity, "len")


def _widened_tensor(before: Tensor, after: Tensor, identity: str) -> Tensor:
    if before.origin != after.origin or before.form != after.form:
        return _same_shape(before, after, identity)
    axes = sorted({axis for axis, _ in (*before.extents, *after.extents)})
    extents = tuple(
        (axis, before.extent(axis))
        if before.extent(axis) == after.extent(axis)
        else (axis, symbol(f"{identity}#{axis}", f"{before.name}.shape[{axis}]"))
        for axis in axes
    )
    return replace(before, extents=extents)


def _same_shape(before: Tensor, after: Tensor, identity: str) -> Tensor:
    """Return a tensor of other entries; its shape stays if an iteration does not change it."""
    if before.form != after.form or before.extents != after.extents:
        return Tensor(identity, before.name)
    return before.turned(identity)
