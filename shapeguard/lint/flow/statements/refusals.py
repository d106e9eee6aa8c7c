"""Which exceptions an event may be: what a handler expects is no surprise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.tensors import Slice
from shapeguard.lint.flow.events import (
    Call,
    Compose,
    Divide,
    Identity,
    Index,
    Join,
    KeyLookup,
    Lookup,
    Loop,
    Reduce,
    Reshape,
    Split,
)

if TYPE_CHECKING:
    from shapeguard.lint.flow.events import Event

WIDE = frozenset({"Exception", "BaseException", ""})
NOTHING_THERE = frozenset({"StopIteration", "IndexError", "LookupError"})
_REFUSALS = frozenset({"RuntimeError", "ValueError", "IndexError", "TypeError", "AssertionError"})


def raised_by(event: Event) -> frozenset[str]:
    """Return the exceptions that an event may be; of what goes on silently there are none."""
    match event:
        case Lookup():
            return frozenset({"IndexError", "LookupError", "StopIteration", "ValueError"})
        case KeyLookup():
            return frozenset({"KeyError", "LookupError"})
        case Divide(of_tensor=False):
            return frozenset({"ZeroDivisionError", "ArithmeticError"})
        case Divide(raises=True):
            return frozenset({"RuntimeError"})
        case Loop():
            return frozenset({"NameError", "UnboundLocalError"})
        case Index(index=Slice()):
            return frozenset()
        case Reduce(identity=Identity.NONE) | Reshape() | Join() | Split() | Index() | Compose():
            return _REFUSALS
        case Call(requirements=requirements) if requirements:
            return _REFUSALS
        case _:
            return frozenset()
