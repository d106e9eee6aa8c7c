"""Places where lists stand that a loop changes: a name, or a part of what a name stands for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.values import Dictionary, Record, Sequence, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.domain.values import Value

Place = tuple[str, ...]
_DEEPEST = 3
"""How long a place is at most: a name, an attribute, a key."""


def changed(
    before: Mapping[str, Value], after: Mapping[str, Value]
) -> Iterator[tuple[Place, Value]]:
    """Yield the places at which lists stand that an iteration has changed."""
    for name, value in after.items():
        if name in before:
            yield from _changed_in(before[name], value, (name,))


def _changed_in(known: Value, value: Value, place: Place) -> Iterator[tuple[Place, Value]]:
    if known == value:
        return
    if isinstance(known, Sequence) and merge.lists_of(value):
        yield place, value
    elif len(place) < _DEEPEST and type(value) is type(known):
        for part, inner in _parts(value):
            held = _part(known, part)
            if held is not None:
                yield from _changed_in(held, inner, (*place, part))


def _parts(value: Value) -> Iterator[tuple[str, Value]]:
    match value:
        case Record(fields=fields):
            yield from fields
        case Dictionary(entries=entries):
            yield from ((written(key), inner) for key, inner in entries)
        case _:
            return


def _part(value: Value, part: str) -> Value | None:
    return next((inner for name, inner in _parts(value) if name == part), None)


def called(place: Place) -> str:
    """Return what the source calls a place."""
    return "".join(part if part.startswith("[") else f".{part}" for part in place)[1:]


def at(names: Mapping[str, Value], place: Place) -> Value | None:
    """Return what stands at a place, or None if nothing is known to."""
    value = names.get(place[0])
    for part in place[1:]:
        value = None if value is None else _part(value, part)
    return value


def put(names: dict[str, Value], place: Place, value: Value) -> None:
    """Bind what stands at a place to another value."""
    names[place[0]] = _with(names[place[0]], place[1:], value) if place[1:] else value


def _with(holder: Value, place: Place, value: Value) -> Value:
    """Return an object or a dictionary with another value at a place inside it."""
    part, *inside = place
    held = _part(holder, part)
    changed = _with(held, tuple(inside), value) if inside and held is not None else value
    match holder:
        case Record():
            return holder.having(part, changed)
        case Dictionary(entries=entries):
            kept = tuple((k, changed if written(k) == part else old) for k, old in entries)
            return replace(holder, entries=kept)
        case _:
            return holder


def resized(names: dict[str, Value], place: Place, length: Term) -> None:
    """Give the list at a place another length."""
    value = at(names, place)
    if isinstance(value, Sequence) and value.items is None:
        put(names, place, replace(value, length=length))
