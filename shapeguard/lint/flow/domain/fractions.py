"""Numbers with a point: literals and how they compare, small ones that keep others from being 0."""

from __future__ import annotations

import operator as operators
import re
from fractions import Fraction
from math import isfinite
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain.operators import MIRRORED, ORDERS
from shapeguard.lint.flow.domain.predicates import at_most, less
from shapeguard.lint.flow.domain.propositions import FALSE, TRUE
from shapeguard.lint.flow.domain.terms import ONE, ZERO, number
from shapeguard.lint.flow.domain.values import Int, Unknown, as_term, describe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run

_SMALL = frozenset({"eps", "epsilon", "tiny", "smooth", "smoothing"})
_FRACTION = "fraction "
_FLOAT = "float "
_WRITTEN = re.compile(rf"(?:{_FRACTION}|{_FLOAT})(-?(?:inf|[\d.]+(?:e[+-]?\d+)?))")
_CLOSE = 0.01
_RELATIONS: Mapping[type[cst.BaseCompOp], Callable[[float, float], bool]] = {
    cst.LessThan: operators.lt,
    cst.LessThanEqual: operators.le,
    cst.GreaterThan: operators.gt,
    cst.GreaterThanEqual: operators.ge,
    cst.Equal: operators.eq,
    cst.NotEqual: operators.ne,
}


def literal(_: Run, node: cst.Float) -> Value:
    """Evaluate a literal with a point."""
    return value_of(node)


def value_of(node: cst.Float) -> Value:
    """Return the value of a literal with a point; the same one is the same value everywhere."""
    value = float(node.value.replace("_", ""))
    if value.is_integer():
        return Int(number(int(value)))
    return Unknown(f"{_FRACTION if 0 < value < 1 else _FLOAT}{value!r}", node.value)


def number_of(value: Value) -> float | None:
    """Return the number that a literal is, with a point or without one."""
    match value:
        case Int(term):
            return term.known
        case Unknown(origin) if (written := _WRITTEN.fullmatch(origin)) is not None:
            return float(written[1])
        case _:
            return None


def negative(value: Value) -> Value | None:
    """Return the opposite of a number, as far as it is known."""
    if isinstance(value, Int):
        return Int(value.term.scaled(-1))
    known = number_of(value)
    return None if known is None else Unknown(f"{_FLOAT}{-known!r}", f"-{describe(value)}")


def positive_literal(value: Value) -> bool:
    """Say whether a value is a literal between 0 and 1."""
    return isinstance(value, Unknown) and value.origin.startswith(_FRACTION)


def is_positive(value: Value) -> bool:
    """Say whether a value is a small positive number, that keeps others from being 0."""
    if not isinstance(value, Unknown):
        return False
    words = (text.rpartition(".")[2].strip("_").lower() for text in (value.name, value.origin))
    return positive_literal(value) or not _SMALL.isdisjoint(words)


def asks_of_float(value: Value, bound: cst.BaseExpression) -> bool:
    """Say whether an unknown number is compared with a literal that only floats have beside them.

    ``x < 1.0`` says nothing about ``x`` being 0; a literal close to 0 asks just that.
    """
    if not isinstance(value, Unknown) or not isinstance(bound, cst.Float):
        return False
    if number_of(value) is not None or value.real:
        return False
    return abs(float(bound.value.replace("_", ""))) > _CLOSE


def of_numbers(left: Value, operator: cst.BaseCompOp, right: Value) -> Predicate | None:
    """Compare two numbers that are known."""
    holds, mine, theirs = _RELATIONS.get(type(operator)), number_of(left), number_of(right)
    if holds is None or mine is None or theirs is None:
        return None
    return TRUE if holds(mine, theirs) else FALSE


def of_reals(left: Value, operator: cst.BaseCompOp, right: Value) -> Predicate | None:
    """Compare a number that need not be an integer with a literal."""
    bound, order = number_of(right), ORDERS.get(type(operator))
    if bound is None and number_of(left) is not None:
        mirrored = MIRRORED.get(type(operator), type(operator))
        return of_reals(right, mirrored(), left)
    term = as_term(left)
    if bound is None or order is None or term is None or not term.real or not isfinite(bound):
        return None
    if 0 < abs(bound) <= _CLOSE:
        return _beyond(term, operator, positive=bound > 0)
    exact = Fraction(repr(bound))
    return order(term.scaled(exact.denominator), number(exact.numerator))


def _beyond(term: Term, operator: cst.BaseCompOp, *, positive: bool) -> Predicate | None:
    """Compare with a literal that is next to 0: it tells what is 0 from what is beyond."""
    match operator:
        case cst.LessThan() | cst.LessThanEqual():
            return at_most(term, ZERO) if positive else less(term, ZERO)
        case cst.GreaterThan() | cst.GreaterThanEqual():
            return less(ZERO, term) if positive else at_most(ZERO, term)
        case _:
            return None


def against_fraction(left: Value, operator: cst.BaseCompOp, right: Value) -> Predicate | None:
    """Compare an integer with a literal between 0 and 1: it is above where it is at least 1."""
    if positive_literal(left):
        mirrored = MIRRORED.get(type(operator))
        return None if mirrored is None else against_fraction(right, mirrored(), left)
    term = as_term(left)
    if not positive_literal(right) or term is None:
        return None
    above = isinstance(operator, cst.GreaterThan | cst.GreaterThanEqual)
    return at_most(ONE, term) if above else at_most(term, ZERO)
