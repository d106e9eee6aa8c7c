"""Pieces of ``chunk``: fewer than are asked for where there are fewer rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.algebra import operation
from shapeguard.lint.flow.domain.deduction import given
from shapeguard.lint.flow.domain.predicates import at_most, less
from shapeguard.lint.flow.domain.propositions import TRUE
from shapeguard.lint.flow.domain.terms import ONE, ZERO, Operation, Symbol, Term
from shapeguard.lint.flow.evidence.reasons import Emptiness, Reason
from shapeguard.lint.flow.evidence.witness import search
from shapeguard.lint.flow.syntax.usage import named_parameters

if TYPE_CHECKING:
    from shapeguard.lint.flow.events import Split

_BATCH = 0


def fewer_than_asked_for(event: Split) -> Emptiness | None:
    """Return that rows are cut into as many pieces as there are consumers, each of which takes one.

    Only the batch is suspected to have fewer rows than there are pieces, and what is taken must be
    bounded by the number asked for, which is not written out. As many as a list has members is more
    than a number that somebody passes.
    """
    asked = _asked_for(event.pieces)
    if asked is None or event.consumed is None or event.axis != _BATCH or not event.at_most:
        return None
    extent, number = asked
    if not _is_batch(event, extent):
        return None
    facts = frozenset(event.moment.facts)
    bounds = (number, operation("range_length", ZERO, number, ONE))
    within = (given(at_most(event.consumed, each), facts) for each in bounds)
    if number.known is not None or TRUE not in within:
        return None
    pieces = event.pieces
    assert pieces is not None  # noqa: S101 - `_asked_for` has found its parts
    sizes = search([less(pieces, event.consumed), less(ZERO, extent)], event.moment.facts)
    if sizes is None:
        return None
    listed = any(
        isinstance(each, Symbol) and each.name.startswith("len(") for each, _ in number.parts
    )
    reason = "there may be fewer rows than pieces, and 6 rows make 3 pieces where 4 are asked for"
    return Emptiness(reason, sizes, kind=Reason.BELIEF if listed else Reason.UNLIKELY, extent=None)


def _is_batch(event: Split, extent: Term) -> bool:
    """Say whether an extent is that of an argument: what the function makes may be a multiple."""
    match extent:
        case Term(constant=0, parts=((Symbol(key=key), 1),)):
            given = {
                each.name.value for each in named_parameters(event.site.function.parse().params)
            }
            name = key.partition("#")[0]
            return name in given and "weight" not in name
        case _:
            return False


def _asked_for(pieces: Term | None) -> tuple[Term, Term] | None:
    """Return the extent that is cut, and the number of pieces that are asked for."""
    match pieces:
        case Term(
            constant=0,
            parts=((Operation(name="chunks", operands=(Term() as whole, Term() as n)), 1),),
        ):
            return whole, n
        case _:
            return None
