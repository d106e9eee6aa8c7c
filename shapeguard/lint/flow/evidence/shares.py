"""Shares: parts that a list of sizes cuts out of an axis, one of which may be 0.

Nothing but the list says so, which is weak. It counts for a piece of a split, and for a slice from a
running offset to the offset plus a size. Whatever holds of the sizes on the path is respected.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.deduction import given
from shapeguard.lint.flow.domain.numbers import BOUNDS
from shapeguard.lint.flow.domain.predicates import at_most, equal
from shapeguard.lint.flow.domain.propositions import (
    FALSE,
    AtMostZero,
    EveryMember,
    IsZero,
    literals,
    opaque_keys,
    unknowns,
)
from shapeguard.lint.flow.domain.sizes import MEMBER
from shapeguard.lint.flow.domain.tensors import Slice
from shapeguard.lint.flow.domain.terms import (
    ZERO,
    Operation,
    Sizes,
    Symbol,
    Term,
    atoms,
    operations,
)
from shapeguard.lint.flow.evidence.reasons import Emptiness, Reason
from shapeguard.lint.flow.evidence.witness import search

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.tensors import Cut, Tensor
    from shapeguard.lint.flow.domain.terms import Atom
    from shapeguard.lint.flow.events import Moment


def empty_share(tensor: Tensor, moment: Moment, axis: int | None = None) -> Emptiness | None:
    """Return the evidence that a tensor is a share of a list of sizes that may be 0."""
    wanted = None if axis is None else tensor.axis(axis)
    for cut in tensor.cuts:
        if wanted not in (None, cut.axis) or cut.after != tensor.extent(cut.axis):
            continue
        size = _size(cut)
        reason = None if size is None else _reason(size)
        if size is None or reason is None:
            continue
        nothing, empty = at_most(Term(0, ((size, 1),)), ZERO), equal(cut.after, ZERO)
        if _excluded(size, nothing, moment.facts):
            continue
        sizes = search([nothing, empty], moment.facts)
        if sizes is not None:
            return Emptiness(reason, sizes, cut.trail, Reason.SHARE, near=cut.axis == 0)
    return None


def empty_size(extent: Term, moment: Moment) -> Emptiness | None:
    """Return the evidence that an extent, measured of a share, is 0: it is a size in a list of sizes."""
    match extent:
        case Term(constant=0, parts=((size, 1),)) if (reason := _reason(size)) is not None:
            nothing = at_most(extent, ZERO)
        case _:
            return None
    if _excluded(size, nothing, moment.facts):
        return None
    sizes = search([nothing], moment.facts)
    return None if sizes is None else Emptiness(reason, sizes, kind=Reason.SHARE)


def _size(cut: Cut) -> Atom | None:
    """Return the size of which a cut leaves a share: that of the piece, or from offset to offset."""
    length = cut.after
    if isinstance(cut.index, Slice):
        start, stop = cut.index.start, cut.index.stop
        if start is None or stop is None or not is_running(start):
            return None
        length = stop - start
    elif not cut.piece:
        return None
    match length:
        case Term(constant=0, parts=((atom, 1),)):
            return atom
        case _:
            return None


def is_running(offset: Term) -> bool:
    """Say whether a number moves in a loop."""
    return any(isinstance(each, Symbol) and "~" in each.key for each in atoms(offset))


def _reason(size: Atom) -> str | None:
    """Say that a size may be 0, if it is a member of a list that was not computed of another."""
    match size:
        case Operation(name="member", operands=(Sizes(key=key, name=name), _)) if "(" not in key:
            return f"a size in `{name}` may be 0"
        case Symbol(key=key, name=name) if "(" not in key and key.rstrip("'").endswith(MEMBER):
            owner = name.removesuffix("[i]")
            return (
                f"the size `{name}` may be 0" if owner == name else f"a size in `{owner}` may be 0"
            )
        case _:
            return None


def _excluded(size: Atom, nothing: Predicate, facts: tuple[Predicate, ...]) -> bool:
    """Say whether the path tells that a size is not 0, or of its list what cannot be tried.

    A test of another member of the list, at another place in it, may well be a test of this one.
    """
    if given(nothing, facts) == FALSE:
        return True
    owner = _key_of_list(size)
    word = re.compile(rf"(?<![\w.]){re.escape(owner)}(?!\w)")
    own = {size.key if isinstance(size, Symbol) else "", f"{owner}#0"}
    for fact in facts:
        if isinstance(fact, EveryMember) and fact.sizes.key == owner and isinstance(size, Symbol):
            return True
        keys = {each.key for each in unknowns(fact) if isinstance(each, Symbol)}
        if any(word.search(key) for key in (keys | opaque_keys(fact)) - own):
            return True
        if any(_is_another(atom, size, owner) for atom in _atoms_in(fact)):
            return True
    return False


def _key_of_list(size: Atom) -> str:
    match size:
        case Symbol(key=key):
            return key.partition(MEMBER)[0]
        case Operation(operands=(Sizes(key=key), *_)):
            return key
        case _:
            return ""


def _is_another(atom: Atom, size: Atom, owner: str) -> bool:
    match atom:
        case Operation(name="member", operands=(Sizes(key=key), _)):
            return key == owner and atom != size
        case Operation(name=name, operands=(Sizes(key=key),)) if name in BOUNDS:
            return key == owner
        case _:
            return False


def _atoms_in(fact: Predicate) -> Iterator[Atom]:
    for literal in literals(fact):
        if isinstance(literal, AtMostZero | IsZero):
            yield from operations(literal.term)
