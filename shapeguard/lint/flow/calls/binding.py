"""Binding: the arguments of a call become the parameters of the callee."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.calls.parameters import Annotations
from shapeguard.lint.flow.domain.callables import Constructor
from shapeguard.lint.flow.domain.sequences import apart
from shapeguard.lint.flow.domain.tensors import Tensor
from shapeguard.lint.flow.domain.values import (
    Dictionary,
    Int,
    Record,
    Sequence,
    Text,
    Unknown,
    as_tensor,
)
from shapeguard.lint.flow.run import EVERYTHING
from shapeguard.lint.flow.shapes.axis_names import AxisScope
from shapeguard.lint.flow.syntax.usage import named_parameters

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shapeguard.lint.flow.domain.arguments import Arguments
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.program import Class
    from shapeguard.lint.flow.run import Run


def ordered(declared: cst.Parameters) -> list[cst.Param]:
    """Return the parameters that take positional arguments."""
    return [*declared.posonly_params, *declared.params]


def bind(inner: Run, declared: cst.Parameters, receiver: Value | None, given: Arguments) -> None:
    """Bind arguments to parameters; an unknown argument takes what the annotation says."""
    positional = [*([] if receiver is None else [receiver]), *given.positional]
    placed = len(positional) - given.behind
    in_order = ordered(declared)
    for position, parameter in enumerate([*in_order, *declared.kwonly_params]):
        name = parameter.name.value
        value: Value | None = None
        if name in given.keywords:
            value = given.keywords[name]
        elif position < min(placed, len(in_order)):
            value = positional[position]
        elif given.star is not None and position < len(in_order):
            value = _spread(given.star, position - placed, name)
        elif parameter.default is not None and not given.unpacked:
            value = inner.evaluate(parameter.default)
        known = typed(inner, parameter.annotation, value, f"{inner.name}{name}", name)
        inner.here.bind({name: known})
    _bind_rest(inner, declared, positional[len(in_order) :], given)


def _spread(star: Value, position: int, name: str) -> Value | None:
    """Return what a parameter gets of a list of unknown length, or None if nothing is known of it.

    Two parameters get two members, which have nothing in common but what is known of every member.
    """
    element = star.element if isinstance(star, Sequence) else None
    match element:
        case Unknown(origin):
            return Unknown(f"{origin}.{position}", name)
        case Int():
            return apart(element, position)
        case Tensor(origin, extents=(), cuts=()):
            return replace(element, origin=f"{origin}.{position}", name=name, shape="")
        case Tensor():
            return element
        case _:
            return None


def _bind_rest(inner: Run, declared: cst.Parameters, rest: list[Value], given: Arguments) -> None:
    """Bind what ``*args`` and ``**kwargs`` take."""
    if isinstance(declared.star_arg, cst.Param):
        unknown = Sequence(None, Unknown(f"{inner.name}*", "argument"))
        taken = Sequence(tuple(rest)) if given.star is None else unknown
        inner.here.bind({declared.star_arg.name.value: taken})
    if declared.star_kwarg is not None:
        own = {each.name.value for each in (*declared.params, *declared.kwonly_params)}
        entries = tuple((Text(n), v) for n, v in given.keywords.items() if n not in own)
        name = declared.star_kwarg.name.value
        whatever = Unknown(f"{inner.name}**", name)
        inner.here.bind({name: whatever if given.unpacked else Dictionary(entries)})


def bind_unknown(run: Run, owner: Class | None, prefix: str = "") -> None:
    """Bind the parameters of a function about whose arguments only its annotations tell.

    ``owner`` is the class of the first parameter of a method; ``prefix`` begins all identities.
    """
    declared = run.function.parse().params
    for position, parameter in enumerate(named_parameters(declared)):
        name = parameter.name.value
        if position == 0 and owner is not None and "staticmethod" not in run.function.decorators:
            of_class = "classmethod" in run.function.decorators or name == "cls"
            run.analysis.receiver = f"{prefix}{name}"
            receiver = Constructor(owner) if of_class else Record(owner, f"{prefix}{name}", name)
            run.here.bind({name: receiver})
        else:
            known = typed(run, parameter.annotation, None, f"{prefix}{name}", name)
            run.here.bind({name: known})
    if isinstance(declared.star_arg, cst.Param):
        rest = declared.star_arg.name.value
        run.here.bind({rest: Sequence(None, Unknown(f"{prefix}{rest}[*]", "argument"))})
    if declared.star_kwarg is not None:
        rest = declared.star_kwarg.name.value
        run.here.bind({rest: Unknown(f"{prefix}{rest}", rest)})


def scope_of(run: Run) -> AxisScope:
    """Return what the axis names in the annotations of this call stand for."""
    if run.scope is None:
        run.scope = AxisScope(
            run.name if run.path or run.analysis.lives < EVERYTHING else "",
            run.analysis.program.empty_axes,
        )
    return run.scope


def typed(
    run: Run, annotation: cst.Annotation | None, value: Value | None, identity: str, name: str
) -> Value:
    """Return a value with what its annotation adds: what it is, and which extents are the same."""
    if annotation is None:
        return Unknown(identity, name) if value is None else value
    annotations = Annotations(run.analysis.program, run.function.module, scope_of(run))
    written = annotation.annotation
    if value is None:
        return annotations.declared(written, identity, name)
    tensor = as_tensor(value)
    for relation in () if tensor is None else annotations.relations(written, tensor):
        run.state = run.here.assume(relation) or run.here
    if not isinstance(value, Unknown) or tensor is None:
        return value
    known = annotations.declared(written, value.origin, name)
    if isinstance(known, Tensor):
        return replace(tensor, rank=known.rank, traits=known.traits)
    return known


def promised(
    identity: str,
    function: cst.FunctionDef,
    bound: Mapping[str, Value],
    annotations: Annotations,
) -> Value | None:
    """Return what the annotations of a function say about the result of a call that is not executed.

    ``bound`` are the arguments by the names of their parameters: an axis name in one of their
    annotations stands for the extent that the argument has.
    """
    if function.returns is None:
        return None
    for parameter in named_parameters(function.params):
        value = bound.get(parameter.name.value)
        tensor = None if value is None else as_tensor(value)
        if parameter.annotation is not None and tensor is not None:
            tuple(annotations.relations(parameter.annotation.annotation, tensor))
    return annotations.declared(function.returns.annotation, identity, function.name.value)


def bound_by_position(
    declared: cst.Parameters, receiver: Value | None, given: Arguments
) -> Iterator[tuple[str, Value]]:
    """Yield the parameters that arguments are given for."""
    positional = [*([] if receiver is None else [receiver]), *given.positional]
    for parameter, value in zip(ordered(declared), positional, strict=False):
        yield parameter.name.value, value
    yield from given.keywords.items()
