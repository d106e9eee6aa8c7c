"""Attributes: fields of records, methods, names in modules, and what is known of slices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow import merge
from shapeguard.lint.flow.models.vocabulary import Property
from shapeguard.lint.flow.operations.properties import property_of
from shapeguard.lint.flow.predicates import FALSE, TRUE
from shapeguard.lint.flow.program import Class, Constant, Function, Module
from shapeguard.lint.flow.tensors import Slice, Tensor
from shapeguard.lint.flow.terms import number
from shapeguard.lint.flow.usage import dotted_name
from shapeguard.lint.flow.values import (
    Bool,
    Callee,
    Constructor,
    External,
    Int,
    Method,
    Missing,
    Record,
    Sequence,
    Shape,
    Text,
    Unknown,
)

if TYPE_CHECKING:
    from shapeguard.lint.flow.program import Named
    from shapeguard.lint.flow.run import Run
    from shapeguard.lint.flow.values import Value


def name(run: Run, node: cst.Name) -> Value:
    """Evaluate a name: local first, then what the module defines or imports."""
    constants = {"None": Missing()}
    if node.value in constants:
        return constants[node.value]
    local = run.here.names.get(node.value)
    if local is not None:
        return merge.refine(local, run.here.known)
    return named(run.analysis.program.find(run.function.module, node.value))


def named(found: Named | str) -> Value:
    """Return the value of something that a project or a library defines."""
    match found:
        case Function():
            return Callee(found)
        case Class():
            return Constructor(found)
        case Module():
            return External(found.name)
        case Constant():
            return _constant(found)
        case str():
            return External(found)


def _constant(found: Constant) -> Value:
    """Return what a name of a module or a class is bound to, where that is a plain literal."""
    match found.expression():
        case cst.Integer() as literal:
            return Int(number(literal.evaluated_value))
        case cst.Name(value="None"):
            return Missing()
        case cst.Name(value="True" | "False" as truth):
            return Bool(TRUE if truth == "True" else FALSE)
        case _:
            return Unknown(f"{found.module.name}.{found.name}", found.name)


def attribute(run: Run, node: cst.Attribute) -> Value:
    """Evaluate ``value.name``."""
    root = node.value
    while isinstance(root, cst.Attribute):
        root = root.value
    if isinstance(root, cst.Name) and root.value not in run.here.names:
        dotted = dotted_name(node)
        if dotted is not None:
            return named(run.analysis.program.find(run.function.module, dotted))
    holder = run.evaluate(node.value)
    attr = node.attr.value
    value = merge.each(holder, lambda leaf: _of(run, leaf, attr), f"{run.identity(node)}.{attr}")
    return merge.refine(value, run.here.known)


def _of(run: Run, holder: Value, attr: str) -> Value:
    match holder:
        case Record():
            return _of_record(run, holder, attr)
        case Slice(start, stop) if attr in ("start", "stop"):
            bound = start if attr == "start" else stop
            return Missing() if bound is None else Int(bound)
        case Tensor() if attr == "shape":
            return Shape(holder)
        case Unknown() if attr == "shape":
            return Shape(Tensor(holder.origin, holder.name, shape=holder.shape))
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


def _of_record(run: Run, holder: Record, attr: str) -> Value:
    field = holder.field(attr)
    if field is not None:
        return field
    program = run.analysis.program
    if holder.owner is not None:
        method = program.method(holder.owner, attr)
        if method is not None and "property" not in method.decorators:
            return Callee(method, holder)
        if program.record(holder.owner) is not None:
            return Method(holder, attr)
    return Unknown(f"{holder.origin}.{attr}", f"{holder.name}.{attr}")
