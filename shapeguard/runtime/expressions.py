"""A tiny language for relations between extents: parsed by ``ast``, evaluated by hand.

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
from typing import TYPE_CHECKING, Any

from shapeguard.errors import ContractDefinitionError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
    """A parsed expression and the names that it reads."""

    text: str
    tree: ast.expr
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
    return Formula(text, tree, frozenset(names - {ARGUMENTS}))


def evaluate(formula: Formula, names: Mapping[str, Any]) -> Any:  # noqa: ANN401 - the formula's own
    """Evaluate a formula with ``names`` in scope.

    Raises:
        UnboundNameError: if a name is not in scope.
        ContractDefinitionError: if the formula divides by zero, compares arrays or fails otherwise.

    """
    try:
        return _value(formula.tree, names)
    except (ContractDefinitionError, UnboundNameError):
        raise
    except Exception as error:
        message = f"contract expression {formula.text!r} fails: {type(error).__name__}: {error}"
        raise ContractDefinitionError(message) from error


def _refuse_foreign(node: ast.AST, text: str) -> None:
    construct = ""
    if not isinstance(node, _ALLOWED):
        construct = type(node).__name__
    elif isinstance(node, ast.Attribute) and node.attr.startswith("_"):
        construct = f"the private attribute {node.attr!r}"
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


def _value(node: ast.expr, names: Mapping[str, Any]) -> Any:  # noqa: ANN401 - as evaluate
    return _EVALUATORS[type(node)](node, names)


def _name(node: ast.Name, names: Mapping[str, Any]) -> Any:  # noqa: ANN401 - as evaluate
    if node.id not in names:
        raise UnboundNameError(node.id)
    return names[node.id]


def _boolean(node: ast.BoolOp, names: Mapping[str, Any]) -> bool:
    decisive = isinstance(node.op, ast.Or)
    return (
        decisive
        if any(bool(_plain(operand, names)) is decisive for operand in node.values)
        else not decisive
    )


def _comparison(node: ast.Compare, names: Mapping[str, Any]) -> bool:
    left = _plain(node.left, names)
    for comparison, right_node in zip(node.ops, node.comparators, strict=True):
        right = _plain(right_node, names)
        if not _COMPARE[type(comparison)](left, right):
            return False
        left = right
    return True


def _conditional(node: ast.IfExp, names: Mapping[str, Any]) -> Any:  # noqa: ANN401 - as evaluate
    return _value(node.body if _plain(node.test, names) else node.orelse, names)


def _attribute(node: ast.Attribute, names: Mapping[str, Any]) -> Any:  # noqa: ANN401 - as evaluate
    owner = _value(node.value, names)
    if isinstance(node.value, ast.Name) and node.value.id == ARGUMENTS:
        return owner[node.attr]
    return getattr(owner, node.attr)


def _plain(node: ast.expr, names: Mapping[str, Any]) -> Any:  # noqa: ANN401 - as evaluate
    """Evaluate an operand; an array is refused, since its truth would read its elements."""
    value = _value(node, names)
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        message = f"contract expression uses the array {ast.unparse(node)!r} as a number or a truth"
        raise ContractDefinitionError(message)
    return value


_EVALUATORS: dict[type[ast.expr], Callable[[Any, Mapping[str, Any]], Any]] = {
    ast.Name: _name,
    ast.Constant: lambda node, _: node.value,
    ast.BoolOp: _boolean,
    ast.Compare: _comparison,
    ast.IfExp: _conditional,
    ast.Attribute: _attribute,
    ast.UnaryOp: lambda node, names: _UNARY[type(node.op)](_plain(node.operand, names)),
    ast.BinOp: lambda node, names: _BINARY[type(node.op)](
        _plain(node.left, names), _plain(node.right, names)
    ),
    ast.Subscript: lambda node, names: _value(node.value, names)[_plain(node.slice, names)],
    ast.Call: lambda node, names: _FUNCTIONS[node.func.id](
        *(_value(argument, names) for argument in node.args)
    ),
    ast.Tuple: lambda node, names: tuple(_value(item, names) for item in node.elts),
    ast.List: lambda node, names: [_value(item, names) for item in node.elts],
}
