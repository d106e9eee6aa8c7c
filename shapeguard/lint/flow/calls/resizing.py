"""Methods that give a tensor another shape in place, where the tensor is the caller's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain.values import as_tensor
from shapeguard.lint.flow.events import Resize
from shapeguard.lint.flow.syntax.trees import source, walk
from shapeguard.lint.flow.syntax.usage import named_parameters
from shapeguard.lint.flow.syntax.words import RESIZING

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.arguments import Arguments
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run


def resize(run: Run, node: cst.Call, receiver: Value, given: Arguments) -> None:
    """Emit that an argument of the function under analysis gets another shape, if it is one.

    Arguments of which callers are known are left out: each function is executed without them as well.
    """
    tensor = as_tensor(receiver)
    place = node.func
    if tensor is None or not isinstance(place, cst.Attribute) or place.attr.value not in RESIZING:
        return
    parameter = _parameter(run, tensor.origin)
    if parameter is None or run.path or _rebound(run, place.value):
        return
    trail = (run.station(parameter, "`{}` is the caller's tensor"),)
    name = source(place.value)
    run.emit(Resize(run.moment(node), place.attr.value, tensor, name, given.positional, trail))


def _parameter(run: Run, origin: str) -> cst.Name | None:
    """Return the name of the parameter that is a value of some origin, or that has it as a member."""
    declared = run.function.parse().params
    starred = declared.star_arg if isinstance(declared.star_arg, cst.Param) else None
    if starred is not None and origin == f"{starred.name.value}[*]":
        return starred.name
    named = named_parameters(declared)
    return next((each.name for each in named if each.name.value == origin), None)


def _rebound(run: Run, place: cst.BaseExpression) -> bool:
    """Say whether what is changed is no plain name, or one that may stand for a copy.

    A copy has the origin of what it copies.
    """
    if not isinstance(place, cst.Name):
        return True
    body = run.function.parse().body
    return any(
        isinstance(target, cst.Name) and target.value == place.value
        for node in walk(body)
        if isinstance(node, cst.AssignTarget | cst.AnnAssign | cst.AugAssign | cst.NamedExpr)
        for target in walk(node.target)
    )
