"""Small positive numbers, which keep others from being 0: literals, and what is called so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain.terms import number
from shapeguard.lint.flow.domain.values import Int, Unknown

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run

_SMALL = frozenset({"eps", "epsilon", "tiny", "smooth", "smoothing"})
_FRACTION = "fraction "
_CLOSE = 0.01


def literal(_: Run, node: cst.Float) -> Value:
    """Evaluate a literal with a point; the same one is the same value everywhere."""
    value = float(node.value.replace("_", ""))
    if value.is_integer():
        return Int(number(int(value)))
    return Unknown(f"{_FRACTION if 0 < value < 1 else 'float '}{value!r}", node.value)


def positive_literal(value: Value) -> bool:
    """Say whether a value is a literal between 0 and 1."""
    return isinstance(value, Unknown) and value.origin.startswith(_FRACTION)


def is_positive(value: Value) -> bool:
    """Say whether a value is a small positive number, that keeps others from being 0."""
    if not isinstance(value, Unknown):
        return False
    last = value.name.rpartition(".")[2].strip("_").lower()
    return positive_literal(value) or last in _SMALL


def asks_of_float(value: Value, bound: cst.BaseExpression) -> bool:
    """Say whether an unknown number is compared with a literal that only floats have beside them.

    ``x < 1.0`` says nothing about ``x`` being 0; a literal close to 0 asks just that.
    """
    if not isinstance(value, Unknown) or not isinstance(bound, cst.Float):
        return False
    return abs(float(bound.value.replace("_", ""))) > _CLOSE
