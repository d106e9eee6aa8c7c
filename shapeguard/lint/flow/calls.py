"""Calls: into functions of the project, op models, constructors, built-ins and methods of values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow import merge
from shapeguard.lint.flow.arguments import Arguments
from shapeguard.lint.flow.builtin import BUILTINS
from shapeguard.lint.flow.lists import call_method
from shapeguard.lint.flow.masks import tensor_of
from shapeguard.lint.flow.models.vocabulary import Combines
from shapeguard.lint.flow.operations import apply
from shapeguard.lint.flow.parameters import Annotations
from shapeguard.lint.flow.predicates import Every, every
from shapeguard.lint.flow.summaries import invoke
from shapeguard.lint.flow.tensors import Tensor
from shapeguard.lint.flow.values import (
    Callee,
    Choice,
    Constructor,
    External,
    Method,
    Record,
    Sequence,
    Unknown,
)

if TYPE_CHECKING:
    from shapeguard.lint.flow.predicates import Predicate
    from shapeguard.lint.flow.program import Class
    from shapeguard.lint.flow.run import Run
    from shapeguard.lint.flow.values import Value


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
    function = run.evaluate(node.func)
    if isinstance(function, Unknown) and isinstance(node.func, cst.Attribute):
        function = Method(run.evaluate(node.func.value), node.func.attr.value)
    if not isinstance(function, Choice):
        return _apply(run, node, function, given)
    return merge.select(
        (
            (condition, _apply(run, node, leaf, _under(given, (condition, *run.here.facts))))
            for condition, leaf in function.alternatives
        ),
        f"{run.identity(node)}()",
    )


def _combined(run: Run, node: cst.Call, given: Arguments) -> Value | None:
    """Apply an elementwise method to all alternatives of its tensor at once: they meet in one join."""
    if not isinstance(node.func, cst.Attribute):
        return None
    model = run.analysis.models.get(f".{node.func.attr.value}")
    if not isinstance(model, Combines):
        return None
    holder = run.evaluate(node.func.value)
    if not any(isinstance(leaf, Tensor) for _, leaf in merge.alternatives(holder)):
        return None
    nodes = (node.func.value, *given.nodes)
    return apply(
        run, node, model, replace(given, positional=(holder, *given.positional), nodes=nodes)
    )


def _under(given: Arguments, facts: tuple[Predicate, ...]) -> Arguments:
    """Refine arguments to the paths on which one alternative of the callee is the one."""
    known = every(facts)
    flat = known.parts if isinstance(known, Every) else (known,)
    return Arguments(
        tuple(merge.refine(value, flat) for value in given.positional),
        {name: merge.refine(value, flat) for name, value in given.keywords.items()},
        given.nodes,
        None if given.star is None else merge.refine(given.star, flat),
        given.unpacked,
    )


def _builtin(run: Run, node: cst.Call) -> Value | None:
    match node.func:
        case cst.Name(value=name) if name in BUILTINS and not _defined(run, name):
            return BUILTINS[name](run, node, arguments(run, node))
        case cst.Call(func=cst.Name(value="super")):
            return None
        case cst.Attribute(value=cst.Call(func=cst.Name(value="super")), attr=attr):
            return _super(run, node, attr.value)
        case _:
            return None


def _defined(run: Run, name: str) -> bool:
    """Say whether a name stands for something else than the built-in function."""
    module = run.function.module
    scopes = (run.here.names, module.functions, module.classes, module.imports)
    return any(name in scope for scope in scopes)


def _super(run: Run, node: cst.Call, name: str) -> Value:
    owner, holder = run.function.owner, run.here.names.get("self")
    given = arguments(run, node)
    if owner is None or holder is None:
        return run.unknown(node, name)
    for base in list(run.analysis.program.bases(owner))[1:]:
        if name in base.methods:
            return invoke(run, node, Callee(base.methods[name], holder), given)
    return run.unknown(node, name)


def arguments(run: Run, node: cst.Call) -> Arguments:
    """Evaluate the arguments of a call; a starred list of known members is spread."""
    positional: list[Value] = []
    nodes: list[cst.BaseExpression] = []
    keywords: dict[str, Value] = {}
    star: Value | None = None
    unpacked = False
    for argument in node.args:
        value = run.evaluate(argument.value)
        if argument.star == "*":
            spread = value.items if isinstance(value, Sequence) else None
            if spread is None:
                star = value
            else:
                positional.extend(spread)
                nodes.extend(argument.value for _ in spread)
        elif argument.keyword is not None:
            keywords[argument.keyword.value] = value
        elif argument.star == "":
            positional.append(value)
            nodes.append(argument.value)
        else:
            unpacked = True
    return Arguments(tuple(positional), keywords, tuple(nodes), star, unpacked)


def _apply(run: Run, node: cst.Call, function: Value, given: Arguments) -> Value:
    match function:
        case Callee():
            return invoke(run, node, function, given)
        case Constructor(owner):
            return _construct(run, node, owner, given)
        case External(name):
            model = run.analysis.models.get(name)
            return (
                run.unknown(node, _short(name)) if model is None else apply(run, node, model, given)
            )
        case Method():
            return _method(run, node, function, given)
        case _:
            return run.unknown(node, "result")


def _short(name: str) -> str:
    return name.rsplit(".", 1)[-1]


def _construct(run: Run, node: cst.Call, owner: Class, given: Arguments) -> Value:
    """Make a record from its arguments; an object of any other class stays unknown."""
    program = run.analysis.program
    fields = program.record(owner)
    if fields is None or given.star is not None:
        return run.unknown(node, owner.name)
    identity = run.identity(node)
    annotations = Annotations(program, owner.module)
    made: list[tuple[str, Value]] = []
    for position, (field, annotation) in enumerate(fields.items()):
        if position < len(given.positional):
            value = given.positional[position]
        elif field in given.keywords:
            value = given.keywords[field]
        else:
            value = annotations.declared(annotation, f"{identity}[{position}]", field)
        made.append((field, value))
    return Record(owner, identity, owner.name, tuple(made))


def _method(run: Run, node: cst.Call, method: Method, given: Arguments) -> Value:
    if isinstance(method.receiver, Record):
        return _record_method(run, node, method.receiver, method.name, given)
    model = run.analysis.models.get(f".{method.name}")
    if model is not None and tensor_of(method.receiver) is not None:
        spread = Arguments(
            (method.receiver, *given.positional), given.keywords, _nodes(node, given), given.star
        )
        return apply(run, node, model, spread)
    return run.unknown(node, method.name)


def _nodes(node: cst.Call, given: Arguments) -> tuple[cst.BaseExpression, ...]:
    if isinstance(node.func, cst.Attribute):
        return (node.func.value, *given.nodes)
    return given.nodes


def _record_method(run: Run, node: cst.Call, holder: Record, name: str, given: Arguments) -> Value:
    if name == "_replace":
        changed = holder
        for field, value in given.keywords.items():
            changed = changed.having(field, value)
        return changed
    return run.unknown(node, name)
