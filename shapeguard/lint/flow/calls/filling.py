"""Attributes that change over the life of an object: lists that methods fill, numbers that they count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.calls.lifetimes import after
from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.members import united
from shapeguard.lint.flow.domain.terms import symbol
from shapeguard.lint.flow.domain.values import Sequence
from shapeguard.lint.flow.syntax.trees import remembered, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.program import Class, Function
    from shapeguard.lint.flow.run import (
        Run,
    )


def filled(run: Run, owner: Class, name: str, others: list[Function]) -> Sequence | None:
    """Return a list with the members that any method gives it, and the reason why it may have none.

    Lists that the same methods fill in the same way are equally long.
    """
    program = run.analysis.program
    found = program.lasting(
        ("list", owner, name), lambda: _content(run, owner, name, others), meanwhile=None
    )
    if found is None:
        return None
    surely = always_before(run, owner, found.filling)
    why = "" if surely else f"`self.{name}` is empty until `{found.filling}` is called"
    kind = "filled" if surely else "length"
    length = symbol(f"{owner!r}.{kind}({found.growth})", f"len(self.{name})", why=why)
    return Sequence(None, found.element, length, where=found.where)


@dataclass(frozen=True, slots=True)
class _Content:
    """What methods put into a list: its members, how it grows, and the first method that fills it.

    ``where`` holds of every member.
    """

    element: Value | None
    where: Predicate
    growth: str
    filling: str


def _content(run: Run, owner: Class, name: str, others: list[Function]) -> _Content | None:
    made: list[Sequence] = []
    growth: list[str] = []
    filling: list[str] = []
    for each in others:
        life = after(run, owner, each.name).field(name)
        lists = [] if life is None else merge.lists_of(life)
        given = [one for one in lists if merge.member_of(one, each.name) is not None]
        made += given
        if given:
            single = len(lists) == 1
            growth.append(f"{each.name} {merge.length(lists[0], '')!r}" if single else name)
            filling.append(each.name)
    if not growth:
        return None
    element, where = united(made, f"{owner!r}.{name}")
    return _Content(element, where, "; ".join(sorted(growth)), filling[0])


def always_before(run: Run, owner: Class, filling: str) -> bool:
    """Say whether the entry is a private method of which a caller calls the filling one as well."""
    entry = run.callers[0] if run.callers else run.function
    if not entry.name.startswith("_"):
        return False
    methods = (each for base in run.analysis.program.bases(owner) for each in base.methods.values())
    return any({entry.name, filling} <= each.calls for each in methods)


def called_after(run: Run, owner: Class, filling: str) -> bool:
    """Say whether a method of the class calls the entry and, by itself or a base, the filling one."""
    entry = run.callers[0] if run.callers else run.function
    methods = [each for base in run.analysis.program.bases(owner) for each in base.methods.values()]

    def reached(caller: Function) -> set[str]:
        inner = (each.calls for each in methods if each.name in caller.calls)
        return {*caller.calls, *(name for calls in inner for name in calls)}

    return any(entry.name in each.calls and filling in reached(each) for each in methods)


def adds_to(function: Function, name: str) -> bool:
    """Say whether a method counts: ``self.name += ...``."""
    return _adds(function.parse(), name)


@remembered(1024)
def _adds(method: cst.FunctionDef, name: str) -> bool:
    return any(
        isinstance(node, cst.AugAssign)
        and isinstance(node.operator, cst.AddAssign)
        and _is_attribute(node.target, name)
        for node in walk(method.body)
    )


@remembered(1024)
def zeros_set(constructor: cst.FunctionDef, name: str) -> tuple[cst.CSTNode, ...]:
    """Return where a constructor sets an attribute to 0, as an integer or as a float."""
    return tuple(
        node
        for node in walk(constructor.body)
        for number in _numbers_set(node, name)
        if not number.evaluated_value
    )


def _numbers_set(node: cst.CSTNode, name: str) -> Iterator[cst.Integer | cst.Float]:
    match node:
        case (
            cst.Assign(targets=(cst.AssignTarget(target=target),), value=value)
            | cst.AnnAssign(target=target, value=value)
        ) if _is_attribute(target, name) and isinstance(value, cst.Integer | cst.Float):
            yield value
        case _:
            return


def _is_attribute(target: cst.CSTNode, name: str) -> bool:
    """Say whether a target is an attribute of this name of the object itself."""
    match target:
        case cst.Attribute(value=cst.Name(), attr=cst.Name(value=attr)):
            return attr == name
        case _:
            return False
