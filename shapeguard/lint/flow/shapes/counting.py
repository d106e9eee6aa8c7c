"""Counts in tensors: what they are made of, what keeps an entry that may be 0, what repairs it.

A mask counts by its sum; so does what was multiplied by a mask, whose entries are 0 wherever the mask
selects nothing. A quotient remembers what it was divided by, until the NaN of a zero is dealt with.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.counts import (
    PRESENT,
    finds_in_each_row,
    is_by_name,
    nothing_selected,
)
from shapeguard.lint.flow.domain.propositions import Opaque
from shapeguard.lint.flow.domain.tensors import Kind, Tensor, Trait
from shapeguard.lint.flow.domain.values import Int
from shapeguard.lint.flow.shapes.masks import is_mask, is_sure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapeguard.lint.flow.domain.values import Value

DIVIDE = "divide"
_OPERATORS = {
    "mul": "multiply",
    "div": DIVIDE,
    "true_divide": DIVIDE,
    "floor_divide": DIVIDE,
}
KEPT_BY_ITEMS = (Kind.COUNT, Kind.MASKED, Kind.QUOTIENT)
"""What is known of all entries is known of some of them."""


def operator_of(node: cst.CSTNode) -> str:
    """Name an operation by its operator or its function, in place or not: ``multiply``, ``add``."""
    match node:
        case cst.BinaryOperation(operator=operator) | cst.AugAssign(operator=operator):
            return type(operator).__name__.removesuffix("Assign").lower()
        case cst.Call(func=cst.Attribute(attr=attr)):
            name = attr.value.rstrip("_")
            return _OPERATORS.get(name, name)
        case _:
            return ""


def combined(operator: str, values: tuple[Value, ...]) -> tuple[Trait, ...]:
    """Return what is known of the entries of a sum, a product or a quotient."""
    match operator:
        case "add":
            return _all_counts(values)
        case "multiply":
            return (*_first(values, Kind.COUNT), *_masked(values))
        case "divide" if len(values) > 1:
            return (*_first(values[:1], Kind.COUNT), *_quotient(values[1]))
        case _:
            return ()


def _tensors(values: Iterable[Value]) -> Iterable[Tensor]:
    leaves = (leaf for value in values for _, leaf in merge.alternatives(value))
    return (leaf for leaf in leaves if isinstance(leaf, Tensor))


def _first(values: Iterable[Value], kind: Kind) -> tuple[Trait, ...]:
    found = (trait for each in _tensors(values) if (trait := each.trait(kind)) is not None)
    return tuple(islice(found, 1))


def _all_counts(values: tuple[Value, ...]) -> tuple[Trait, ...]:
    """Return the trait of a sum: it is 0 only if all of its parts can be."""
    for value in values:
        for _, leaf in merge.alternatives(value):
            if not isinstance(leaf, Tensor) or leaf.trait(Kind.COUNT) is None:
                return ()
    return _first(values, Kind.COUNT)


def _masked(values: tuple[Value, ...]) -> tuple[Trait, ...]:
    masks = [each for each in _tensors(values) if selects(each)]
    if not masks:
        return _first(values, Kind.MASKED)
    if len(masks) == len(values):
        return (Trait(Kind.MASK, "" if all(map(is_sure, masks)) else "made of others"),)
    if finds_in_each_row(masks[0]):
        return _first(values, Kind.MASKED)
    why = nothing_selected(masks[0].name, sure=is_sure(masks[0]))
    return (Trait(Kind.MASKED, why, masks[0].origin),)


def selects(tensor: Tensor) -> bool:
    """Say whether a tensor surely is a mask, of which nothing says that it selects something."""
    return is_mask(tensor) and not tensor.origin.startswith(PRESENT)


def _quotient(divisor: Value) -> tuple[Trait, ...]:
    for _, leaf in merge.alternatives(divisor):
        if isinstance(leaf, Tensor | Int):
            return (Trait(Kind.QUOTIENT, about=identity_of_divisor(leaf)),)
    return ()


def identity_of_divisor(divisor: Tensor | Int) -> str:
    """Return what tells one divisor apart from others."""
    return divisor.origin if isinstance(divisor, Tensor) else repr(divisor.term)


def zero_entries(origin: str) -> Opaque:
    """Return the condition that an entry of the tensor of this origin is 0."""
    return Opaque(f"zero({origin})")


def summed(tensor: Tensor, *, along: bool) -> tuple[Trait, ...]:
    """Return what is known of a sum over some axes, or over all of them if not ``along``."""
    masked, count = tensor.trait(Kind.MASKED), tensor.trait(Kind.COUNT)
    if masked is not None:
        sure = not is_by_name(masked.why)
        why = f"a row of {nothing_selected(tensor.name, sure=sure)}" if along else masked.why
        return (Trait(Kind.COUNT, why, "" if along else masked.about),)
    return (count,) if along and count is not None else ()


def accumulated(tensor: Tensor) -> tuple[Trait, ...]:
    """Return what is known of running sums: the first ones are 0 until something is counted."""
    if tensor.trait(Kind.COUNT) is not None or tensor.trait(Kind.MASKED) is not None:
        about = tensor.trait(Kind.MASKED)
        why = about.why if about is not None else f"`{tensor.name}` may count nothing"
        return (Trait(Kind.COUNT, why),)
    why = nothing_selected(tensor.name, sure=is_sure(tensor))
    return (Trait(Kind.COUNT, why),) if selects(tensor) else ()


def quotient_of(tensor: Tensor) -> tuple[Trait, ...]:
    """Return what a tensor was divided by: NaN stays NaN in whatever is computed of it."""
    return tensor.traits_of(Kind.QUOTIENT)


def some_of(tensor: Tensor) -> tuple[Trait, ...]:
    """Return what is known of some entries of a tensor."""
    return tensor.traits_of(*KEPT_BY_ITEMS)
