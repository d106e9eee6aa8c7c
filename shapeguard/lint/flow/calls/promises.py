"""Promises: a result or an argument that has an array annotation is reported with its value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.calls.binding import bound_by_position, scope_of
from shapeguard.lint.flow.calls.checkers import checking
from shapeguard.lint.flow.calls.decorators import is_transparent
from shapeguard.lint.flow.calls.parameters import Annotations, axis_string
from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.callables import Closure
from shapeguard.lint.flow.domain.tensors import Tensor
from shapeguard.lint.flow.domain.values import Choice, Sequence, Unknown, as_tensor
from shapeguard.lint.flow.events import Annotation
from shapeguard.lint.flow.events.hints import Enforcement
from shapeguard.lint.flow.shapes.axis_names import AxisScope
from shapeguard.lint.flow.syntax.trees import parse_annotation, source
from shapeguard.lint.flow.syntax.usage import dotted_name, last_name, named_parameters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.calls.invocations import Invocation
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run


def result_promised(run: Run, node: cst.Return, value: Value) -> None:
    """Report a value that a function returns whose annotation has axes.

    A decorator of which nothing is known may change what the annotation is about.
    """
    definition = run.function.parse()
    if definition.returns is None or node.value is None or run.function.yields:
        return
    pairs = [*_pairs(definition.returns.annotation, value)]
    if not pairs or not is_transparent(run.analysis.program, run.function):
        return
    known = dict(scope_of(run).known)
    trail = (
        run.station(
            definition.returns, "the result is declared as `{}`", definition.returns.annotation
        ),
    )
    for text, whole in pairs:
        name, part = source(node.value), _sure(run, whole)
        run.emit(Annotation(run.moment(node), name, text, part, known, _is_checked(run), trail))


def arguments_promised(call: Invocation) -> None:
    """Report the arguments of a call whose parameters have annotations with axes."""
    run, definition = call.run, call.definition
    if isinstance(definition, cst.Lambda) or isinstance(call.callee, Closure):
        return
    parameters = named_parameters(definition.params)
    texts = {each.name.value: each for each in parameters if each.annotation is not None}
    if not texts:
        return
    scope = AxisScope(f"{run.identity(call.node)}/", run.analysis.program.empty_axes)
    annotations = Annotations(run.analysis.program, call.function.module, scope)
    for name, value in bound_by_position(definition.params, call.receiver, call.given):
        written = None if name not in texts else texts[name].annotation
        tensor = as_tensor(value)
        if written is None:
            continue
        for text, whole in _pairs(written.annotation, value):
            part = _sure(run, whole)
            trail = (run.station(call.node, "`{}` is called"),)
            known = dict(scope.known)
            checked = _is_checked(run, call)
            moment, to = run.moment(call.node), call.function.name
            run.emit(Annotation(moment, name, text, part, known, checked, trail, to))
        if tensor is not None:
            tuple(annotations.relations(written.annotation, tensor))


def _sure(run: Run, value: Value) -> Value:
    """Return a value less what got its shape from an operand of which the shape is not known."""

    def known(leaf: Value) -> Value:
        if not isinstance(leaf, Tensor):
            return leaf
        guessed = run.analysis.guessed
        origins = [each for each in guessed if isinstance(each, str)]
        inner = any(each in whole for each in origins for whole in (leaf.origin, leaf.shape))
        return Unknown(leaf.origin, leaf.name) if inner or leaf in guessed else leaf

    return merge.each(value, known, "")


def _is_checked(run: Run, call: Invocation | None = None) -> bool:
    """Say whether a decorator compares what the annotations of a function say."""
    function = run.function if call is None else call.function
    decorators = [each.decorator for each in function.parse().decorators]
    how = checking(run.analysis.program, function.module, decorators).how
    return how in (Enforcement.FULL, Enforcement.WALKED)


def _pairs(node: cst.BaseExpression, value: Value) -> Iterator[tuple[str, Value]]:
    """Yield the axis strings of an annotation, each with the part of the value that it is about."""
    match node:
        case cst.SimpleString():
            inner = parse_annotation(str(node.evaluated_value))
            if inner is not None and not isinstance(inner, cst.SimpleString):
                yield from _pairs(inner, value)
        case cst.Subscript():
            yield from _generic(node, value)
        case cst.BinaryOperation(left=left, right=right):
            yield from _one_of((left, right), value)
        case _:
            return


def _generic(node: cst.Subscript, value: Value) -> Iterator[tuple[str, Value]]:
    text = axis_string(node)
    if text is not None:
        if isinstance(value, Tensor | Choice):
            yield text, value
        return
    inner = [each.slice.value for each in node.slice if isinstance(each.slice, cst.Index)]
    match last_name(node.value):
        case "tuple" | "Tuple" if isinstance(value, Sequence) and value.items is not None:
            if len(inner) == len(value.items):
                for each, item in zip(inner, value.items, strict=True):
                    yield from _pairs(each, item)
        case "Optional" | "Union":
            yield from _one_of(inner, value)
        case _:
            return


def _one_of(
    members: list[cst.BaseExpression] | tuple[cst.BaseExpression, ...], value: Value
) -> Iterator[tuple[str, Value]]:
    """Yield what an optional value promises; which of several kinds it is nobody knows."""
    kinds = [each for each in members if dotted_name(each) != "None"]
    if len(kinds) == 1:
        yield from _pairs(kinds[0], value)
