"""What the project defines outside of functions: functions, classes, and names with fixed values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain.callables import Callee, Constructor, External, Partial
from shapeguard.lint.flow.domain.fractions import value_of
from shapeguard.lint.flow.domain.operators import TERMS
from shapeguard.lint.flow.domain.propositions import FALSE, TRUE
from shapeguard.lint.flow.domain.terms import number
from shapeguard.lint.flow.domain.values import Bool, Int, Missing, Sequence, Text, Unknown
from shapeguard.lint.flow.program import Class, Constant, Function, Module
from shapeguard.lint.flow.syntax.usage import dotted_name

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.program import Named, Program

PARTIAL = "functools.partial"
_DEPTH = 4
_ENUMS = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})


def named(program: Program, found: Named | str, depth: int = 0) -> Value:
    """Return the value of something that a project or a library defines."""
    match found:
        case Function():
            return Callee(found)
        case Class():
            return Constructor(found)
        case Module():
            return External(found.name)
        case Constant():
            return constant(program, found, depth)
        case str():
            return External(found)


def constant(program: Program, found: Constant, depth: int = 0) -> Value:
    """Return what a name of a module or a class is bound to, where that is fixed.

    A list is not: anybody may change it.
    """
    unknown = Unknown(f"{found.module.name}.{found.name}", found.name)
    node = found.expression()
    return unknown if node is None else _value(program, found, node, depth) or unknown


def member(program: Program, owner: Class, name: str) -> Value | None:
    """Return what an attribute of a class is, if its body binds it; a member of an enum is itself."""
    for base in program.bases(owner):
        if name in base.constants:
            kinds = {
                written.rsplit(".", 1)[-1]
                for each in program.bases(owner)
                for written in each.bases
            }
            if kinds & _ENUMS:
                return Text(f"{owner!r}.{name}")
            return constant(program, base.constants[name])
        if name in base.classes:
            return Constructor(base.classes[name])
    return None


def _value(program: Program, found: Constant, node: cst.BaseExpression, depth: int) -> Value | None:
    if depth > _DEPTH:
        return None
    match node:
        case cst.SimpleString():
            return Text(node.raw_value)
        case cst.Float():
            return value_of(node)
        case cst.Name(value="None"):
            return Missing()
        case cst.Name(value="True" | "False" as truth):
            return Bool(TRUE if truth == "True" else FALSE)
        case cst.Name() | cst.Attribute():
            dotted = dotted_name(node)
            return None if dotted is None else _known(program, found.module, dotted, depth)
        case cst.Tuple(elements=elements):
            members = [_value(program, found, each.value, depth + 1) for each in elements]
            whole = all(isinstance(each, cst.Element) for each in elements)
            known = tuple(each for each in members if each is not None)
            return Sequence(known) if whole and len(known) == len(members) else None
        case cst.Call(func=cst.Name() | cst.Attribute()):
            return _partial(program, found, node, depth)
        case _:
            term = _integer(program, found, node, depth)
            return None if term is None else Int(term)


def _known(program: Program, module: Module, dotted: str, depth: int) -> Value | None:
    value = named(program, program.find(module, dotted), depth + 1)
    return None if isinstance(value, External) and value.name == dotted else value


def _partial(program: Program, found: Constant, node: cst.Call, depth: int) -> Value | None:
    """Return ``partial(function, ...)`` with its arguments; any other call is not made."""
    dotted = dotted_name(node.func) or ""
    if program.find(found.module, dotted) != PARTIAL or not node.args:
        return None
    values = [_value(program, found, each.value, depth + 1) for each in node.args]
    if values[0] is None or any(each.star for each in node.args):
        return None
    positional: list[Value] = []
    keywords: list[tuple[str, Value]] = []
    for argument, value in zip(node.args[1:], values[1:], strict=True):
        known = value or Unknown(f"{found.module.name}.{found.name}[{len(positional)}]", found.name)
        if argument.keyword is None:
            positional.append(known)
        else:
            keywords.append((argument.keyword.value, known))
    return Partial(values[0], tuple(positional), tuple(keywords))


def _integer(
    program: Program, found: Constant, node: cst.BaseExpression, depth: int
) -> Term | None:
    match node:
        case cst.Integer():
            return number(node.evaluated_value)
        case cst.UnaryOperation(operator=cst.Minus(), expression=inner):
            term = _integer(program, found, inner, depth + 1)
            return None if term is None else term.scaled(-1)
        case cst.BinaryOperation(left=left, operator=operator, right=right):
            one = _operand(program, found, left, depth + 1)
            other = _operand(program, found, right, depth + 1)
            combine = TERMS.get(type(operator))
            if combine is None or one is None or other is None:
                return None
            return combine(one, other)
        case _:
            return None


def _operand(
    program: Program, found: Constant, node: cst.BaseExpression, depth: int
) -> Term | None:
    value = _value(program, found, node, depth)
    return value.term if isinstance(value, Int) else None
