"""Masks: what they are made of, how many elements they select, and what that number is called."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.counts import (
    NOT,
    PRESENT,
    SUM,
    counted,
    finds_in_each_row,
    negation,
    nothing_selected,
    of_number,
    selected,
)
from shapeguard.lint.flow.domain.predicates import negate
from shapeguard.lint.flow.domain.propositions import FALSE, TRUE, IsZero
from shapeguard.lint.flow.domain.sizes import MEMBER
from shapeguard.lint.flow.domain.tensors import Kind, Tensor, Trait
from shapeguard.lint.flow.domain.terms import ZERO, Symbol, Term, symbol
from shapeguard.lint.flow.domain.values import Bool, Choice, Int, Text, Unknown, as_tensor
from shapeguard.lint.flow.shapes.axes import derived
from shapeguard.lint.flow.shapes.comparing import asked, beyond_zero
from shapeguard.lint.flow.syntax.texts import bare, primary

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run

UNIQUE = "unique of "
MEAN = "mean of "
_AT = re.compile(r"\[(-?\d+|Term\(.*\))\]")
"""How the origin of what stands at a position goes on behind that of its list."""
_NO_NUMBER = re.compile(r"not isnan[(:]|isfinite[(:]")
_NO_MASKS = frozenset({Kind.INDEX, Kind.COUNT, Kind.MASKED})
_ADDED = (" + ", " / ")
_OF_LENGTHS = "positions up to a length"
_ORDERS = frozenset({"<", "<=", ">", ">="})
_SYMMETRIC = {"==", "!="}


def mask_of(value: Value, name: str = "") -> Tensor | None:
    """Read a condition as a mask: what is compared may be a tensor."""
    if not isinstance(value, Bool) or value.predicate in (TRUE, FALSE):
        return None
    origin = of_number(value.predicate) or _origin(value.predicate)
    mask = Tensor(origin, name or "mask", traits=(Trait(Kind.MASK),))
    return occurring(mask) if _asks_for_a_member(value.predicate) else mask


def _origin(predicate: Predicate) -> str:
    """Return what the mask of a condition is called: of two opposites one is not the other."""
    mine, theirs = repr(predicate), repr(negate(predicate))
    return derived("mask", mine) if mine < theirs else negation(derived("mask", theirs))


def _asks_for_a_member(predicate: Predicate) -> bool:
    """Say whether a condition is that something unknown equals one of its own members."""
    match predicate:
        case IsZero(
            Term(0, ((Symbol(one), 1 | -1 as sign), (Symbol(other), opposite))), holds=True
        ):
            equality = sign == -opposite
            return equality and (is_member(one, of=other) or is_member(other, of=one))
        case _:
            return False


def is_member(origin: str, *, of: str) -> bool:
    """Say whether an origin is that of a member of something, or of any of its unique values."""
    at = origin.removeprefix(of) if origin.startswith(of) else ""
    return _AT.fullmatch(at) is not None or origin.rstrip("'") in (
        f"{of}{MEMBER}",
        f"{UNIQUE}{of}{MEMBER}",
    )


def tensor_of(value: Value, name: str = "") -> Tensor | None:
    """Read a value as a tensor; a condition as a mask."""
    return mask_of(value, name) or as_tensor(value)


def is_mask(tensor: Tensor) -> bool:
    """Say whether a tensor is a mask, by what it was made of or by its name."""
    if tensor.trait(Kind.MASK) is not None:
        return True
    if any(trait.kind in _NO_MASKS for trait in tensor.traits):
        return False
    if any(operator in tensor.name for operator in _ADDED):
        return False
    return "mask" in tensor.name.rsplit(".", 1)[-1].lower()


def is_sure(mask: Value) -> bool:
    """Say whether a mask was made by asking something, so that more than its name is known.

    Positions up to a length are asked for to leave out what a row is filled up with.
    """
    trait = mask.trait(Kind.MASK) if isinstance(mask, Tensor) else None
    return trait is not None and not trait.why


def _are_positions(value: Value) -> bool:
    made = isinstance(value, Tensor) and value.trait(Kind.INTEGERS) is not None
    return made or (isinstance(value, Tensor) and "arange(" in value.name)


def number_selected(mask: Tensor | Unknown) -> Term:
    """Return how many elements a mask selects."""
    return selected(mask.origin, mask.name, sure=is_sure(mask))


def may_be_mask(run: Run, tensor: Tensor) -> bool:
    """Say whether a tensor is a mask or is asked what a mask is asked."""
    return is_mask(tensor) or run.function.use_of(tensor.name) == "mask"


def count_of(value: Value) -> Int | None:
    """Read the sum of what surely is a mask as an integer."""
    if not isinstance(value, Tensor) or value.rank != 0:
        return None
    sure = value.trait(Kind.COUNT) is not None or value.origin.startswith(f"{SUM}{PRESENT}")
    number = counted(value)
    return number if sure and isinstance(number, Int) else None


def total(mask: Tensor) -> Tensor:
    """Return the sum of what may be a mask: a tensor without axes; for a mask it may be 0."""
    why = nothing_selected(bare(mask.name), sure=is_sure(mask))
    present = mask.origin.startswith(PRESENT) or finds_in_each_row(mask)
    counts = is_mask(mask) and not present
    traits = (Trait(Kind.COUNT, why, mask.origin),) if counts else ()
    return Tensor(f"{SUM}{mask.origin}", mask.name, rank=0, traits=traits)


def mean(mask: Tensor) -> str:
    """Return the origin of the mean of what may be a mask: the share that it selects."""
    return f"{MEAN}{mask.origin}"


def beyond(value: Value, bound: int) -> Int | None:
    """Return by how much the mean of a mask exceeds 0 or 1, times the number of entries.

    It falls short of 1 by those that are not selected.
    """
    if not isinstance(value, Tensor | Unknown) or not value.origin.startswith(MEAN):
        return None
    origin, name = value.origin.removeprefix(MEAN), value.name.removesuffix(".mean()")
    if bound == 0:
        return Int(selected(origin, name))
    mask = complement(Tensor(origin, name, traits=(Trait(Kind.MASK),)))
    return Int(ZERO - selected(mask.origin, mask.name)) if isinstance(mask, Tensor) else None


def complement(value: Value, name: str = "") -> Value:
    """Return the mask that selects what a mask does not; what is unknown may be a number.

    ``name`` is what the source calls what may be the condition of a mask.
    """
    if isinstance(value, Unknown):
        return Unknown(negation(value.origin), f"~{value.name}", value.shape)
    value = mask_of(value, name) or value
    if not isinstance(value, Tensor):
        return value
    if value.origin.startswith(NOT):
        return replace(value, origin=value.origin.removeprefix(NOT))
    trait = Trait(Kind.MASK, about=value.origin)
    return replace(value.turned(negation(value.origin), trait), name=f"~{primary(value.name)}")


def rows(origin: str, axis: int, *, all_of_them: bool) -> str:
    """Return the origin of the mask of rows of which some entry is true, or every one."""
    if all_of_them:
        return negation(rows(negation(origin), axis, all_of_them=False))
    return f"some along {axis} of {origin}"


def entries(tensor: Tensor) -> str:
    """Return the identity of what a tensor holds, of which it may be a part."""
    return "|".join((tensor.origin, *(str(cut.index) for cut in tensor.cuts)))


def compared(shape: Tensor, operator: str, left: Value, right: Value, text: str) -> Tensor:
    """Return the mask that compares two values, with a shape that is already known."""
    mine, theirs = identity_of(left), identity_of(right)
    if operator in _SYMMETRIC and theirs < mine:
        mine, theirs = theirs, mine
    of_zero = None
    if isinstance(left, Tensor | Unknown) and right == Int(ZERO):
        of_zero = beyond_zero(left.origin, operator)
    origin = of_zero or asked(mine, operator, theirs)
    about = left.origin if isinstance(left, Tensor) else ""
    why = (
        _OF_LENGTHS if operator in _ORDERS and _are_positions(left) != _are_positions(right) else ""
    )
    mask = replace(shape.turned(origin, Trait(Kind.MASK, why, about)), name=text)
    occurs = operator == "==" and (_occurs(left, right) or _occurs(right, left))
    return occurring(mask) if occurs else mask


def leaves_numbers(origin: str) -> bool:
    """Say whether a mask of this origin selects what is a number."""
    return _NO_NUMBER.match(origin) is not None


def occurring(mask: Tensor) -> Tensor:
    """Return the mask as one that asks for what occurs: it selects something."""
    if mask.origin.startswith(PRESENT):
        return mask
    return replace(mask, origin=f"{PRESENT}{mask.origin}")


def number_of_unique(positions: Trait) -> Term | None:
    """Return how many unique values there are that positions point at, if they do."""
    if not positions.about.startswith(UNIQUE):
        return None
    return symbol(f"length of {positions.about}", f"len({primary(positions.why)}.unique())")


def _occurs(holder: Value, member: Value) -> bool:
    """Say whether a value is surely one of the entries of a tensor: it was found among them."""
    tensor = as_tensor(holder)
    if tensor is None or not isinstance(member, Tensor | Unknown):
        return False
    unique = member.origin.startswith(f"{UNIQUE}{entries(tensor)}") and "[" in member.origin
    return unique or is_member(member.origin, of=entries(tensor))


def identity_of(value: Value) -> str:
    """Return an identity for what a value is, entries included."""
    match value:
        case Tensor():
            return entries(value)
        case Unknown(origin):
            return origin
        case Int(term):
            return repr(term)
        case Text(text):
            return text
        case Choice(alternatives):
            return "/".join(identity_of(leaf) for _, leaf in alternatives)
        case _:
            return repr(value)
