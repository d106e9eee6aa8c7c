"""Walk nested values: the leaves of what a model returns, and the rows of what it is given.

A *leaf* is anything with a shape: a torch tensor, a numpy array. Mappings (``ModelOutput`` is one),
tuples, lists and dataclasses are walked; everything else (None, numbers, caches) is no leaf.

What a callable returns may also hold *plain* values: numbers, texts, None. A list of nothing but plain
values is a *column*.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard, cast

from shapeguard.errors import OracleError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Leaf: TypeAlias = Any
"""A tensor or an array: has ``shape``, can be indexed, compared and subtracted."""


def is_leaf(value: object) -> TypeGuard[Leaf]:
    """Tell whether ``value`` is a tensor or an array, of any rank."""
    return hasattr(value, "shape") and hasattr(value, "__getitem__")


def leaves(value: object, path: str = "output") -> dict[str, Leaf]:
    """Find all leaves of ``value``, named by the way to them, e.g. ``output.hidden_states[0]``."""
    if is_leaf(value):
        return {path: value}
    found: dict[str, Leaf] = {}
    for step, member in _members(value):
        found.update(leaves(member, path + step))
    return found


class Column(list[object]):
    """Plain values, one a row."""


def is_plain(value: object) -> bool:
    """Tell whether ``value`` is one number (also as an array without axes), a text or None."""
    if is_leaf(value):
        return len(value.shape) == 0
    return value is None or isinstance(value, (str, bytes, int, float, complex))


def entries(value: object, path: str = "output") -> dict[str, Any]:
    """Find the leaves, the columns and the plain values of ``value``, named as by :func:`leaves`.

    A list or tuple of plain values becomes a :class:`Column`. Other objects are left out.
    Raises :class:`OracleError` for an iterator, which can be read only once.
    """
    if isinstance(value, Iterator):
        kind = type(cast("object", value)).__name__
        message = f"{path} is an iterator ({kind}): let the callable return a list"
        raise OracleError(message)
    if is_leaf(value) or is_plain(value):
        return {path: value}
    if type(value) in {list, tuple}:
        members = cast("list[object]", value)
        if all(is_plain(member) for member in members):
            return {path: Column(members)}
    found: dict[str, Any] = {}
    for step, member in _members(value):
        found.update(entries(member, path + step))
    return found


def map_leaves(change: Callable[[Leaf], object], value: object) -> Any:  # noqa: ANN401 - as given
    """Rebuild ``value`` with every leaf changed; mappings become dicts, other values stay."""
    if is_leaf(value):
        return change(value)
    if isinstance(value, Mapping):
        items = cast("Mapping[object, object]", value)
        return {key: map_leaves(change, member) for key, member in items.items()}
    members = _sequence(value)
    if members is None:
        return value
    changed = [map_leaves(change, member) for member in members]
    rebuild: Any = type(value)
    return rebuild(changed) if _field_names(value) is None else rebuild(*changed)


def take_rows(leaf: Leaf, rows: list[int], axis: int = 0) -> Leaf:
    """Select ``rows`` of ``leaf`` along ``axis``; no rows give a leaf with an empty axis."""
    everything = (slice(None),) * axis
    return leaf[(*everything, rows)] if rows else leaf[(*everything, slice(0, 0))]


def _members(value: object) -> list[tuple[str, object]]:
    if isinstance(value, Mapping):
        items = cast("Mapping[object, object]", value)
        return [(f".{key}", member) for key, member in items.items()]
    if (members := _sequence(value)) is not None:
        names = _field_names(value) or range(len(members))
        steps = [f".{name}" if isinstance(name, str) else f"[{name}]" for name in names]
        return list(zip(steps, members, strict=True))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [
            (f".{field.name}", getattr(value, field.name)) for field in dataclasses.fields(value)
        ]
    return []


def _sequence(value: object) -> Sequence[object] | None:
    return cast("Sequence[object]", value) if isinstance(value, (tuple, list)) else None


def _field_names(value: object) -> tuple[str, ...] | None:
    """Return the field names of a NamedTuple."""
    names: tuple[str, ...] | None = getattr(value, "_fields", None)
    return names
