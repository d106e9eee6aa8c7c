"""Python's arithmetic operators, as operations on terms."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain.algebra import operation, times
from shapeguard.lint.flow.domain.terms import Term

if TYPE_CHECKING:
    from collections.abc import Mapping

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
