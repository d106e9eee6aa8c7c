"""What a comparison of tensors is called, so that the same one is the same mask, and its opposite not."""

from __future__ import annotations

from shapeguard.lint.flow.domain.counts import NONZERO, POSITIVE, negation
from shapeguard.lint.flow.shapes.axes import derived

_NEGATED = {"!=": "==", "<=": ">", ">=": "<"}
"""Operators, by the one that selects the other entries, as far as these are numbers."""
_OF_ZERO = {">": POSITIVE, "!=": NONZERO}


def asked(mine: str, operator: str, theirs: str) -> str:
    """Return the origin of the mask that compares two values."""
    positive = _NEGATED.get(operator)
    origin = derived("mask", mine, positive or operator, theirs)
    return negation(origin) if positive else origin


def beyond_zero(compared: str, operator: str) -> str | None:
    """Return the origin of a mask that compares something with 0: its sum tells of both."""
    for asked_for, prefix in _OF_ZERO.items():
        if operator == asked_for:
            return f"{prefix}{compared}"
        if _NEGATED.get(operator) == asked_for or _NEGATED.get(asked_for) == operator:
            return negation(f"{prefix}{compared}")
    return None
