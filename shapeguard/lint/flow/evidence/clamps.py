"""Numbers that are clamped at 0, ``max(0, end - start)``: what they were before, and what that tells.

A clamp says that the number may be negative; it repairs this number and nothing that it was
computed from, so that a start beyond the end stays there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.predicates import any_of, less
from shapeguard.lint.flow.domain.terms import ZERO, Operation, Term, atoms, operations
from shapeguard.lint.flow.evidence.remembering import tested

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import libcst as cst

    from shapeguard.lint.flow.run import Run


def clamping(run: Run, node: cst.CSTNode, terms: Iterable[Term]) -> None:
    """Remember that the largest of numbers, 0 among them, asks whether the others are negative."""
    given = list(terms)
    if ZERO in given:
        negative = any_of(
            less(part, ZERO) for term in given for part in _smallest_of(term) if part != ZERO
        )
        tested(run, node, negative)


def ends_of(start: Term, length: Term) -> Iterator[Term]:
    """Yield the ends that a clamped length was measured against, from ``start`` on."""
    begun = set(atoms(start))
    if not begun:
        return
    for atom in operations(length):
        if not isinstance(atom, Operation) or atom.name != "maximum" or ZERO not in atom.operands:
            continue
        for operand in atom.operands:
            for part in _smallest_of(operand) if isinstance(operand, Term) else ():
                end = part + start
                if begun <= set(atoms(part)) and not begun & set(atoms(end)):
                    yield end


def _smallest_of(term: Term) -> Iterator[Term]:
    """Yield the numbers of which a term is the smallest; a term that is no minimum is its own."""
    match term:
        case Term(constant=0, parts=((Operation(name="minimum", operands=operands), 1),)):
            for operand in operands:
                if isinstance(operand, Term):
                    yield from _smallest_of(operand)
        case _:
            yield term
