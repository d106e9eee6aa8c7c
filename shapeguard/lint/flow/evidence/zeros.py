"""Numbers that are 0 by the way they are made: clamped at 0, or rounded down."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.deduction import given
from shapeguard.lint.flow.domain.predicates import equal, less
from shapeguard.lint.flow.domain.propositions import FALSE
from shapeguard.lint.flow.domain.terms import ZERO, Operation, Symbol, Term
from shapeguard.lint.flow.evidence.reasons import Emptiness, Reason
from shapeguard.lint.flow.evidence.witness import search

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.events import Moment
    from shapeguard.lint.flow.program import Function

_ROUNDED = re.compile(
    r"(?:int|round|(?:math|np|numpy)\.floor)\((?!.*\bmax\b).*(?:[*/]).*\)", re.DOTALL
)

_LITERAL = re.compile(r"0?\.\d+")


def made_zero(number: Term, moment: Moment) -> Emptiness | None:
    """Return that a number is clamped at 0, or is rounded down to 0."""
    zero = equal(number, ZERO)
    why = _clamped(number)
    if why and given(zero, frozenset(moment.facts)) != FALSE:
        sizes = search([zero], moment.facts)
        return None if sizes is None else Emptiness(why, sizes)
    return rounded_to_zero(number, moment)


def _clamped(number: Term) -> str:
    match number:
        case Term(constant=0, parts=((Operation(name="maximum", operands=operands), 1),)):
            return "it is clamped at 0" if ZERO in operands else ""
        case _:
            return ""


def rounded_to_zero(number: Term, moment: Moment) -> Emptiness | None:
    """Return that a share of a number may be rounded to 0, unless the facts exclude it.

    How many there are as a rule is not known: the evidence is weak.
    """
    zero = equal(number, ZERO)
    share = _share(number, zero, moment.site.function)
    if share is None or given(zero, frozenset(moment.facts)) == FALSE:
        return None
    reason, goals = share
    sizes = search(goals, moment.facts)
    return None if sizes is None else Emptiness(reason, sizes, kind=Reason.UNLIKELY, near=False)


def _share(
    number: Term, zero: Predicate, function: Function
) -> tuple[str, tuple[Predicate, ...]] | None:
    """Return why a number is rounded to 0, and what holds then."""
    match number:
        case Term(
            constant=0, parts=((Operation(name="quotient", operands=(Term() as whole, _)), 1),)
        ):
            why = "a quotient is 0 where there are fewer than it is divided by"
            return why, (zero, less(ZERO, whole))
        case Term(constant=0, parts=((Operation(name="product", operands=factors), 1),)):
            fraction = any(_is_fraction(each, function) for each in factors)
            return ("a share is rounded to 0 where there are few", ()) if fraction else None
        case Term(constant=0, parts=((Symbol(name=name), 1),)) if _ROUNDED.fullmatch(name):
            return f"`{name}` is rounded to 0 where it is less than 1", (zero,)
        case _:
            return None


def _is_fraction(factor: object, function: Function) -> bool:
    """Say whether a factor is a fraction, or declared to be a number with a point."""
    match factor:
        case Term(constant=0, parts=((Symbol(name=name), 1),)):
            return function.is_float(name) or _LITERAL.fullmatch(name) is not None
        case _:
            return False
