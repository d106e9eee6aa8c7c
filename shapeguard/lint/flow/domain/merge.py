"""Joins of values: at the end of a branch, around a loop, and their refinement by facts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.deduction import given
from shapeguard.lint.flow.domain.predicates import any_of, every, negate
from shapeguard.lint.flow.domain.propositions import FALSE, TRUE, Opaque, conjuncts
from shapeguard.lint.flow.domain.tensors import Tensor
from shapeguard.lint.flow.domain.terms import Term, symbol
from shapeguard.lint.flow.domain.values import (
    Choice,
    Dictionary,
    Missing,
    Sequence,
    Unknown,
    as_tensor,
    describe,
)
from shapeguard.lint.flow.domain.views import better_known, same_fields
from shapeguard.lint.flow.syntax.texts import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.values import (
        Record,
        Value,
    )

MAX_ALTERNATIVES = 8


def alternatives(value: Value) -> tuple[tuple[Predicate, Value], ...]:
    """Return the value as conditions and alternatives; a plain value has one, always true."""
    return value.alternatives if isinstance(value, Choice) else ((TRUE, value),)


def leaves(value: Value) -> list[Value]:
    """Return what a value may be, whatever the conditions."""
    return [leaf for _, leaf in alternatives(value)]


def select(options: Iterable[tuple[Predicate, Value]], identity: str) -> Value:
    """Build a value from disjoint alternatives; equal ones become one, too many become unknown."""
    merged: dict[Value, Predicate] = {}
    for condition, value in options:
        for inner, leaf in alternatives(value):
            both = condition if inner is TRUE else _both(condition, inner)
            if both != FALSE:
                merged[leaf] = any_of((merged[leaf], both)) if leaf in merged else both
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


def _both(condition: Predicate, inner: Predicate) -> Predicate:
    """Return the condition under which two others hold, in the order of what is known within."""
    if given(inner, conjuncts(condition)) == FALSE:
        return FALSE
    return every((inner, given(condition, conjuncts(inner))))


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
    if yes is no or yes == no:
        return yes
    better = better_known(yes, no)
    if better is not None:
        return better
    records = _branch_records(condition, yes, no, identity)
    if records is not None:
        return records
    if isinstance(yes, Dictionary) and isinstance(no, Dictionary):
        joined = branch_dictionaries(condition, yes, no, identity)
        if joined is not None:
            return joined
    if isinstance(yes, Sequence) and isinstance(no, Sequence):
        joined_items = _branch_items(condition, yes, no, identity)
        if joined_items is not None:
            return joined_items
    return select(((condition, yes), (negate(condition), no)), identity)


def _branch_records(condition: Predicate, yes: Value, no: Value, identity: str) -> Record | None:
    pair = same_fields(yes, no)
    if pair is None:
        return None
    mine, theirs = pair
    fields = tuple(
        (name, branch(condition, one, other, f"{identity}.{name}"))
        for (name, one), (_, other) in zip(mine.fields, theirs.fields, strict=True)
    )
    return replace(mine, fields=fields)


def branch_dictionaries(
    condition: Predicate, yes: Dictionary, no: Dictionary, identity: str
) -> Dictionary | None:
    """Join two dictionaries with the same constant keys."""
    keys = [key for key, _ in yes.entries]
    if keys != [key for key, _ in no.entries] or yes.exact != no.exact or yes.made != no.made:
        return None
    if (yes.element is None) != (no.element is None) or yes.length != no.length:
        return None
    entries = tuple(
        (key, branch(condition, one, other, f"{identity}[{key!r}]"))
        for (key, one), (_, other) in zip(yes.entries, no.entries, strict=True)
    )
    element = yes.element
    if yes.element is not None and no.element is not None:
        element = branch(condition, yes.element, no.element, f"{identity}[]")
    return replace(
        yes, entries=entries, element=element, key=yes.key if yes.key == no.key else None
    )


def _branch_items(
    condition: Predicate, yes: Sequence, no: Sequence, identity: str
) -> Sequence | None:
    if yes.items is None and no.items is None and yes.length == no.length:
        return _branch_summaries(condition, yes, no, identity)
    if yes.items is None or no.items is None or len(yes.items) != len(no.items):
        return None
    pairs = zip(yes.items, no.items, strict=True)
    items = (branch(condition, a, b, f"{identity}[{i}]") for i, (a, b) in enumerate(pairs))
    return Sequence(tuple(items), where=_either_holds(condition, yes.where, no.where))


def _branch_summaries(
    condition: Predicate, yes: Sequence, no: Sequence, identity: str
) -> Sequence | None:
    if yes.length is None or yes.element is None or no.element is None:
        return None
    element = branch(condition, yes.element, no.element, f"{identity}[]")
    sizes = yes.sizes if yes.sizes == no.sizes else None
    where = _either_holds(condition, yes.where, no.where)
    return Sequence(None, element, yes.length, sizes, where=where)


def _either_holds(condition: Predicate, yes: Predicate, no: Predicate) -> Predicate:
    """Return what holds on both sides of a branch, each under its condition."""
    if yes == no:
        return yes
    return every((any_of((negate(condition), yes)), any_of((condition, no))))


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


def lists_of(*values: Value) -> list[Sequence]:
    """Return all alternatives of values if every one of them is a list, else none."""
    leaves = [leaf for value in values for _, leaf in alternatives(value)]
    lists = [leaf for leaf in leaves if isinstance(leaf, Sequence)]
    return lists if len(lists) == len(leaves) else []


def may_be_none(value: Value) -> bool:
    """Say whether a value is None on one of the ways that led here."""
    return any(isinstance(leaf, Missing) for _, leaf in alternatives(value))


def any_one(leaves: Iterable[Value], identity: str) -> Value | None:
    """Return a value that may be any of the given ones; the same ones give the same value."""
    distinct = tuple(leaves)
    if len(distinct) <= 1:
        return distinct[0] if distinct else None
    texts = sorted(((repr(leaf), leaf) for leaf in distinct), key=_text, reverse=True)
    (_, element), *others = texts  # shapeguard: ignore[SG305] two or more are distinct
    for text, leaf in others:
        element = branch(Opaque(f"{identity}?{digest(text, 12)}"), leaf, element, f"{identity}[]")
    return element


def _text(pair: tuple[str, Value]) -> str:
    return pair[0]


def member_of(sequence: Sequence, identity: str) -> Value | None:
    """Return what any member of a list is, or None for a list that surely has none."""
    return any_one(leaves_of(*_members(sequence)), identity)


def leaves_of(*values: Value) -> set[Value]:
    """Return the alternatives of all values."""
    return {leaf for value in values for _, leaf in alternatives(value)}


def _members(sequence: Sequence) -> tuple[Value, ...]:
    if sequence.items is not None:
        return sequence.items
    return tuple(each for each in (sequence.element, sequence.first) if each is not None)


def length(sequence: Sequence, identity: str) -> Term:
    """Return the number of members."""
    if sequence.items is not None:
        return Term(len(sequence.items))
    return sequence.length if sequence.length is not None else symbol(identity, "len")
