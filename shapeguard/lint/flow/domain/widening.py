"""Widening: the join around a loop, after which a second iteration adds nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.members import united
from shapeguard.lint.flow.domain.merge import (
    any_one,
    leaves_of,
    length,
    lists_of,
    select,
)
from shapeguard.lint.flow.domain.predicates import negate
from shapeguard.lint.flow.domain.propositions import Opaque
from shapeguard.lint.flow.domain.tensors import Slice, Tensor
from shapeguard.lint.flow.domain.terms import Term, symbol
from shapeguard.lint.flow.domain.values import Choice, Dictionary, Int, Sequence, Unknown, written
from shapeguard.lint.flow.domain.views import better_known, same_fields
from shapeguard.lint.flow.syntax.texts import primary

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.values import Record, Value


def around(before: Value, after: Value, identity: str) -> Value:
    """Join the value at the entry of a loop with the one after an iteration, and widen.

    Lists become a summary of their members, integers and extents that move become symbols of
    their own; so a second iteration adds nothing and the loop has reached its fixpoint.
    """
    if before == after:
        return before
    better = better_known(before, after)
    if better is not None:
        return better
    lists = lists_of(before, after)
    if lists:
        return _widened_list(lists, identity)
    pair = same_fields(before, after)
    if pair is not None:
        return _widened_record(*pair, identity)
    moved = _moved(before, after, identity)
    if moved is not None:
        return moved
    again = Opaque(identity)
    return select(((again, after), (negate(again), before)), identity)


def _moved(before: Value, after: Value, identity: str) -> Value | None:
    """Return what stands for every step of a value that moves within its kind."""
    match before, after:
        case Unknown(), Unknown(number=Term()):
            return Unknown(identity, before.name)
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
        case Dictionary(), Dictionary():
            return _widened_dictionary(before, after, identity)
        case _:
            return None


def _widened_record(before: Record, after: Record, identity: str) -> Record:
    pairs = zip(before.fields, after.fields, strict=True)
    fields = tuple((name, around(a, b, f"{identity}.{name}")) for (name, a), (_, b) in pairs)
    return replace(before, fields=fields)


def _widened_dictionary(before: Dictionary, after: Dictionary, identity: str) -> Dictionary:
    """Keep the constant keys that are there on both sides; others may be there."""
    entries = tuple(
        (key, around(value, other, f"{identity}{written(key)}"))
        for key, value in before.entries
        if (other := after.get(key)) is not None
    )
    if before.exact and after.exact and len(entries) == len(before.entries) == len(after.entries):
        return replace(before, entries=entries)
    kept = {key for key, _ in entries}
    keys: set[Value] = set()
    values: set[Value] = set()
    for each in (before, after):
        own = [(key, value) for key, value in each.entries if key not in kept]
        own += (
            [(each.key, each.element)] if each.key is not None and each.element is not None else []
        )
        keys |= leaves_of(*(key for key, _ in own))
        values |= leaves_of(*(value for _, value in own))
    lists = lists_of(*values)
    element = _widened_list(lists, f"{identity}[]") if len(lists) > 1 else any_one(values, identity)
    length = before.length if before.length == after.length else None
    key = any_one(keys, f"{identity}.key")
    return Dictionary(
        entries, exact=False, element=element, key=key, length=length, made=before.made
    )


def describe_term(term: Term) -> str:
    """Name an integer for people: its symbol if it is one, else a plain ``n``."""
    names = [atom.name for atom, _ in term.parts if hasattr(atom, "key")]
    return names[0] if len(names) == 1 else "n"


def _widened_int(before: Int, after: list[Int], identity: str) -> Int:
    """Return a symbol for an integer that moves; it stays where it began if it never falls below."""
    begun, floors = before.term.floor, [each.term.floor for each in after]
    steps = [each.term - before.term for each in after]
    above = begun is not None and all(floor is not None and floor >= begun for floor in floors)
    grows = all(step.floor is not None and step.floor >= 0 for step in steps)
    low = begun if above or grows else None
    name = identity.rpartition("~")[2] if "~" in identity else describe_term(before.term)
    key = identity if low is None else f"{identity}+{low}"
    return Int(symbol(key, name, low=low), before.trail)


def _widened_list(lists: list[Sequence], identity: str) -> Sequence:
    element, where = united(lists, identity)
    floors = [length(each, f"{identity}.n").floor for each in lists]
    low = min((floor for floor in floors if floor is not None), default=0)
    least = max(low, 0) if None not in floors else 0
    name = f"len({identity.rpartition('~')[2]})"
    number = symbol(f"{identity}+{least}", name, low=least)
    return Sequence(None, element, number, where=where)


def _widened_tensor(before: Tensor, after: Tensor, identity: str) -> Tensor:
    if before.origin != after.origin or before.form != after.form:
        return _same_shape(before, after, identity)
    axes = sorted({axis for axis, _ in (*before.extents, *after.extents)})
    extents = tuple(
        (axis, before.extent(axis))
        if before.extent(axis) == after.extent(axis)
        else (axis, symbol(f"{identity}#{axis}", f"{primary(before.name)}.shape[{axis}]"))
        for axis in axes
    )
    return replace(before, extents=extents)


def _same_shape(before: Tensor, after: Tensor, identity: str) -> Tensor:
    """Return a tensor of other entries; its shape stays if an iteration does not change it."""
    if before.form != after.form or before.extents != after.extents:
        return Tensor(identity, before.name)
    return before.turned(identity)
