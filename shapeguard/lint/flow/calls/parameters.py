"""Parameters: what an annotation says about the value that a function is given."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain.predicates import every, negate
from shapeguard.lint.flow.domain.propositions import Opaque, absence
from shapeguard.lint.flow.domain.tensors import Kind, Slice, Tensor, Trait
from shapeguard.lint.flow.domain.terms import Sizes, symbol
from shapeguard.lint.flow.domain.truths import trueness
from shapeguard.lint.flow.domain.values import Bool, Choice, Int, Missing, Record, Sequence, Unknown
from shapeguard.lint.flow.events.hints import KIND_AND_AXES
from shapeguard.lint.flow.program import Class, Constant
from shapeguard.lint.flow.shapes.axis_names import AxisScope, annotated, relations
from shapeguard.lint.flow.syntax.trees import parse_annotation
from shapeguard.lint.flow.syntax.usage import dotted_name, last_name
from shapeguard.lint.flow.syntax.words import ARRAYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.program import Module, Program

_DEPTH = 2
_LISTS = ("List", "list", "Sequence", "Iterable", "Tuple", "tuple", "Collection", "Iterator")
_WRAPPERS = ("Final", "ClassVar", "Annotated", "Required", "NotRequired", "InitVar")
_TENSORS = ("Tensor", "FloatTensor", "LongTensor", "BoolTensor")
_CONTAINERS = ("__getitem__", "__len__", "__iter__", "__bool__", "__getattr__")
_PLAIN_BASES = frozenset({"object", "ABC", "Protocol", "Generic", "Module"})


@dataclass(frozen=True, slots=True)
class Annotations:
    """The annotations of one module, as declarations of values; ``scope`` has the axis names."""

    program: Program
    module: Module
    scope: AxisScope = field(default_factory=AxisScope)

    @classmethod
    def within(cls, program: Program, module: Module, key: str) -> Annotations:
        """Return the annotations of one call or object, whose symbols begin with ``key``."""
        return cls(program, module, AxisScope(key, program.empty_axes))

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
            case cst.BinaryOperation(operator=cst.BitOr()):
                return self._union(list(_members(node)), origin, name, depth)
            case cst.Name() | cst.Attribute():
                return self._simple(dotted_name(node) or "", origin, name, depth)
            case _:
                return Unknown(origin, name)

    def relations(self, annotation: cst.BaseExpression, value: Value) -> Iterator[Predicate]:
        """Yield what the axis names of an annotation say about a value that is known already."""
        match annotation:
            case cst.SimpleString():
                inner = parse_annotation(str(annotation.evaluated_value))
                if inner is not None and not isinstance(inner, cst.SimpleString):
                    yield from self.relations(inner, value)
            case cst.Subscript() if isinstance(value, Tensor) and (axes := axis_string(annotation)):
                yield from relations(axes, value, self.scope)
            case _:
                return

    def _simple(self, dotted: str, origin: str, name: str, depth: int) -> Value:
        match dotted.rsplit(".", 1)[-1]:
            case last if last in _TENSORS:
                traits = (Trait(Kind.MASK, about=origin),) if last == "BoolTensor" else ()
                return Tensor(origin, name, traits=traits)
            case "slice":
                return Slice(
                    symbol(f"{origin}.start", f"{name}.start", low=None),
                    symbol(f"{origin}.stop", f"{name}.stop", low=None),
                )
            case "int":
                return Int(symbol(origin, name, low=None))
            case "bool":
                return Bool(trueness(origin))
            case "list" | "List" if "." not in dotted or dotted.startswith("typing."):
                return Sequence(
                    None, Unknown(f"{origin}[*]", f"{name}[i]"), _count_of(origin, name)
                )
            case _:
                return self._defined(dotted, origin, name, depth)

    def _defined(self, dotted: str, origin: str, name: str, depth: int) -> Value:
        """Return an object of a class of the project, or what an alias of a type stands for."""
        found = self.program.find(self.module, dotted)
        if depth >= _DEPTH:
            return Unknown(origin, name)
        if isinstance(found, Class):
            return instance(self.program, found, origin, name, depth + 1)
        node = found.expression() if isinstance(found, Constant) else None
        if node is None or not isinstance(found, Constant):
            return Unknown(origin, name)
        return replace(self, module=found.module).declared(node, origin, name, depth + 1)

    def _generic(self, node: cst.Subscript, origin: str, name: str, depth: int) -> Value:
        outer = last_name(node.value)
        inner = [each.slice.value for each in node.slice if isinstance(each.slice, cst.Index)]
        axes = axis_string(node)
        if axes is not None:
            return annotated(outer, axes, origin, name, self.scope)
        if outer in ("Optional", "Union") and inner:
            missing = [cst.Name("None")] if outer == "Optional" else []
            return self._union([*inner, *missing], origin, name, depth)
        if outer in _WRAPPERS and inner:
            return self.declared(inner[0], origin, name, depth)
        if (
            outer in ("tuple", "Tuple")
            and len(inner) > 1
            and not isinstance(inner[-1], cst.Ellipsis)
        ):
            items = enumerate(inner)
            return Sequence(
                tuple(self.declared(a, f"{origin}[{i}]", f"{name}[{i}]", depth) for i, a in items)
            )
        if outer in _LISTS and inner:
            element = self.declared(inner[0], f"{origin}[*]", f"{name}[i]", depth)
            sizes = Sizes(origin, name) if isinstance(element, Int) else None
            return Sequence(None, element, _count_of(origin, name), sizes)
        return Unknown(origin, name)

    def _union(
        self, members: list[cst.BaseExpression], origin: str, name: str, depth: int
    ) -> Value:
        """Return an optional value; a union of several kinds is only known if all are tensors."""
        kinds = [each for each in members if dotted_name(each) != "None"]
        values = [self.declared(each, origin, name, depth) for each in kinds]
        value: Value = Unknown(origin, name)
        if len(values) == 1 or (values and all(isinstance(each, Tensor) for each in values)):
            value = _either(origin, values)
        return value if len(kinds) == len(members) else _optional(origin, value)


def _count_of(origin: str, name: str) -> Term:
    return symbol(f"{origin}#0", f"len({name})")


def _members(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    while isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.BitOr):
        yield node.right
        node = node.left
    yield node


def axis_string(node: cst.Subscript) -> str | None:
    """Return the axes of ``Float[Tensor, "batch seq"]``, or None for any other annotation."""
    if last_name(node.value) not in ARRAYS or len(node.slice) != KIND_AND_AXES:
        return None
    match node.slice[1].slice:
        case cst.Index(value=cst.SimpleString() | cst.ConcatenatedString() as text):
            return str(text.evaluated_value)
        case _:
            return None


def _either(origin: str, values: list[Value]) -> Value:
    """Return a value that is one of several, nobody knows which."""
    left = [*dict.fromkeys(values)]
    conditions = [Opaque(f"isinstance({origin},{i})") for i in range(len(left) - 1)]
    if not conditions:
        return left[0]
    before = [[negate(c) for c in conditions[:i]] for i in range(len(left))]
    return Choice(
        tuple((every([*b, *conditions[i : i + 1]]), left[i]) for i, b in enumerate(before))
    )


def _optional(origin: str, value: Value) -> Value:
    absent = absence(origin)
    present = value.alternatives if isinstance(value, Choice) else ((every(()), value),)
    rest = tuple((every((negate(absent), condition)), leaf) for condition, leaf in present)
    return Choice(((absent, Missing()), *rest))


def instance(program: Program, owner: Class, origin: str, name: str, depth: int = 0) -> Value:
    """Return an object of a class of the project; fields of records are known by their place.

    An object of another class has fields that its methods tell, unless it behaves like a list or a
    tensor, or inherits from a class outside of which nothing is known.
    """
    fields = program.record(owner)
    if fields is None:
        return Record(owner, origin, name) if _is_plain(program, owner) else Unknown(origin, name)
    annotations = Annotations.within(program, owner.module, f"{origin}.")
    axes = program.axes(owner)
    symbols: dict[str, Term] = {}
    made: list[tuple[str, Value]] = []
    for position, (each, text) in enumerate(fields.items()):
        value = annotations.declared(text, f"{origin}[{position}]", f"{name}.{each}", depth)
        made.append((each, _with_axes(value, axes.get(each, ()), symbols)))
    return Record(owner, origin, name, tuple(made))


def _is_plain(program: Program, owner: Class) -> bool:
    if any(program.method(owner, name) for name in _CONTAINERS):
        return False
    for base in program.bases(owner):
        for written in base.bases:
            found = program.find(base.module, written)
            if isinstance(found, str) and found.rsplit(".", 1)[-1] not in _PLAIN_BASES:
                return False
    return True


def _with_axes(value: Value, words: tuple[str, ...], symbols: dict[str, Term]) -> Value:
    """Give a tensor the axes of its contract; one word is one extent in all fields."""
    if not words or not isinstance(value, Tensor):
        return value
    for axis, word in enumerate(words):
        symbols.setdefault(word, symbol(f"{value.origin}#{axis}", word))
    extents = tuple((axis, symbols[word]) for axis, word in enumerate(words))
    return replace(value, extents=extents, rank=len(words))
