"""Calls behind which a path ends, or goes on only where a condition holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain.conditions import compare, is_none, truth_of
from shapeguard.lint.flow.domain.counts import counted
from shapeguard.lint.flow.domain.predicates import negate
from shapeguard.lint.flow.domain.values import Missing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.models import vocabulary as words
    from shapeguard.lint.flow.operations.application import Application

_PAIR = 2
_OPERATORS: Mapping[str, Callable[[], cst.BaseCompOp]] = {
    "==": cst.Equal,
    "!=": cst.NotEqual,
    ">": cst.GreaterThan,
    ">=": cst.GreaterThanEqual,
    "<": cst.LessThan,
    "<=": cst.LessThanEqual,
    "in": cst.In,
}


def checks(call: Application, model: words.Checks) -> Value:
    """Go on only where what is asked of the first arguments holds."""
    condition = _asked(call, model.relation)
    passed = None if condition is None else call.run.here.assume(condition)
    if passed is not None:
        call.run.state = passed
    elif condition is not None:
        call.run.ended = True
    return Missing()


def _asked(call: Application, relation: str) -> Predicate | None:
    given = [counted(each) for each in call.given.positional]
    match relation:
        case "" | "not" if given:
            condition = truth_of(given[0], call.identity)
            return negate(condition) if relation else condition
        case "is not None" if given:
            return negate(is_none(given[0], call.identity))
        case _ if relation in _OPERATORS and len(given) >= _PAIR:
            return compare(call.run, given[0], _OPERATORS[relation](), given[1], call.identity)
        case _:
            return None


def leaves(call: Application, _: words.Leaves) -> Value:
    """End the path behind the statement."""
    call.run.ended = True
    return Missing()
