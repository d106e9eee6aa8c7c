"""A tiny language for relations between extents: parsed by ``ast``, compiled to closures.

Integers, comparisons, ``and``/``or``/``not``, arithmetic, ``in``, conditional expressions,
attributes and items of arguments, and ``len sum min max abs all any``. Nothing else: an expression
cannot call arbitrary code, and it never looks at the elements of an array.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from shapeguard.errors import ContractDefinitionError
from shapeguard.runtime.closures import (
    ARGUMENTS,
    BINARY,
    COMPARE,
    FUNCTIONS,
    UNARY,
    UnboundNameError,
    compiled,
    is_arguments,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapeguard.runtime.closures import Value

_ALLOWED = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.BinOp, ast.Compare, ast.Call,
    ast.IfExp, ast.Name, ast.Load, ast.Constant, ast.Attribute, ast.Subscript, ast.Tuple, ast.List,
    *BINARY, *UNARY, *COMPARE,
)  # fmt: skip


class UndefinedValueError(Exception):
    """An expression has no value for these extents: it divides by one that is 0."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A compiled expression, the names that it reads, and the ``arguments`` that it reads in braces."""

    text: str
    value: Value
    names: frozenset[str]
    arguments: frozenset[str] = frozenset()


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
    given = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and is_arguments(node.value)
    }
    return Formula(text, compiled(tree), frozenset(names - {ARGUMENTS}), frozenset(given))


def evaluate(formula: Formula, names: Mapping[str, Any]) -> Any:  # noqa: ANN401 - the formula's own
    """Evaluate a formula with ``names`` in scope.

    Raises:
        UnboundNameError: if a name is not in scope.
        UndefinedValueError: if the formula divides by zero.
        ContractDefinitionError: if the formula compares arrays or fails otherwise.

    """
    try:
        return formula.value(names)
    except (ContractDefinitionError, UnboundNameError):
        raise
    except ZeroDivisionError as error:
        raise UndefinedValueError(str(error)) from error
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
        isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS and not node.keywords
    ):
        construct = f"a call of {ast.unparse(node.func)!r}"
    if construct:
        message = (
            f"contract expression {text!r} contains {construct}; it may use names, numbers, "
            f"comparisons, arithmetic and {', '.join(sorted(FUNCTIONS))}"
        )
        raise ContractDefinitionError(message)
