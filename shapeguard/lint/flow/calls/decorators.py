"""Decorators: which of them leave what a function does as it stands in the source."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.program import Constant, Function
from shapeguard.lint.flow.syntax.trees import children, remembered, walk
from shapeguard.lint.flow.syntax.usage import dotted_name

if TYPE_CHECKING:
    from shapeguard.lint.flow.program import Named, Program

PROPERTIES = frozenset({"property", "functools.cached_property", "abc.abstractproperty"})
_TRANSPARENT = PROPERTIES | {
    *("staticmethod", "classmethod", "abstractmethod", "abc.abstractmethod", "final", "override"),
    *("typing.final", "typing.override", "typing_extensions.override", "typing_extensions.final"),
    *("functools.lru_cache", "functools.cache", "functools.wraps", "contextlib.ContextDecorator"),
    *("torch.no_grad", "torch.inference_mode", "torch.enable_grad", "torch.compile"),
    *("torch.autocast", "torch.amp.autocast", "torch.cuda.amp.autocast", "torch.jit.script"),
    *("torch.amp.custom_fwd", "torch.amp.custom_bwd", "torch.cuda.amp.custom_fwd"),
    *("torch.jit.ignore", "torch.jit.unused", "torch.jit.export", "torch.jit.script_method"),
    *("torch.jit.script_if_tracing", "torch.compiler.disable", "torch._dynamo.disable"),
    *("typing_extensions.deprecated", "warnings.deprecated", "typing.no_type_check"),
    *("beartype.beartype", "jaxtyping.jaxtyped", "shapeguard.contract"),
}


def is_property(program: Program, function: Function) -> bool:
    """Say whether reading a method calls it."""
    return any(_resolved(program, function, each) in PROPERTIES for each in function.decorators)


def is_transparent(program: Program, function: Function) -> bool:
    """Say whether a call of a function gives what its body returns."""
    return all(_passes(program, function, each) for each in function.decorators)


def _resolved(program: Program, function: Function, decorator: str) -> str:
    found = program.find(function.module, decorator)
    return found if isinstance(found, str) else decorator


def _passes(program: Program, function: Function, decorator: str) -> bool:
    if decorator.endswith((".setter", ".getter", ".deleter")):
        return True
    found = program.find(function.module, decorator)
    if isinstance(found, Constant):
        found = _made(program, found)
    if isinstance(found, str):
        return found in _TRANSPARENT
    return isinstance(found, Function) and _only_wraps(found.parse())


def _made(program: Program, decorator: Constant) -> Named | str:
    """Return what makes a decorator that has a name: ``typecheck = jaxtyped(typechecker=beartype)``."""
    node = decorator.expression()
    called = dotted_name(node.func) if isinstance(node, cst.Call) else None
    return decorator if called is None else program.find(decorator.module, called)


@remembered(512)
def _only_wraps(decorator: cst.FunctionDef) -> bool:
    """Say whether a decorator of the project returns functions that plainly call what they wrap.

    Each function in it that takes any arguments must return what one of the parameters around it
    gives for the very same arguments.
    """
    parameters = {each.name.value for each in decorator.params.params}
    wrappers: list[cst.FunctionDef] = []
    for inner in walk(decorator.body):
        if not isinstance(inner, cst.FunctionDef):
            continue
        if isinstance(inner.params.star_arg, cst.Param) and inner.params.star_kwarg is not None:
            wrappers.append(inner)
        parameters.update(each.name.value for each in inner.params.params)
    return bool(wrappers) and all(_forwards(each, parameters) for each in wrappers)


def _forwards(wrapper: cst.FunctionDef, callables: set[str]) -> bool:
    results: dict[str, bool] = {}
    returned: list[bool] = []
    pending: list[cst.CSTNode] = [wrapper.body]
    while pending:
        node = pending.pop()
        match node:
            case cst.Assign(targets=(cst.AssignTarget(target=cst.Name(value=name)),), value=value):
                results[name] = results.get(name, True) and _is_forwarding(value, callables)
            case cst.Return(value=cst.Name(value=name)):
                returned.append(results.get(name, False))
            case cst.Return(value=value):
                returned.append(value is not None and _is_forwarding(value, callables))
            case cst.FunctionDef() | cst.Lambda():
                continue
            case _:
                pass
        pending.extend([*children(node)][::-1])
    return bool(returned) and all(returned)


def _is_forwarding(value: cst.BaseExpression, callables: set[str]) -> bool:
    """Say whether an expression is ``function(*args, **kwargs)``, with whatever leads the arguments."""
    if isinstance(value, cst.Await):
        value = value.expression
    match value:
        case cst.Call(func=cst.Name(value=name), args=(*_, star, keywords)):
            return name in callables and (star.star, keywords.star) == ("*", "**")
        case _:
            return False
