"""Replace attributes of third-party classes and modules, in layers that may be released in any order.

Several owners change the same method: the reference replaces it, contracts wrap whatever stands
there. Each change is a *layer* with a rank. The attribute is always ``original`` with the active
layers applied from the lowest rank to the highest; without layers it is the original again, and a
class that merely inherited the attribute inherits it again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from types import ModuleType
from typing import Any

Function = Callable[..., Any]
Wrap = Callable[[Function], Function]
Target = type | ModuleType

_ABSENT: Any = object()
_LOCK = threading.RLock()


def name_of(target: Target) -> str:
    """Return what a class or a module is called in messages."""
    return target.__qualname__ if isinstance(target, type) else target.__name__


class Rank(IntEnum):
    """Order of the layers on one attribute, innermost first."""

    REFERENCE = 0
    CONTRACTS = 1


@dataclass(eq=False, slots=True)
class Layer:
    """One active change of one attribute."""

    target: Target
    attribute: str
    rank: Rank
    wrap: Wrap


@dataclass(slots=True)
class _Slot:
    original: Any
    layers: list[Layer] = field(default_factory=list[Layer])


_slots: dict[tuple[Target, str], _Slot] = {}


def push(target: Target, attribute: str, rank: Rank, wrap: Wrap) -> Layer:
    """Add a layer to ``target.attribute`` and return it; ``wrap`` gets what lies below."""
    layer = Layer(target, attribute, rank, wrap)
    with _LOCK:
        key = (target, attribute)
        if key not in _slots:
            _slots[key] = _Slot(target.__dict__.get(attribute, _ABSENT))
        slot = _slots[key]
        slot.layers.append(layer)
        slot.layers.sort(key=lambda each: each.rank)
        _apply(key, slot)
    return layer


def release(layer: Layer) -> None:
    """Take a layer away again; releasing twice does nothing."""
    with _LOCK:
        key = (layer.target, layer.attribute)
        slot = _slots.get(key)
        if slot is None or layer not in slot.layers:
            return
        slot.layers.remove(layer)
        _apply(key, slot)
        if not slot.layers:
            del _slots[key]


def original(target: Target, attribute: str) -> Any:  # noqa: ANN401 - whatever the class holds
    """Return what ``target`` itself defined before any layer; None if it inherits that."""
    slot = _slots.get((target, attribute))
    found = target.__dict__.get(attribute, _ABSENT) if slot is None else slot.original
    return None if found is _ABSENT else found


def active() -> tuple[Layer, ...]:
    """All active layers, for reports about what is patched."""
    with _LOCK:
        return tuple(layer for slot in _slots.values() for layer in slot.layers)


def _apply(key: tuple[Target, str], slot: _Slot) -> None:
    target, attribute = key
    if not slot.layers:
        if slot.original is _ABSENT:
            delattr(target, attribute)
        else:
            setattr(target, attribute, slot.original)
        return
    current = slot.original if slot.original is not _ABSENT else _inherited(target, attribute)
    for layer in slot.layers:
        current = layer.wrap(current)
    setattr(target, attribute, current)


def _inherited(target: Target, attribute: str) -> Any:  # noqa: ANN401 - whatever a base holds
    for base in target.__mro__[1:] if isinstance(target, type) else ():
        if attribute in base.__dict__:
            return base.__dict__[attribute]
    message = f"{name_of(target)} has no attribute {attribute!r} to patch"
    raise AttributeError(message)
