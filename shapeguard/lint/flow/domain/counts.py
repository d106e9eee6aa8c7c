"""How many elements a mask selects, what that number is called, and which sums are that number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.algebra import operation
from shapeguard.lint.flow.domain.propositions import AtMostZero, IsZero
from shapeguard.lint.flow.domain.tensors import Kind, Tensor
from shapeguard.lint.flow.domain.terms import Symbol, Term, Unlikely, symbol
from shapeguard.lint.flow.domain.values import Int
from shapeguard.lint.flow.syntax.texts import bare, primary

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.values import Value

SUM = "sum of "
PRESENT = "present "
POSITIVE = "positive in "
NONZERO = "nonzero in "
NOT = "not "
_BY_NAME = ", as masks do"
_ROWS = re.compile(r"some along -?\d+ of ")
_BEYOND_ZERO = re.compile(rf"count\((?:{POSITIVE}|{NONZERO})(.*)\)")
_SURELY_FOUND = re.compile(
    r"(?P<whole>.+) == (?:(?P=whole)\.(?:a?max|a?min)\(.*\)|torch\.a?(?:max|min)\((?P=whole)\))"
    r"|(?P<held>.+) [<>]= (?P=held)\[.+|.+ == [\w.]+\[-?\d+\]"
    r"|(?P<all>.+) [<>]= (?:(?P=all)\.|torch\.)(?:max|min|mean|median)\(.*\)"
)
"""The largest of all is one of them, something is not below their mean, and a member of something is
looked for where it was put."""


def nothing_selected(name: str, *, sure: bool = True) -> str:
    """Return the reason that a mask is true nowhere; what is called a mask need not be ``sure``."""
    return f"`{name}` may select nothing{'' if sure else _BY_NAME}"


def finds_in_each_row(mask: Tensor) -> bool:
    """Say whether no row and no column of a mask selects nothing, as far as it may be a matrix."""
    return mask.trait(Kind.MATCHED) is not None and mask.rank in (None, 2)


def is_by_name(why: str) -> bool:
    """Say whether a reason is that of a mask of which no more than the name is known."""
    return why.endswith(_BY_NAME)


def selected(origin: str, name: str, *, sure: bool = True) -> Term:
    """Return the number of true elements of a mask; at least 1 if it asks for what occurs.

    The rows of a mask of which some entry is true are no more than its true entries, and none only
    where there is none of those.
    """
    if (of_parts := _ROWS.match(origin)) is not None:
        some = symbol(f"count({origin})", f"{primary(bare(name))}.sum()", low=1)
        return operation("minimum", selected(origin[of_parts.end() :], name, sure=sure), some)
    name = bare(name)
    key = f"count({origin})"
    count = f"{primary(name)}.sum()"
    if origin.startswith(PRESENT):
        return symbol(key, count, low=1)
    why = nothing_selected(name, sure=sure)
    return symbol(key, count, why=Unlikely(why) if _SURELY_FOUND.fullmatch(name) else why)


def sum_beside(count: Symbol) -> Term | None:
    """Return the sum of a tensor of which a mask selects what is beyond 0: that is 0 as well."""
    found = _BEYOND_ZERO.fullmatch(count.key)
    return None if found is None else symbol(f"count({found[1]})", count.name)


def counted(value: Value) -> Value:
    """Read the sum of what may be a mask, a tensor without axes, as the number that a test compares."""
    if isinstance(value, Tensor) and value.rank == 0 and value.origin.startswith(SUM):
        count = value.trait(Kind.COUNT)
        sure = count is None or not is_by_name(count.why)
        return Int(selected(value.origin.removeprefix(SUM), value.name, sure=sure))
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


def negation(origin: str) -> str:
    """Return the origin of the mask that selects what the one of this origin does not."""
    return origin.removeprefix(NOT) if origin.startswith(NOT) else f"{NOT}{origin}"


def of_number(predicate: Predicate) -> str | None:
    """Return the origin of a mask that compares something unknown with 0."""
    match predicate:
        case AtMostZero(Term(1, ((Symbol(key), -1),))) | AtMostZero(
            Term(0, ((Symbol(key), -1),)), strict=True
        ):
            return f"{POSITIVE}{key}"
        case AtMostZero(Term(0, ((Symbol(key), 1),)), strict=False):
            return negation(f"{POSITIVE}{key}")
        case IsZero(Term(0, ((Symbol(key), 1 | -1),)), holds):
            return negation(f"{NONZERO}{key}") if holds else f"{NONZERO}{key}"
        case _:
            return None
