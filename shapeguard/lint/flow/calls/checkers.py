"""Decorators that check annotations at run time: which of them do, and how strictly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.events.hints import Checking, Enforcement
from shapeguard.lint.flow.program import Constant
from shapeguard.lint.flow.syntax.usage import dotted_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapeguard.lint.flow.program import Module, Program

SCOPE = "jaxtyping.jaxtyped"
_CHECKERS = frozenset({"beartype.beartype", "typeguard.typechecked"})
_CONTRACT = "shapeguard.contract"
_IDLE = frozenset(
    {
        *("staticmethod", "classmethod", "property", "abc.abstractmethod", "typing.override"),
        *(
            "functools.partial",
            "dataclasses.dataclass",
            "typing.final",
            "functools.cached_property",
        ),
        *(
            "torch.no_grad",
            "torch.inference_mode",
            "torch.compile",
            "jax.jit",
            "equinox.filter_jit",
        ),
    }
)
"""Decorators that check nothing."""


def checking(
    program: Program, module: Module, decorators: Iterable[cst.BaseExpression]
) -> Checking:
    """Return how decorators, the outermost first, check what they are put on."""
    scope, result = False, Checking(Enforcement.NONE)
    for node in decorators:
        name, typechecker = applied(program, module, node)
        if name == SCOPE and typechecker is not None:
            return Checking(Enforcement.FULL, typechecker)
        if name == SCOPE:
            scope = True
        elif name in _CHECKERS:
            return Checking(Enforcement.FULL if scope else Enforcement.LOOSE, name)
        elif name == _CONTRACT:
            return Checking(Enforcement.WALKED, name)
        elif name not in _IDLE:
            result = Checking(Enforcement.UNKNOWN)
    if scope and result.how is Enforcement.NONE:
        return Checking(Enforcement.OPEN)
    return result


def applied(program: Program, module: Module, node: cst.BaseExpression) -> tuple[str, str | None]:
    """Return the full name of a decorator and, of one by jaxtyping, the checker that it is given.

    A name that stands for a decorator, ``typecheck = jaxtyped(typechecker=beartype)``, is one.
    """
    call = node if isinstance(node, cst.Call) else None
    found = program.find(module, dotted_name(node if call is None else call.func) or "")
    if isinstance(found, Constant):
        made = found.expression()
        if call is None and isinstance(made, cst.Call):
            return applied(program, found.module, made)
        return found.name, None
    if not isinstance(found, str):
        return found.name, None
    if found != SCOPE or call is None:
        return found, None
    for argument in call.args:
        if argument.keyword is not None and argument.keyword.value == "typechecker":
            given = dotted_name(argument.value) or "unknown"
            checker = program.find(module, given)
            return found, None if given == "None" else str(checker)
    return found, None
