"""Calls: into functions of the project, op models, constructors, built-ins and methods of values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.calls.builtin import BUILTINS, LIBRARY
from shapeguard.lint.flow.calls.containers import call_method
from shapeguard.lint.flow.calls.endings import builtin_or_library, made_by, method_of_named
from shapeguard.lint.flow.calls.escaping import escape, register
from shapeguard.lint.flow.calls.numeric import within
from shapeguard.lint.flow.calls.objects import construct, replaced
from shapeguard.lint.flow.calls.passing import arguments, handed_over, under
from shapeguard.lint.flow.calls.resizing import resize
from shapeguard.lint.flow.calls.summaries import invoke
from shapeguard.lint.flow.calls.supercalls import call_super
from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.arguments import Arguments
from shapeguard.lint.flow.domain.callables import (
    Callee,
    Closure,
    Constructor,
    External,
    Method,
    Partial,
)
from shapeguard.lint.flow.domain.mappings import read_dictionary
from shapeguard.lint.flow.domain.tensors import Slice, Tensor
from shapeguard.lint.flow.domain.values import (
    Bool,
    Choice,
    Dictionary,
    Int,
    Missing,
    Record,
    Text,
    Unknown,
)
from shapeguard.lint.flow.expressions.attributes import attribute
from shapeguard.lint.flow.expressions.constants import PARTIAL
from shapeguard.lint.flow.models.vocabulary import MEETINGS
from shapeguard.lint.flow.operations import apply
from shapeguard.lint.flow.shapes.axes import derived
from shapeguard.lint.flow.shapes.cutting import bounds
from shapeguard.lint.flow.shapes.masks import identity_of, tensor_of
from shapeguard.lint.flow.statements.targets import rebind

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.program import Function
    from shapeguard.lint.flow.run import Run


_READING = frozenset({"item", "tolist", "cpu", "bool"})
_OF_TEXT = frozenset({"startswith", "endswith"})
"""What gives the same each time that the same is asked."""


def call(run: Run, node: cst.Call) -> Value:
    """Evaluate a call."""
    builtin = _builtin(run, node)
    if builtin is not None:
        return builtin
    given = arguments(run, node)
    changed = call_method(run, node, given)
    if changed is not None:
        return changed
    combined = _combined(run, node, given)
    if combined is not None:
        return combined
    result = _called_value(run, node, given)
    if run.state is not None:
        register(run, node, given)
    return result


def _called_value(run: Run, node: cst.Call, given: Arguments) -> Value:
    if isinstance(node.func, cst.Attribute):
        function = attribute(run, node.func, called=True)
    else:
        function = run.evaluate(node.func)
    if isinstance(function, Unknown) and isinstance(node.func, cst.Attribute):
        function = Method(run.evaluate(node.func.value), node.func.attr.value)
    if not isinstance(function, Choice):
        return _apply(run, node, function, given)
    return _apply_any(run, node, function, given)


def _apply_any(run: Run, node: cst.Call, function: Choice, given: Arguments) -> Value:
    """Apply every alternative of the callee on the paths on which it is the one.

    What one of them changes or makes sure is not known afterwards.
    """
    before = run.here
    options: list[tuple[Predicate, Value]] = []
    for condition, leaf in function.alternatives:
        reached = before.assume(condition)
        if reached is not None:
            run.state = reached
            given_here = under(given, reached.facts)
            options.append((condition, _apply(run, node, leaf, given_here)))
    run.state, run.ended = before, False
    return merge.select(options, f"{run.identity(node)}()")


def _combined(run: Run, node: cst.Call, given: Arguments) -> Value | None:
    """Apply an elementwise method to all alternatives of its tensor at once: they meet in one join."""
    if not isinstance(node.func, cst.Attribute):
        return None
    model = run.analysis.models.get(f".{node.func.attr.value}")
    if not isinstance(model, MEETINGS):
        return None
    holder = run.evaluate(node.func.value)
    if not any(isinstance(leaf, Tensor) for _, leaf in merge.alternatives(holder)):
        return None
    nodes = (node.func.value, *given.nodes)
    return apply(
        run, node, model, replace(given, positional=(holder, *given.positional), nodes=nodes)
    )


def _builtin(run: Run, node: cst.Call) -> Value | None:
    if type(node.func) is cst.Attribute and type(node.func.value) is not cst.Call:
        return None  # most calls: a ``match`` would ask an abstract class for each case
    match node.func:
        case cst.Name(value=name) if name in BUILTINS and not _defined(run, name):
            return BUILTINS[name](run, node, arguments(run, node))
        case cst.Call(func=cst.Name(value="super")):
            return None
        case cst.Attribute(value=cst.Call(func=cst.Name(value="super")), attr=attr):
            return call_super(run, node, attr.value)
        case _:
            return None


def _defined(run: Run, name: str) -> bool:
    """Say whether a name stands for something else than the built-in function."""
    module = run.function.module
    scopes = (run.here.names, module.functions, module.classes, module.imports)
    return any(name in scope for scope in scopes)


def _apply(run: Run, node: cst.Call, function: Value, given: Arguments) -> Value:
    if not isinstance(function, External | Method | Partial):
        handed_over(run, node, given)
    match function:
        case Callee() | Closure():
            return invoke(run, node, function, given)
        case Partial(inner, positional, keywords):
            more = (*positional, *given.positional)
            nodes = (*(node.func for _ in positional), *given.nodes)
            known = {**dict(keywords), **given.keywords}
            return _apply(
                run, node, inner, replace(given, positional=more, keywords=known, nodes=nodes)
            )
        case Constructor(owner):
            return construct(run, node, owner, given)
        case Record() if (method := _called(run, function)) is not None:
            return invoke(run, node, Callee(method, function), given)
        case External(name):
            return _external(run, node, name, given)
        case Method():
            return _method(run, node, function, given)
        case _:
            escape(run, node, given)
            return run.unknown(node, "result")


def _called(run: Run, holder: Record) -> Function | None:
    """Return what a call of an object calls; of a module of a network it is ``forward``."""
    if holder.owner is None:
        return None
    program = run.analysis.program
    return program.method(holder.owner, "__call__") or program.method(holder.owner, "forward")


def _external(run: Run, node: cst.Call, name: str, given: Arguments) -> Value:
    model = builtin_or_library(run, name)
    if model is not None:
        return apply(run, node, model, given)
    if name in LIBRARY:
        return LIBRARY[name](run, node, given)
    if name == PARTIAL and given.positional and given.star is None and not given.unpacked:
        function, *positional = given.positional
        return Partial(function, tuple(positional), tuple(given.keywords.items()))
    if name == "dataclasses.replace" and given.positional:
        holder = given.positional[0]
        return replaced(holder, given) if isinstance(holder, Record) else run.unknown(node, name)
    if name == "setattr" and len(given.positional) == len(given.nodes) == 3:  # noqa: PLR2004 - object, name, value
        return _set_attribute(run, given)
    escape(run, node, given)
    return made_by(run, node, name)


def _set_attribute(run: Run, given: Arguments) -> Value:
    holder, name, value = given.positional
    if isinstance(holder, Record) and isinstance(name, Text):
        rebind(run, given.nodes[0], holder, holder.having(name.text, value))
    return Missing()


def _method(run: Run, node: cst.Call, method: Method, given: Arguments) -> Value:
    if isinstance(method.receiver, Dictionary):
        return read_dictionary(run, node, method.receiver, method.name, given)
    declared = method_of_named(run, node.func, method.receiver)
    if declared is not None:
        return apply(run, node, declared, given)
    if isinstance(method.receiver, Record):
        return _record_method(run, node, method.receiver, method.name, given)
    if isinstance(method.receiver, Int | Bool) and method.name in _READING:
        return method.receiver
    if isinstance(method.receiver, Slice | Unknown) and method.name == "indices":
        index = method.receiver
        sliced = index if isinstance(index, Slice) else Slice(*bounds(index))
        return within(sliced, given) or run.unknown(node, method.name)
    model = run.analysis.models.get(f".{method.name}")
    if model is not None and tensor_of(method.receiver) is not None:
        spread = Arguments(
            (method.receiver, *given.positional), given.keywords, _nodes(node, given), given.star
        )
        return apply(run, node, model, spread)
    handed_over(run, node, given)
    if method.name in _OF_TEXT and all(isinstance(each, Text) for each in given.positional):
        parts = map(identity_of, (method.receiver, *given.positional))
        return Unknown(derived(method.name, *parts), method.name)
    resize(run, node, method.receiver, given)
    escape(run, node, given)
    return run.unknown(node, method.name)


def _nodes(node: cst.Call, given: Arguments) -> tuple[cst.BaseExpression, ...]:
    if isinstance(node.func, cst.Attribute):
        return (node.func.value, *given.nodes)
    return given.nodes


def _record_method(run: Run, node: cst.Call, holder: Record, name: str, given: Arguments) -> Value:
    if name == "_replace":
        return replaced(holder, given)
    handed_over(run, node, given)
    escape(run, node, given)
    return run.unknown(node, name)
