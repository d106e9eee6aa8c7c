"""Python's operators: arithmetic as operations on terms, comparisons as conditions on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain.algebra import operation, times
from shapeguard.lint.flow.domain.predicates import at_most, equal, less, negate
from shapeguard.lint.flow.domain.terms import Term

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapeguard.lint.flow.domain.propositions import Predicate

Arithmetic = Callable[[Term, Term], Term]


def _plus(left: Term, right: Term) -> Term:
    return left + right


def _minus(left: Term, right: Term) -> Term:
    return left - right


def _quotient(left: Term, right: Term) -> Term:
    return operation("quotient", left, right)


def _remainder(left: Term, right: Term) -> Term:
    return operation("remainder", left, right)


TERMS: Mapping[type[cst.CSTNode], Arithmetic] = {
    cst.Add: _plus,
    cst.AddAssign: _plus,
    cst.Subtract: _minus,
    cst.SubtractAssign: _minus,
    cst.Multiply: times,
    cst.MultiplyAssign: times,
    cst.FloorDivide: _quotient,
    cst.FloorDivideAssign: _quotient,
    cst.Modulo: _remainder,
    cst.ModuloAssign: _remainder,
}
"""What an operator computes of two integers; whatever else it is applied to is not followed."""

ORDERS: Mapping[type[cst.BaseCompOp], Callable[[Term, Term], Predicate]] = {
    cst.LessThan: less,
    cst.LessThanEqual: at_most,
    cst.GreaterThan: lambda a, b: less(b, a),
    cst.GreaterThanEqual: lambda a, b: at_most(b, a),
    cst.Equal: equal,
    cst.NotEqual: lambda a, b: negate(equal(a, b)),
}
"""What a comparison of two numbers asks; ``in`` and ``is`` ask something else."""

MIRRORED: Mapping[type[cst.BaseCompOp], Callable[[], cst.BaseCompOp]] = {
    cst.LessThan: cst.GreaterThan,
    cst.LessThanEqual: cst.GreaterThanEqual,
    cst.GreaterThan: cst.LessThan,
    cst.GreaterThanEqual: cst.LessThanEqual,
}
"""The operator that says the same with its sides exchanged, where that is another one."""
