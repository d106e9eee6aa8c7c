"""Functions that never return, as far as their text says so."""

from __future__ import annotations

import libcst as cst

from shapeguard.lint.flow.syntax.trees import walk
from shapeguard.lint.flow.syntax.usage import dotted_name, last_name

_NEVER = frozenset({"NoReturn", "Never"})
_NOT_DONE = "NotImplementedError"


def is_never(definition: cst.FunctionDef | cst.Lambda) -> bool:
    """Say whether a function is annotated to never return."""
    if isinstance(definition, cst.Lambda) or definition.returns is None:
        return False
    return last_name(definition.returns.annotation) in _NEVER


def is_abstract(definition: cst.FunctionDef | cst.Lambda) -> bool:
    """Say whether a method that does not return is one to be overridden."""
    raised = (each.exc for each in walk(definition) if isinstance(each, cst.Raise))
    kinds = (each.func if isinstance(each, cst.Call) else each for each in raised)
    return any(each is not None and dotted_name(each) == _NOT_DONE for each in kinds)
