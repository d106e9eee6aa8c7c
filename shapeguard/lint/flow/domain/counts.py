"""How many elements a mask selects, what that number is called, and which sums are that number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.algebra import operation
from shapeguard.lint.flow.domain.tensors import Tensor
from shapeguard.lint.flow.domain.terms import Symbol, Unlikely, symbol
from shapeguard.lint.flow.domain.values import Int
from shapeguard.lint.flow.syntax.texts import bare, primary

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.domain.values import Value

SUM = "sum of "
PRESENT = "present "
_SURELY_FOUND = re.compile(
    r"(?P<whole>.+) == (?:(?P=whole)\.(?:a?max|a?min)\(.*\)|torch\.a?(?:max|min)\((?P=whole)\))"
    r"|(?P<held>.+) [<>]= (?P=held)\[.+|.+ == [\w.]+\[-?\d+\]"
)
"""The largest of all is one of them, and a member of something is looked for where it was put."""
_ROWS = re.compile(r"some along -?\d+ of ")


def selected(origin: str, name: str) -> Term:
    """Return the number of true elements of a mask; at least 1 if it asks for what occurs.

    The rows of a mask of which some entry is true are no more than its true entries, and none only
    where there is none of those.
    """
    if (of_rows := _ROWS.match(origin)) is not None:
        rows = symbol(f"count({origin})", f"{primary(bare(name))}.sum()", low=1)
        return operation("minimum", selected(origin[of_rows.end() :], name), rows)
    name = bare(name)
    key = f"count({origin})"
    count = f"{primary(name)}.sum()"
    if origin.startswith(PRESENT):
        return symbol(key, count, low=1)
    why = f"`{name}` may select nothing"
    return symbol(key, count, why=Unlikely(why) if _SURELY_FOUND.fullmatch(name) else why)


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
