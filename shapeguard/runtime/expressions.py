"""A tiny language for relations between extents: parsed by ``ast``, compiled to closures.

Integers, comparisons, ``and``/``or``/``not``, arithmetic, ``in``, conditional expressions,
attributes and items of arguments, and ``len sum min max abs all any``. Nothing else: an expression
cannot call arbitrary code, and it never looks at the elements of an array.
"""

from __future__ import annotations

import ast
import operator
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from shapeguard.errors import ContractDefinitionError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Value: TypeAlias = "Callable[[Mapping[str, Any]], Any]"
"""What an expression is worth, given the names in scope."""

ARGUMENTS = "__arguments__"

_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "all": all,
    "any": any,
    "len": len,
    "max": max,
    "min": min,
    "sum": sum,
}
_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: lambda left, right: left // right,
    ast.Div: lambda left, right: left / right,
    ast.Pow: lambda left, right: left**right,
    ast.Mod: operator.mod,
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.Not: operator.not_,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
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
_ALLOWED = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.BinOp, ast.Compare, ast.Call,
    ast.IfExp, ast.Name, ast.Load, ast.Constant, ast.Attribute, ast.Subscript, ast.Tuple, ast.List,
    *_BINARY, *_UNARY, *_COMPARE,
)  # fmt: skip


class UnboundNameError(Exception):
    """An expression needs an axis that no tensor of this call has bound (an absent optional)."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A compiled expression and the names that it reads."""

    text: str
    value: Value
    names: frozenset[str]


@lru_cache(maxsize=1024)
def parse_formula(text: str) -> Formula:
    """Parse an expression; ``{name}`` reads the argument of that name, as in jaxtyping.

    Raises:
        ContractDefinitionError: for a syntax error or a construct that the language lacks.

    """
    source = re.sub(r"\{\s*(\w+)", rf"({ARGUMENTS}.\1", text).replace("}", ")")
    try:
        tree = ast.parse(source, mode="eval").body
    except SyntaxError as error:
        message = f"contract expression {text!r} is not valid: {error.msg}"
        raise ContractDefinitionError(message) from None
    for node in ast.walk(tree):
        _refuse_foreign(node, text)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called
    }
    return Formula(text, _compiled(tree), frozenset(names - {ARGUMENTS}))


def evaluate(formula: Formula, names: Mapping[str, Any]) -> Any:  # noqa: ANN401 - the formula's own
    """Evaluate a formula with ``names`` in scope.

    Raises:
        UnboundNameError: if a name is not in scope.
        ContractDefinitionError: if the formula divides by zero, compares arrays or fails otherwise.

    """
    try:
        return formula.value(names)
    except (ContractDefinitionError, UnboundNameError):
        raise
    except Exception as error:
        message = f"contract expression {formula.text!r} fails: {type(error).__name__}: {error}"
        raise ContractDefinitionError(message) from error


def _refuse_foreign(node: ast.AST, text: str) -> None:
    construct = ""
    if not isinstance(node, _ALLOWED):
        construct = type(node).__name__
    elif isinstance(node, ast.Attribute) and node.attr.startswith("__"):
        construct = f"the attribute {node.attr!r}"
    elif isinstance(node, ast.Call) and not (
        isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS and not node.keywords
    ):
        construct = f"a call of {ast.unparse(node.func)!r}"
    if construct:
        message = (
            f"contract expression {text!r} contains {construct}; it may use names, numbers, "
            f"comparisons, arithmetic and {', '.join(sorted(_FUNCTIONS))}"
        )
        raise ContractDefinitionError(message)


def _compiled(node: ast.expr) -> Value:
    return _COMPILERS[type(node)](node)


def _plain(node: ast.expr) -> Value:
    """Compile an operand; an array is refused, since its truth would read its elements."""
    value, text = _compiled(node), ast.unparse(node)

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
    operand_of = _compiled if identity else _plain
    first = operand_of(node.left)
    rest = tuple(
        (_COMPARE[type(comparison)], operand_of(right))
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
    test, body, other = _plain(node.test), _compiled(node.body), _compiled(node.orelse)
    return lambda names: body(names) if test(names) else other(names)


def _attribute(node: ast.Attribute) -> Value:
    name, owner = node.attr, _compiled(node.value)
    if isinstance(node.value, ast.Name) and node.value.id == ARGUMENTS:
        return lambda names: owner(names)[name]
    return lambda names: getattr(owner(names), name)


def _unary(node: ast.UnaryOp) -> Value:
    apply, operand = _UNARY[type(node.op)], _plain(node.operand)
    return lambda names: apply(operand(names))


def _binary(node: ast.BinOp) -> Value:
    apply, left, right = _BINARY[type(node.op)], _plain(node.left), _plain(node.right)
    return lambda names: apply(left(names), right(names))


def _item(node: ast.Subscript) -> Value:
    owner, key = _compiled(node.value), _plain(node.slice)
    return lambda names: owner(names)[key(names)]


def _call(node: ast.Call) -> Value:
    function = _FUNCTIONS[ast.unparse(node.func)]
    arguments = tuple(_compiled(argument) for argument in node.args)
    return lambda names: function(*(argument(names) for argument in arguments))


def _tuple(node: ast.Tuple) -> Value:
    members = tuple(_compiled(member) for member in node.elts)
    return lambda names: tuple(member(names) for member in members)


def _list(node: ast.List) -> Value:
    members = tuple(_compiled(member) for member in node.elts)
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
