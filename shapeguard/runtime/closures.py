"""Expressions compiled to closures: what each construct of the language means."""

from __future__ import annotations

import ast
import operator
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from shapeguard.errors import ContractDefinitionError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Value: TypeAlias = "Callable[[Mapping[str, Any]], Any]"
"""What an expression is worth, given the names in scope."""

ARGUMENTS = "__arguments__"

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "all": all,
    "any": any,
    "len": len,
    "max": max,
    "min": min,
    "sum": sum,
}
BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: lambda left, right: left // right,
    ast.Div: lambda left, right: left / right,
    ast.Pow: lambda left, right: left**right,
    ast.Mod: operator.mod,
}
UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.Not: operator.not_,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda item, items: item in items,
    ast.NotIn: lambda item, items: item not in items,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}


class UnboundNameError(Exception):
    """An expression needs an axis that no tensor of this call has bound (an absent optional)."""


def is_arguments(node: ast.expr) -> bool:
    """Whether a node stands for the arguments of the call, which braces read."""
    return isinstance(node, ast.Name) and node.id == ARGUMENTS


def compiled(node: ast.expr) -> Value:
    """Compile a node of the language, which has been seen to hold nothing else."""
    return _COMPILERS[type(node)](node)


def _plain(node: ast.expr) -> Value:
    """Compile an operand; an array is refused, since its truth would read its elements."""
    value, text = compiled(node), ast.unparse(node)

    def plain(names: Mapping[str, Any]) -> Any:  # noqa: ANN401 - the formula's own
        found = value(names)
        if found.__class__ is not int and hasattr(found, "shape") and hasattr(found, "dtype"):
            message = f"contract expression uses the array {text!r} as a number or a truth"
            raise ContractDefinitionError(message)
        return found

    return value if isinstance(node, ast.Constant) else plain


def _name(node: ast.Name) -> Value:
    name = node.id

    def read(names: Mapping[str, Any]) -> Any:  # noqa: ANN401 - the formula's own
        if name not in names:
            raise UnboundNameError(name)
        return names[name]

    return read


def _constant(node: ast.Constant) -> Value:
    constant = node.value
    return lambda _: constant


def _boolean(node: ast.BoolOp) -> Value:
    operands = tuple(_plain(operand) for operand in node.values)
    decisive = isinstance(node.op, ast.Or)

    def decide(names: Mapping[str, Any]) -> Any:  # noqa: ANN401 - the operand that decides
        found = None
        for operand in operands:
            found = operand(names)
            if bool(found) is decisive:
                break
        return found

    return decide


def _comparison(node: ast.Compare) -> Value:
    identity = all(isinstance(comparison, ast.Is | ast.IsNot) for comparison in node.ops)
    among = any(isinstance(comparison, ast.In | ast.NotIn) for comparison in node.ops)
    operand_of = compiled if identity else _without_arrays if among else _plain
    first = operand_of(node.left)
    rest = tuple(
        (COMPARE[type(comparison)], operand_of(right))
        for comparison, right in zip(node.ops, node.comparators, strict=True)
    )

    def compare(names: Mapping[str, Any]) -> bool:
        left = first(names)
        for holds, operand in rest:
            right = operand(names)
            if not holds(left, right):
                return False
            left = right
        return True

    return compare


def _conditional(node: ast.IfExp) -> Value:
    test, body, other = _plain(node.test), compiled(node.body), compiled(node.orelse)
    return lambda names: body(names) if test(names) else other(names)


def _attribute(node: ast.Attribute) -> Value:
    name, owner = node.attr, compiled(node.value)
    if is_arguments(node.value):
        return lambda names: owner(names)[name]
    return lambda names: getattr(owner(names), name)


def _unary(node: ast.UnaryOp) -> Value:
    apply, operand = UNARY[type(node.op)], _plain(node.operand)
    return lambda names: apply(operand(names))


def _binary(node: ast.BinOp) -> Value:
    apply, left, right = BINARY[type(node.op)], _plain(node.left), _plain(node.right)
    return lambda names: apply(left(names), right(names))


def _item(node: ast.Subscript) -> Value:
    owner, key = compiled(node.value), _plain(node.slice)
    return lambda names: owner(names)[key(names)]


def _call(node: ast.Call) -> Value:
    function = FUNCTIONS[ast.unparse(node.func)]
    if function is len:
        measured = tuple(compiled(argument) for argument in node.args)
        return lambda names: len(*(argument(names) for argument in measured))
    arguments = tuple(map(_without_arrays, node.args))
    return lambda names: function(*(argument(names) for argument in arguments))


def _without_arrays(node: ast.expr) -> Value:
    """Compile an argument that is gone through: neither it nor a member of it is an array."""
    value, text = _plain(node), ast.unparse(node)

    def read(names: Mapping[str, Any]) -> Any:  # noqa: ANN401 - the formula's own
        found = value(names)
        if isinstance(found, str) or not isinstance(found, Collection):
            return found
        members = cast("Collection[object]", found)
        if any(hasattr(each, "shape") and hasattr(each, "dtype") for each in members):
            message = f"contract expression reads the arrays in {text!r}"
            raise ContractDefinitionError(message)
        return members

    return read


def _tuple(node: ast.Tuple) -> Value:
    members = tuple(_plain(member) for member in node.elts)
    return lambda names: tuple(member(names) for member in members)


def _list(node: ast.List) -> Value:
    members = tuple(_plain(member) for member in node.elts)
    return lambda names: [member(names) for member in members]


_COMPILERS: dict[type[ast.expr], Callable[[Any], Value]] = {
    ast.Name: _name,
    ast.Constant: _constant,
    ast.BoolOp: _boolean,
    ast.Compare: _comparison,
    ast.IfExp: _conditional,
    ast.Attribute: _attribute,
    ast.UnaryOp: _unary,
    ast.BinOp: _binary,
    ast.Subscript: _item,
    ast.Call: _call,
    ast.Tuple: _tuple,
    ast.List: _list,
}
