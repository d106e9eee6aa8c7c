"""Parameters: what an annotation says about the value that a function is given."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.predicates import Opaque, absence, negate
from shapeguard.lint.flow.program import Class
from shapeguard.lint.flow.tensors import Slice, Tensor
from shapeguard.lint.flow.terms import Sizes, symbol
from shapeguard.lint.flow.trees import parse_annotation
from shapeguard.lint.flow.usage import dotted_name
from shapeguard.lint.flow.values import Bool, Choice, Int, Missing, Record, Sequence, Unknown

if TYPE_CHECKING:
    from shapeguard.lint.flow.program import Function, Module, Program
    from shapeguard.lint.flow.terms import Term
    from shapeguard.lint.flow.values import Value

_DEPTH = 2
_LISTS = ("List", "list", "Sequence", "Iterable", "Tuple", "tuple")


@dataclass(frozen=True, slots=True)
class Annotations:
    """The annotations of one module, as declarations of values."""

    program: Program
    module: Module

    def declared(
        self, annotation: str | cst.BaseExpression, origin: str, name: str, depth: int = 0
    ) -> Value:
        """Return the value that an annotation declares, given as text or as a node."""
        node = parse_annotation(annotation) if isinstance(annotation, str) else annotation
        match node:
            case cst.SimpleString():
                return self.declared(str(node.evaluated_value), origin, name, depth)
            case cst.Subscript():
                return self._generic(node, origin, name, depth)
            case cst.BinaryOperation(left=left, operator=cst.BitOr(), right=cst.Name(value="None")):
                return _optional(origin, self.declared(left, origin, name, depth))
            case cst.Name() | cst.Attribute():
                return self._simple(dotted_name(node) or "", origin, name, depth)
            case _:
                return Unknown(origin, name)

    def _simple(self, dotted: str, origin: str, name: str, depth: int) -> Value:
        match dotted.rsplit(".", 1)[-1]:
            case "Tensor" | "FloatTensor" | "LongTensor" | "BoolTensor":
                return Tensor(origin, name)
            case "slice":
                return Slice(
                    symbol(f"{origin}.start", f"{name}.start", low=None),
                    symbol(f"{origin}.stop", f"{name}.stop", low=None),
                )
            case "int":
                return Int(symbol(origin, name, low=None))
            case "bool":
                return Bool(Opaque(f"true({origin})"))
            case _:
                found = self.program.find(self.module, dotted)
                if isinstance(found, Class) and depth < _DEPTH:
                    return instance(self.program, found, origin, name, depth + 1)
                return Unknown(origin, name)

    def _generic(self, node: cst.Subscript, origin: str, name: str, depth: int) -> Value:
        outer = (dotted_name(node.value) or "").rsplit(".", 1)[-1]
        inner = [each.slice.value for each in node.slice if isinstance(each.slice, cst.Index)]
        if outer == "Optional" and inner:
            return _optional(origin, self.declared(inner[0], origin, name, depth))
        if outer in _LISTS and inner and len(inner) <= 2:  # noqa: PLR2004 - tuple[X, ...]
            element = self.declared(inner[0], f"{origin}[*]", f"{name}[i]", depth)
            sizes = Sizes(origin, name) if isinstance(element, Int) else None
            return Sequence(None, element, symbol(f"{origin}#0", f"len({name})"), sizes)
        return Unknown(origin, name)


def _optional(origin: str, value: Value) -> Value:
    absent = absence(origin)
    return Choice(((absent, Missing()), (negate(absent), value)))


def instance(program: Program, owner: Class, origin: str, name: str, depth: int = 0) -> Value:
    """Return an object of a class of the project; fields of records are known by their place.

    Only classes whose fields are declared become records here; others stay unknown, so that
    nothing is assumed about what their methods do to them.
    """
    fields = program.record(owner)
    if fields is None:
        return Unknown(origin, name)
    annotations = Annotations(program, owner.module)
    axes = program.axes(owner)
    symbols: dict[str, Term] = {}
    made: list[tuple[str, Value]] = []
    for position, (field, text) in enumerate(fields.items()):
        value = annotations.declared(text, f"{origin}[{position}]", f"{name}.{field}", depth)
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
