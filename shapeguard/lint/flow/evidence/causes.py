"""What makes a number small: the reasons that its symbols carry, and whether one is the cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.algebra import factors_of
from shapeguard.lint.flow.domain.predicates import at_most, less
from shapeguard.lint.flow.domain.propositions import TRUE, AtMostZero, IsZero
from shapeguard.lint.flow.domain.terms import (
    ONE,
    ZERO,
    Operation,
    Sizes,
    Symbol,
    Term,
    Unlikely,
    operations,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.terms import Atom


def reason_why(
    zero: Predicate, own: Mapping[Atom, Atom], subtracted: frozenset[Atom]
) -> tuple[Atom, str] | None:
    """Return why a term can be what a condition says; a sum is 0 only if all its parts are.

    ``own`` are the atoms of the term, which have names and reasons of their own. That a number is
    small which is ``subtracted`` does not make a difference small.
    """
    if not isinstance(zero, IsZero | AtMostZero):
        return None
    parts = tuple((own.get(atom, atom), coefficient) for atom, coefficient in zero.term.parts)
    found = [next(reasons(Term(0, (part,))), None) for part in parts if part[0] not in subtracted]
    if is_sum(zero) and None in found:
        return None
    return next((reason for reason in found if reason is not None), None)


def few_of(atom: Atom) -> Predicate:
    """Return that there are few of what is the reason that a number is small."""
    return at_most(Term(0, ((atom, 1),)), ONE) if isinstance(atom, Symbol) else TRUE


def is_sum(zero: Predicate) -> bool:
    """Say whether several numbers must be 0 at once."""
    parts = zero.term.parts if isinstance(zero, IsZero | AtMostZero) else ()
    return len(parts) > 1 and len({coefficient > 0 for _, coefficient in parts}) == 1


def subtracted(term: Term) -> frozenset[Atom]:
    """Return what a number, or a factor of it, has been lessened by."""
    parts = (part for factor in factors_of(term) for part in factor.parts)
    return frozenset(atom for atom, coefficient in parts if coefficient < 0)


def reasons(term: Term) -> Iterator[tuple[Atom, str]]:
    """Yield what may be 0 in a term, and why."""
    for atom in operations(term):
        if isinstance(atom, Symbol) and atom.why:
            yield atom, atom.why
        elif isinstance(atom, Operation) and atom.name == "range_sum":
            sizes, _, stop = atom.operands
            if isinstance(sizes, Sizes) and stop is not None:
                yield atom, f"a size in `{sizes.name}` may be 0"


def own_reasons(term: Term) -> Iterator[str]:
    """Yield why a number can be 0 although nothing that it is computed from is."""
    match term:
        case Term(constant=0, parts=((Operation(name="remainder"), _),)):
            yield "a remainder is 0 where nothing is left over"
        case _:
            pass
    for atom in operations(term):
        if not isinstance(atom, Operation):
            continue
        if atom.name == "combinations":
            yield "there may be fewer members than are combined"
        start = atom.operands[0]
        if atom.name == "range_length" and isinstance(start, Term) and (start.known or 0) > 0:
            yield Unlikely(f"a range from {start.known} does not run for {start.known}")


def lacking(term: Term) -> Iterator[tuple[str, Predicate]]:
    """Yield why a number may be too small, and what holds then, if it is for this reason.

    It is bounded by an extent less some, or is a share of one that may be smaller than what divides it.
    """
    match term.parts:
        case ((Operation(name="minimum", operands=bounds), 1),):
            for bound in bounds:
                match bound:
                    case Term(constant=lacks, parts=((Symbol(low=0), 1),)) if lacks < 0:
                        why = f"it is bounded by an extent less {-lacks}, of which there may be no more"
                        yield why, TRUE
                    case _:
                        continue
        case (
            (Operation(name="quotient", operands=(Term(parts=(_,)) as whole, Term(parts=(_,)))), 1),
        ):
            yield "a quotient is 0 where there are fewer than it is divided by", less(ZERO, whole)
        case _:
            return
