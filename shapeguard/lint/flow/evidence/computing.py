"""Why a number can be too small although nothing that it is computed from has a reason to be 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.terms import Operation, Symbol, Term, Unlikely, operations

if TYPE_CHECKING:
    from collections.abc import Iterator


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


def lacking(term: Term) -> Iterator[str]:
    """Yield why the smaller of two numbers may be too small: one is an extent less some."""
    match term.parts:
        case ((Operation(name="minimum", operands=bounds), 1),):
            for bound in bounds:
                match bound:
                    case Term(constant=lacks, parts=((Symbol(low=0), 1),)) if lacks < 0:
                        yield f"it is bounded by an extent less {-lacks}, of which there may be no more"
                    case _:
                        continue
        case _:
            return
