"""What a function defines inside itself: functions, classes, types; and names that it shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.calls.closures import closure
from shapeguard.lint.flow.syntax.usage import dotted_name, named_parameters, names_of_others

if TYPE_CHECKING:
    from shapeguard.lint.flow.run import Run

_ONLY_WRAP = frozenset({"wraps", "no_grad", "inference_mode"})


def define_function(run: Run, node: cst.FunctionDef) -> None:
    """Bind the name of a nested function; its body is executed where it is called."""
    _evaluate_defaults(run, node.params)
    _forget_shared(run, node)
    name = node.name.value
    plain = all(_only_wraps(each.decorator) for each in node.decorators)
    run.here.bind({name: closure(run, node) if plain else run.unknown(node, name)})


def define_class(run: Run, node: cst.ClassDef) -> None:
    """Bind the name of a nested class; what its methods do is not followed."""
    _forget_shared(run, node)
    run.here.bind({node.name.value: run.unknown(node, node.name.value)})


def define_alias(run: Run, node: cst.TypeAlias) -> None:
    """Execute ``type X = ...``: the name stands for a type."""
    run.here.bind({node.name.value: run.unknown(node, node.name.value)})


def _only_wraps(decorator: cst.BaseExpression) -> bool:
    """Say whether a decorator of a nested function gives it another name and no other body."""
    name = dotted_name(decorator.func if isinstance(decorator, cst.Call) else decorator) or ""
    return name.rpartition(".")[2] in _ONLY_WRAP


def _evaluate_defaults(run: Run, parameters: cst.Parameters) -> None:
    for each in named_parameters(parameters):
        if each.default is not None:
            run.evaluate(each.default)


def _forget_shared(run: Run, node: cst.FunctionDef | cst.ClassDef) -> None:
    """Forget what a nested function may bind at any time from here on."""
    run.here.bind({name: run.unknown(node, name) for name in names_of_others(node, cst.Nonlocal)})
