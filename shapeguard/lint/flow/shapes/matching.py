"""Masks that compare all entries of a tensor with all values that occur in it.

Each of the values is that of some entry, and each entry has one of them: neither a row nor a column of
such a mask selects nothing. Some of the entries, or of the values, would be another matter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.tensors import Kind, Tensor, Trait
from shapeguard.lint.flow.domain.values import as_tensor
from shapeguard.lint.flow.shapes.masks import UNIQUE, entries

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.values import Value

ANY_PIECE = "any piece"
"""How the origin begins that all pieces of a tensor have in common, although they are not the same."""
_BEHIND = 2
_EQUAL = frozenset({"==", "eq", "equal"})


def matched(operator: str, values: tuple[Value, ...]) -> tuple[Trait, ...]:
    """Return what is known of a mask that compares two values: one is of all that occur in the other."""
    if operator not in _EQUAL or len(values) != 2:  # noqa: PLR2004 - both sides of a comparison
        return ()
    one, other = values
    return _of_all_in(one, other) or _of_all_in(other, one)


def _of_all_in(holder: Value, unique: Value) -> tuple[Trait, ...]:
    whole = as_tensor(holder)
    if whole is None or not isinstance(unique, Tensor) or whole.origin.startswith(ANY_PIECE):
        return ()
    if entries(unique) != f"{UNIQUE}{entries(whole)}":
        return ()
    if (unique.rank or 0) > _BEHIND:
        return ()  # of several parts of a batch each may be without one of the values
    return (Trait(Kind.MATCHED, about="rows" if unique.rank is None else ""),)


def matched_rows(mask: Tensor, axis: int) -> tuple[Trait, ...]:
    """Return what is known of a mask of whole rows where all entries along an axis behind are equal."""
    found = mask.trait(Kind.MATCHED)
    if found is None or found.about != "rows":
        return ()
    behind = axis == -1 if mask.rank is None else mask.axis(axis) == mask.rank - 1 == _BEHIND
    return (Trait(Kind.MATCHED),) if behind else ()
