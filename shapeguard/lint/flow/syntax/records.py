"""Records as the source makes and changes them: what is given to one field, as written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.syntax.trees import walk
from shapeguard.lint.flow.syntax.usage import dotted_name

if TYPE_CHECKING:
    from collections.abc import Iterator

REPLACING = ("replace", "_replace")
"""What makes another record of one."""
_CONSTANTS = ("None", "True", "False")


def given_to(
    body: cst.CSTNode, record: str, place: int, name: str
) -> tuple[cst.BaseExpression | None, cst.Call | None]:
    """Return what a body gives to a field of a record, and the call that makes or changes one.

    ``place`` is the position of the field among the arguments of its class, called ``record``.
    """
    made: cst.Call | None = None
    for node in reversed([*walk(body)]):
        if isinstance(node, cst.Call) and (taken := _arguments(node, record)) is not None:
            made = made or node
            placed, keywords = taken
            value = keywords.get(name, placed[place] if place < len(placed) else None)
            if value is not None:
                return value, node
    return None, made


def _arguments(
    call: cst.Call, record: str
) -> tuple[list[cst.BaseExpression], dict[str, cst.BaseExpression]] | None:
    """Return the fields that a call gives by position and by name, if it makes or changes a record."""
    match call.func:
        case cst.Attribute(attr=cst.Name(called)) | cst.Name(called):
            keywords = {a.keyword.value: a.value for a in call.args if a.keyword is not None}
            if called == record:
                return [a.value for a in call.args if a.keyword is None and not a.star], keywords
            return ([], keywords) if called in REPLACING and keywords else None
        case _:
            return None


def passes_on(body: cst.CSTNode, node: cst.BaseExpression, name: str) -> bool:
    """Say whether an expression is the field of a record as it was, or the same for every record."""
    match node:
        case cst.Attribute(attr=cst.Name(attribute)):
            return attribute == name
        case cst.Name(local) if local not in _CONSTANTS:
            bound = [*_bindings(body, local, name)]
            return bool(bound) and all(bound)
        case _:
            return isinstance(node, cst.Name | cst.BaseNumber | cst.BaseString)


def _bindings(body: cst.CSTNode, local: str, name: str) -> Iterator[bool]:
    """Say of all that a body assigns to a name whether it is the field of a record as it was."""
    for node in walk(body):
        if not isinstance(node, cst.Assign):
            continue
        value = node.value
        for target in node.targets:
            match target.target:
                case cst.Name(bound) if bound == local:
                    yield passes_on(body, value, name)
                case cst.Tuple(elements=elements):
                    names = [dotted_name(each.value) for each in elements]
                    if local not in names:
                        continue
                    place = names.index(local)
                    if isinstance(value, cst.Tuple) and len(value.elements) == len(names):
                        yield passes_on(body, value.elements[place].value, name)
                    else:  # a record that is taken apart, or what something unknown gives
                        yield not isinstance(value, cst.Call)
                case _:
                    continue
