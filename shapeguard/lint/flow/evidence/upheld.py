"""Numbers of which the form says that they are not 0, whatever stands in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.algebra import operation
from shapeguard.lint.flow.domain.deduction import given
from shapeguard.lint.flow.domain.predicates import at_most, equal, less
from shapeguard.lint.flow.domain.propositions import FALSE, TRUE
from shapeguard.lint.flow.domain.terms import ONE, ZERO, Operation, Sizes, Term
from shapeguard.lint.flow.evidence.causes import reasons

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.domain.propositions import Predicate


def is_held_up(term: Term, facts: frozenset[Predicate]) -> bool:
    """Say whether a number is the largest of some, for one of which nothing tells that it may be 0."""
    match term:
        case Term(constant=0, parts=((Operation(name="maximum", operands=operands), 1),)):
            return any(
                next(reasons(each), None) is None and given(at_most(each, ZERO), facts) != TRUE
                for each in operands
                if isinstance(each, Term)
            )
        case _:
            return False


def is_share_with_rows(term: Term, facts: frozenset[Predicate]) -> bool:
    """Say whether a number is that of the rows of a share, whose bounds the facts keep apart.

    That what is cut has fewer rows than the sizes say is another matter.
    """
    match term:
        case Term(
            constant=0,
            parts=(
                (
                    Operation(
                        name="slice_length",
                        operands=(Term() as whole, Term() as start, Term() as stop),
                    ),
                    1,
                ),
            ),
        ) if next(reasons(whole), None) is None:
            sizes = (stop - start, *_single_size(start, stop))
            return any(given(equal(each, ZERO), facts) == FALSE for each in sizes) or (
                given(less(start, stop), facts) == TRUE
            )
        case _:
            return False


def _single_size(start: Term, stop: Term) -> Iterator[Term]:
    """Yield the size in a list of sizes that lies between two of their running sums."""
    match start.parts, stop.parts:
        case (
            ((Operation(name="range_sum", operands=(Sizes() as mine, _, Term() as first)), 1),),
            ((Operation(name="range_sum", operands=(Sizes() as theirs, _, Term() as end)), 1),),
        ) if mine == theirs and end - first == ONE:
            yield operation("member", mine, first)
        case _:
            return
