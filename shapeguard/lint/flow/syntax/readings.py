"""What an expression reads, and what its names are bound to, as far as the text of a function tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.syntax.trees import children, source
from shapeguard.lint.flow.syntax.walks import assigned

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_FAR = 4
"""How many assignments are followed, one behind the other."""


def parsed(text: str) -> cst.BaseExpression:
    """Return an expression, or one that reads nothing where a text is none."""
    try:
        return cst.parse_expression(text)
    except cst.ParserSyntaxError:
        return cst.Ellipsis()


def with_bound(function: cst.FunctionDef, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield an expression, and what its names are bound to."""
    parts, seen = [node], set[str]()
    for _ in range(_FAR):
        yield from parts
        names = {name for part in parts for name in places(part)} - seen
        bound = (assigned(function, name) for name in sorted(names) if name.isidentifier())
        parts, seen = [each for each in bound if each is not None], seen | names


def places(node: cst.CSTNode, beside: Collection[str] = ()) -> Iterator[str]:
    """Yield what an expression reads: names, fields, and members with a key, as they are written.

    What is read to call a function of a name in ``beside`` is left out.
    """
    match node:
        case cst.Call() if called(node) in beside:
            return
        case cst.Call(func=func):
            if isinstance(func, cst.Attribute):
                yield from places(func.value, beside)
            for argument in node.args:
                yield from places(argument.value, beside)
        case cst.Name() | cst.Attribute():
            yield source(node)
        case cst.Subscript(slice=[cst.SubscriptElement(cst.Index(cst.SimpleString()))]):
            yield source(node)
        case _:
            for each in children(node):
                yield from places(each, beside)


def called(call: cst.Call) -> str:
    """Return the name of a function or a method that is called."""
    match call.func:
        case cst.Attribute(attr=cst.Name(name)) | cst.Name(name):
            return name
        case _:
            return ""
