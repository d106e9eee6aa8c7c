"""How many elements a mask selects, what that number is called, and which sums are that number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.algebra import operation
from shapeguard.lint.flow.domain.tensors import Tensor
from shapeguard.lint.flow.domain.terms import Symbol, symbol
from shapeguard.lint.flow.domain.values import Int

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.domain.values import Value

SUM = "sum of "
PRESENT = "present "
_ROWS = re.compile(r"some along -?\d+ of ")


def selected(origin: str, name: str) -> Term:
    """Return the number of true elements of a mask; at least 1 if it asks for what occurs.

    The rows of a mask of which some entry is true are no more than its true entries, and none only
    where there is none of those.
    """
    if (of_rows := _ROWS.match(origin)) is not None:
        rows = symbol(f"count({origin})", f"{name}.sum()", low=1)
        return operation("minimum", selected(origin[of_rows.end() :], name), rows)
    name = bare(name)
    key = f"count({origin})"
    count = f"{name}.sum()" if is_primary(name) else f"({name}).sum()"
    if origin.startswith(PRESENT):
        return symbol(key, count, low=1)
    return symbol(key, count, why=f"`{name}` may select nothing")


def bare(text: str) -> str:
    """Return an expression without parentheses around all of it."""
    while text.startswith("(") and _closing(text) == len(text) - 1:
        text = text[1:-1]
    return text


def _closing(text: str) -> int | None:
    """Return where the parenthesis at the start is closed."""
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return place
    return None


def is_primary(text: str) -> bool:
    """Say whether an expression needs no parentheses in front of an attribute."""
    return re.fullmatch(r"[\w.]+(\([^()]*\)|\[[^\[\]]*\])?", text) is not None


def counted(value: Value) -> Value:
    """Read the sum of what may be a mask, a tensor without axes, as the number that a test compares."""
    if isinstance(value, Tensor) and value.rank == 0 and value.origin.startswith(SUM):
        return Int(selected(value.origin.removeprefix(SUM), value.name))
    return value


def number_of(total: Tensor) -> Int | None:
    """Read the sum of what may be a mask as the number that it selects, but as no reason for a 0."""
    if total.rank != 0 or not total.origin.startswith(SUM):
        return None
    mask = total.origin.removeprefix(SUM)
    number = selected(mask, total.name)
    match number.parts:
        case ((Symbol(key=key, name=name, low=low), 1),):
            return Int(symbol(key, name, low))
        case _:
            return Int(number)
