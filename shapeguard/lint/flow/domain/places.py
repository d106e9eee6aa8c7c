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


def changed(
    before: Mapping[str, Value], after: Mapping[str, Value]
) -> Iterator[tuple[Place, Value]]:
    """Yield the places at which lists stand that an iteration has changed."""
    for name, value in after.items():
        if name not in before:
            continue
        known = before[name]
        if merge.lists_of(value) and isinstance(known, Sequence):
            if value != known:
                yield (name,), value
        elif isinstance(known, Record | Dictionary) and type(value) is type(known):
            for part, inner in _parts(value):
                held = _part(known, part)
                if held is not None and held != inner and merge.lists_of(inner):
                    yield (name, part), inner


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
    dot = "" if len(place) == 1 or place[1].startswith("[") else "."
    return dot.join(place)


def at(names: Mapping[str, Value], place: Place) -> Value | None:
    """Return what stands at a place, or None if nothing is known to."""
    value = names.get(place[0])
    return value if value is None or len(place) == 1 else _part(value, place[1])


def put(names: dict[str, Value], place: Place, value: Value) -> None:
    """Bind what stands at a place to another value."""
    if len(place) == 1:
        names[place[0]] = value
        return
    holder, part = names[place[0]], place[1]
    if isinstance(holder, Record):
        names[place[0]] = holder.having(part, value)
    elif isinstance(holder, Dictionary):
        changed = tuple((k, value if written(k) == part else old) for k, old in holder.entries)
        names[place[0]] = replace(holder, entries=changed)


def resized(names: dict[str, Value], place: Place, length: Term) -> None:
    """Give the list at a place another length."""
    value = at(names, place)
    if isinstance(value, Sequence) and value.items is None:
        put(names, place, replace(value, length=length))
