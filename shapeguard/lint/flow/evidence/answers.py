"""Conditions that have one possible answer: what is asked does not depend on the tensor."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.values import Int, Missing, Shape
from shapeguard.lint.flow.syntax.words import BOUNDS

if TYPE_CHECKING:
    from shapeguard.lint.flow.events import Condition

_EQUALS, _DIFFERS = ("==", "is"), ("!=", "is not")
_COUNT = re.compile(r"len\(.*\)|.*\.(numel\(\)|size\([^()]+\)|shape\[[^\[\]]+\])", re.DOTALL)


def only_answer(event: Condition) -> tuple[bool, str] | None:
    """Return the only answer that a condition has, and why."""
    value, operator = event.value, event.operator
    compared = operator in (*_EQUALS, *_DIFFERS)
    if event.uncalled and (not operator or (compared and isinstance(event.other, Int | Missing))):
        return operator not in _EQUALS, f"the method `{event.uncalled}` is not called"
    if isinstance(value, Shape) and not operator and value.tensor.rank:
        return True, f"a shape with {value.tensor.rank} axes is true, whatever the extents are"
    if isinstance(value, Shape) and compared:
        kind = "list" if event.listed else "number"
        if event.listed or isinstance(event.other, Int):
            return operator not in _EQUALS, f"a shape is a tuple, which equals no {kind}"
    if isinstance(value, Int) and isinstance(event.other, Int) and _COUNT.fullmatch(event.name):
        answer = BOUNDS.get(f"{operator} {event.other.term.known}")
        return None if answer is None else (answer, "no length is negative")
    return None
