"""Attributes: fields of records, methods, names in modules, and what is known of slices."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.calls import lives
from shapeguard.lint.flow.calls.decorators import is_property
from shapeguard.lint.flow.calls.summaries import invoke
from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.arguments import Arguments
from shapeguard.lint.flow.domain.callables import Callee, Constructor, External, Method
from shapeguard.lint.flow.domain.conditions import present
from shapeguard.lint.flow.domain.ranks import elements, rank_of
from shapeguard.lint.flow.domain.tensors import Slice, Tensor
from shapeguard.lint.flow.domain.values import (
    Choice,
    Int,
    Missing,
    Record,
    Sequence,
    Shape,
    Text,
    Unknown,
    as_tensor,
)
from shapeguard.lint.flow.evidence.origins import explain
from shapeguard.lint.flow.expressions.constants import member, named
from shapeguard.lint.flow.models.vocabulary import Property
from shapeguard.lint.flow.operations.properties import property_of
from shapeguard.lint.flow.program import Module
from shapeguard.lint.flow.shapes.axes import settled
from shapeguard.lint.flow.syntax.texts import primary
from shapeguard.lint.flow.syntax.usage import dotted_name

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.program import Class
    from shapeguard.lint.flow.run import Run


def name(run: Run, node: cst.Name) -> Value:
    """Evaluate a name: local first, then what the function or the module imports or defines."""
    if node.value == "None":
        return Missing()
    local = run.here.names.get(node.value)
    if local is not None:
        return as_float(run, node.value, merge.refine(local, run.here.known))
    return resolved(run, node.value)


def as_float(run: Run, dotted: str, value: Value) -> Value:
    """Return what a name stands for, as a number that need not be an integer if that is shown."""
    match value:
        case Unknown(real=False) if run.function.is_float(dotted):
            return replace(value, real=True)
        case Choice(alternatives) if run.function.is_float(dotted):
            return Choice(tuple((c, as_float(run, dotted, leaf)) for c, leaf in alternatives))
        case _:
            return value


def resolved(run: Run, dotted: str) -> Value:
    """Return what a dotted name that is not local stands for."""
    program = run.analysis.program
    first, _, rest = dotted.partition(".")
    target = run.function.imports.get(first)
    if target is not None:
        return named(program, program.absolute(f"{target}.{rest}" if rest else target))
    found = program.find(run.function.module, dotted)
    return External(found.name) if isinstance(found, Module) else named(program, found)


def attribute(run: Run, node: cst.Attribute, *, called: bool = False) -> Value:
    """Evaluate ``value.name``; what is ``called`` is a method."""
    root = node.value
    while isinstance(root, cst.Attribute):
        root = root.value
    if isinstance(root, cst.Name) and root.value not in run.here.names:
        dotted = dotted_name(node)
        if dotted is not None:
            return _static(run, node, resolved(run, dotted))
    holder = present(run.evaluate(node.value))
    attr = node.attr.value

    def of(leaf: Value) -> Value:
        if attr == "size" and isinstance(leaf, Tensor) and not called:
            return Int(elements(settled(run, leaf)))  # of an array of numpy
        return _of(run, node, leaf, attr)

    value = merge.each(holder, of, f"{run.identity(node)}.{attr}")
    return as_float(run, dotted_name(node) or "", merge.refine(value, run.here.known))


def _static(run: Run, node: cst.Attribute, found: Value) -> Value:
    """Return a name in a module or a class; ``Class.method`` of a class method has its class."""
    if isinstance(found, External) and isinstance(node.value, cst.Name | cst.Attribute):
        dotted = dotted_name(node.value)
        holder = None if dotted is None else resolved(run, dotted)
        if isinstance(holder, Constructor | Text | Int | Sequence | Unknown):
            return _of(run, node, holder, node.attr.value)
    if isinstance(found, Callee) and "classmethod" in found.function.decorators:
        holder = run.evaluate(node.value)
        return Callee(found.function, holder if isinstance(holder, Constructor) else None)
    return found


def _of(run: Run, node: cst.Attribute, holder: Value, attr: str) -> Value:
    seen = as_tensor(holder)
    match holder:
        case Record():
            return _of_record(run, node, holder, attr)
        case Constructor(owner):
            return _of_class(run, owner, attr)
        case Slice(start, stop) if attr in ("start", "stop"):
            bound = start if attr == "start" else stop
            return Missing() if bound is None else Int(bound)
        case Tensor() | Unknown() if attr == "shape" and seen is not None:
            return Shape(seen)
        case Unknown() if attr == "ndim" and seen is not None:
            return Int(rank_of(seen))
        case Tensor() if (model := run.analysis.models.get(f".{attr}")) and isinstance(
            model, Property
        ):
            return property_of(holder, model)
        case Tensor() | Sequence() | Text() | Shape():
            return Method(holder, attr)
        case Unknown(origin, known):
            return Unknown(f"{origin}.{attr}", f"{known}.{attr}")
        case External(origin):
            return Unknown(f"{origin}.{attr}", f"{origin}.{attr}")
        case _:
            return Method(holder, attr)


def _of_class(run: Run, owner: Class, attr: str) -> Value:
    program = run.analysis.program
    method = program.method(owner, attr)
    if method is not None:
        return Callee(method, Constructor(owner) if "classmethod" in method.decorators else None)
    found = member(program, owner, attr)
    return Unknown(f"{owner!r}.{attr}", f"{primary(owner.name)}.{attr}") if found is None else found


def _of_record(run: Run, node: cst.Attribute, holder: Record, attr: str) -> Value:
    field = holder.field(attr)
    if field is not None:
        return field
    program, owner = run.analysis.program, holder.owner
    unknown = Unknown(f"{holder.origin}.{attr}", f"{primary(holder.name)}.{attr}")
    if owner is None:
        return unknown
    method = program.method(owner, attr)
    if method is not None:
        reads = is_property(program, method)
        return (
            invoke(run, node, Callee(method, holder), Arguments((), {}))
            if reads
            else Callee(method, holder)
        )
    if program.record(owner) is not None:
        return Method(holder, attr)
    return _of_life(run, node, holder, owner) or unknown


def _of_life(run: Run, node: cst.Attribute, holder: Record, owner: Class) -> Value | None:
    """Return what the methods of the class make of an attribute, or what its body binds it to."""
    if holder.origin != run.analysis.receiver:
        return None
    attr = node.attr.value
    found = lives.attribute(run, owner, attr)
    if found is not None:
        value, facts = found
        for fact in facts:
            run.state = run.here.assume(fact) or run.here
        explain(run, node, value)
        return value
    return None if lives.is_written(run, owner, attr) else member(run.analysis.program, owner, attr)
