"""Functions inside functions: which names they see, and what they leave behind in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain.callables import Closure
from shapeguard.lint.flow.syntax.trees import children, remembered
from shapeguard.lint.flow.syntax.usage import named_parameters, names_of_others, target_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.program import Function
    from shapeguard.lint.flow.run import Run


def closure(run: Run, node: cst.FunctionDef | cst.Lambda) -> Closure:
    """Return the value of a function or lambda that is made here."""
    names = tuple(run.here.names.items())
    return Closure(node, run.function, run.identity(node), run.name, names)


def body_of(made: Closure) -> tuple[Function, cst.FunctionDef | cst.Lambda]:
    """Return the function in which the body stands, and its definition there.

    A function with a name of its own is one of the file's; a lambda belongs to the one around it.
    """
    if isinstance(made.node, cst.FunctionDef):
        own = made.function.inner.get(made.node.name.value)
        if own is not None:
            return own, own.parse()
    return made.function, made.node


def home(run: Run, made: Closure) -> Run | None:
    """Return the execution whose names a closure sees, if it still goes on."""
    current: Run | None = run
    while current is not None and current.name != made.home:
        current = current.caller
    return current if current is not None and current.state is not None else None


def captured(run: Run, made: Closure) -> Mapping[str, Value]:
    """Return the names that a closure sees: as they are now, or as they were when it was made."""
    around = home(run, made)
    return dict(made.names) if around is None else around.here.names


@remembered(512)
def bound_names(node: cst.FunctionDef | cst.Lambda) -> frozenset[str]:
    """Return the names that a function binds itself: parameters and what it assigns."""
    found = {each.name.value for each in _parameters(node.params)}
    if isinstance(node, cst.Lambda):
        return frozenset(found)
    return frozenset(found | assigned_names(node)) - names_of_others(node, cst.Nonlocal, cst.Global)


def _parameters(declared: cst.Parameters) -> list[cst.Param]:
    rest = [
        each for each in (declared.star_arg, declared.star_kwarg) if isinstance(each, cst.Param)
    ]
    return [*named_parameters(declared), *rest]


_BINDING = frozenset(
    {
        cst.AssignTarget,
        cst.For,
        cst.AnnAssign,
        cst.NamedExpr,
        cst.AsName,
        cst.FunctionDef,
        cst.ClassDef,
        cst.Lambda,
    }
)
"""What may bind a name: nodes are abstract classes, of which a ``match`` asks one after the other."""


@remembered(512)
def assigned_names(node: cst.FunctionDef) -> frozenset[str]:
    """Return the names that statements of a function bind, functions inside it left out."""
    found: set[str] = set()
    pending: list[cst.CSTNode] = [node.body]
    while pending:
        current = pending.pop()
        if type(current) not in _BINDING:
            pending.extend(children(current))
            continue
        match current:
            case cst.AssignTarget(target=target) | cst.For(target=target):
                found.update(target_names(target))
            case cst.AnnAssign(target=target) | cst.NamedExpr(target=target):
                found.update(target_names(target))
            case cst.AsName(name=target):
                found.update(target_names(target))
            case cst.FunctionDef(name=name) | cst.ClassDef(name=name):
                found.add(name.value)
                continue
            case cst.Lambda():
                continue
            case _:
                pass
        pending.extend(children(current))
    return frozenset(found)
