"""Two views of one object: what one of them knows and the other does not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.tensors import Tensor
from shapeguard.lint.flow.domain.values import Record, Unknown, as_tensor

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.values import Value


def better_known(one: Value, other: Value) -> Value | None:
    """Of two views of one object, return the one that knows what it is."""
    for plain, known in ((one, other), (other, one)):
        if not isinstance(plain, Unknown) or not isinstance(known, Record | Tensor):
            continue
        if known.origin == plain.origin:
            sure = (
                known.owner is not None if isinstance(known, Record) else _only_seen(known, plain)
            )
            return known if sure else None
    return None


def _only_seen(known: Tensor, plain: Value) -> bool:
    """Say whether a tensor is what was seen of something unknown, and not what became of it."""
    seen = as_tensor(plain)
    return seen is not None and known.form == seen.form and not known.cuts


def same_fields(one: Value, other: Value) -> tuple[Record, Record] | None:
    """Return two states of one object with the same fields; None if they are two objects.

    An attribute that was set on one path only is on the other what it was before.
    """
    first, second = _as_record(one, other), _as_record(other, one)
    if first is None or second is None or first.owner is not second.owner:
        return None
    names = [name for name, _ in first.fields]
    if names == [name for name, _ in second.fields]:
        return first, second
    if first.origin != second.origin:
        return None
    missing = [name for name, _ in second.fields if name not in names]
    ordered = (*names, *missing)
    return _completed(first, ordered), _completed(second, ordered)


def _as_record(value: Value, like: Value) -> Record | None:
    """Read something unknown as an object of which no attribute was set."""
    if isinstance(value, Record):
        return value
    if isinstance(value, Unknown) and isinstance(like, Record) and value.origin == like.origin:
        return Record(like.owner, value.origin, value.name)
    return None


def _completed(record: Record, names: tuple[str, ...]) -> Record:
    fields = tuple(
        (name, record.field(name) or Unknown(f"{record.origin}.{name}", f"{record.name}.{name}"))
        for name in names
    )
    return replace(record, fields=fields)
