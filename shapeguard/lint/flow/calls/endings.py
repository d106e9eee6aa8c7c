"""Calls that never return: what is declared to, and what the project annotates so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain.callables import Callee, External
from shapeguard.lint.flow.domain.origins import is_made_with, made_with
from shapeguard.lint.flow.domain.values import Unknown
from shapeguard.lint.flow.expressions.attributes import resolved
from shapeguard.lint.flow.models.endings import CALLED
from shapeguard.lint.flow.models.vocabulary import Leaves
from shapeguard.lint.flow.program import UnparsableError
from shapeguard.lint.flow.syntax.endings import is_never
from shapeguard.lint.flow.syntax.usage import dotted_name, last_name

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.models.vocabulary import Model
    from shapeguard.lint.flow.run import Run


def made_by(run: Run, node: cst.Call, name: str) -> Unknown:
    """Return what a function outside of the project gives; its origin says what made it."""
    return Unknown(made_with(run.identity(node), name), name.rsplit(".", 1)[-1])


def method_of_named(run: Run, function: cst.BaseExpression, holder: Value | None) -> Model | None:
    """Return the model of a method of an object that is known by its name, or by what made it."""
    if not isinstance(function, cst.Attribute):
        return None
    last = last_name(function.value).lower()
    origin = holder.origin if isinstance(holder, Unknown) else ""
    for ending, owner in CALLED.items():
        if last.endswith(ending) or is_made_with(origin, owner):
            return run.analysis.models.get(f"{owner}.{function.attr.value}")
    return None


def builtin_or_library(run: Run, name: str) -> Model | None:
    """Return the model of a function outside of the project, by its full name."""
    models = run.analysis.models
    return models.get(name) or models.get(f"builtins.{name}")


def never_returns(run: Run, node: cst.CSTNode) -> bool:
    """Say whether an expression is a call of what is declared or annotated to never return."""
    if not isinstance(node, cst.Call):
        return False
    dotted = dotted_name(node.func)
    if dotted is None:
        return False
    if dotted.partition(".")[0] in run.here.names:
        holder = run.here.names.get(dotted.rpartition(".")[0])
        return isinstance(method_of_named(run, node.func, holder), Leaves)
    match resolved(run, dotted):
        case External(name):
            found = builtin_or_library(run, name) or method_of_named(run, node.func, None)
            return isinstance(found, Leaves)
        case Callee(function):
            try:
                return is_never(function.parse())
            except UnparsableError:
                return False
        case _:
            return False
