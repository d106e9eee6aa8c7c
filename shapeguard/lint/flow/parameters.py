"""Parameters: what an annotation says about the value that a function is given."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.predicates import Opaque, negate
from shapeguard.lint.flow.program import Class
from shapeguard.lint.flow.terms import Sizes, symbol
from shapeguard.lint.flow.values import (
    Bool,
    Choice,
    Int,
    Missing,
    Record,
    Sequence,
    Slice,
    Tensor,
    Unknown,
)

if TYPE_CHECKING:
    from shapeguard.lint.flow.program import Function, Module, Program
    from shapeguard.lint.flow.terms import Term
    from shapeguard.lint.flow.values import (
        Value,
    )

_DEPTH = 2
_LISTS = ("List", "list", "Sequence", "Iterable", "Tuple", "tuple")


def declared(
    program: Program, module: Module, annotation: str, origin: str, name: str, depth: int = 0
) -> Value:
    """Return the value that an annotation, given as source text, declares."""
    try:
        node = cst.parse_expression(annotation)
    except cst.ParserSyntaxError:
        return Unknown(origin, name)
    return _declared(program, module, node, origin, name, depth)


def _declared(
    program: Program, module: Module, node: cst.CSTNode, origin: str, name: str, depth: int
) -> Value:
    match node:
        case cst.SimpleString():
            text = node.evaluated_value
            return declared(program, module, str(text), origin, name, depth)
        case cst.Subscript():
            return _generic(program, module, node, origin, name, depth)
        case cst.BinaryOperation(left=left, operator=cst.BitOr(), right=cst.Name(value="None")):
            return _optional(origin, _declared(program, module, left, origin, name, depth))
        case cst.Name() | cst.Attribute():
            return _simple(program, module, node, origin, name, depth)
        case _:
            return Unknown(origin, name)


def _simple(
    program: Program, module: Module, node: cst.CSTNode, origin: str, name: str, depth: int
) -> Value:
    dotted = cst.Module([]).code_for_node(node)
    match dotted.rsplit(".", 1)[-1]:
        case "Tensor" | "FloatTensor" | "LongTensor" | "BoolTensor":
            return Tensor(origin, name)
        case "slice":
            return Slice(
                symbol(f"{origin}.start", f"{name}.start"), symbol(f"{origin}.stop", f"{name}.stop")
            )
        case "int":
            return Int(symbol(origin, name))
        case "bool":
            return Bool(Opaque(f"true({origin})"))
        case _:
            found = program.find(module, dotted)
            if isinstance(found, Class) and depth < _DEPTH:
                return instance(program, found, origin, name, depth + 1)
            return Unknown(origin, name)


def _generic(
    program: Program, module: Module, node: cst.Subscript, origin: str, name: str, depth: int
) -> Value:
    outer = cst.Module([]).code_for_node(node.value).rsplit(".", 1)[-1]
    inner = [each.slice.value for each in node.slice if isinstance(each.slice, cst.Index)]
    if outer == "Optional" and inner:
        return _optional(origin, _declared(program, module, inner[0], origin, name, depth))
    if outer in _LISTS and inner and len(inner) <= 2:  # noqa: PLR2004 - tuple[X, ...]
        element = _declared(program, module, inner[0], f"{origin}[*]", f"{name}[i]", depth)
        sizes = Sizes(origin, name) if isinstance(element, Int) else None
        return Sequence(None, element, symbol(f"{origin}#0", f"len({name})"), sizes)
    return Unknown(origin, name)


def _optional(origin: str, value: Value) -> Value:
    absent = Opaque(f"none({origin})")
    return Choice(((absent, Missing()), (negate(absent), value)))


def instance(program: Program, owner: Class, origin: str, name: str, depth: int = 0) -> Value:
    """Return an object of a class of the project; fields of records are known by their place.

    Only classes whose fields are declared become records here; others stay unknown, so that
    nothing is assumed about what their methods do to them.
    """
    fields = program.record(owner)
    if fields is None:
        return Unknown(origin, name)
    axes = program.axes(owner)
    symbols: dict[str, Term] = {}
    made: list[tuple[str, Value]] = []
    for position, (field, text) in enumerate(fields.items()):
        label = f"{origin}[{position}]"
        value = declared(program, owner.module, text, label, f"{name}.{field}", depth)
        made.append((field, _with_axes(value, axes.get(field, ()), symbols)))
    return Record(owner, origin, name, tuple(made))


def _with_axes(value: Value, words: tuple[str, ...], symbols: dict[str, Term]) -> Value:
    """Give a tensor the axes of its contract; one word is one extent in all fields."""
    if not words or not isinstance(value, Tensor):
        return value
    for axis, word in enumerate(words):
        symbols.setdefault(word, symbol(f"{value.origin}#{axis}", word))
    extents = tuple((axis, symbols[word]) for axis, word in enumerate(words))
    return replace(value, extents=extents, rank=len(words))


def receiver(owner: Class, name: str) -> Record:
    """Return ``self``: an object whose class is known and whose fields are not."""
    return Record(owner, name, name)


def signature(function: Function) -> list[cst.Param]:
    """Return the parameters of a function in order, without ``*args`` and ``**kwargs``."""
    declared_parameters = function.parse().params
    return [
        *declared_parameters.posonly_params,
        *declared_parameters.params,
        *declared_parameters.kwonly_params,
    ]
