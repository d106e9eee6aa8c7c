"""What an expression reads, and what its names are bound to, as far as the text of a function tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.syntax.trees import children, source, walk
from shapeguard.lint.flow.syntax.usage import called, named_parameters
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


def with_bound(
    function: cst.FunctionDef, node: cst.CSTNode, *, arguments: bool = False
) -> Iterator[cst.CSTNode]:
    """Yield an expression, and what its names are bound to, by a few assignments in a row.

    A name in a loop stands for a member of what is walked over. What is looked up in something is
    another thing than that which it is looked up in. With ``arguments`` an argument that is bound again
    is followed as well: it may be what the caller gave.
    """
    parameters = () if arguments else named_parameters(function.params)
    parts, seen = [node], {each.name.value for each in parameters}
    for _ in range(_FAR):
        yield from parts
        names = {name for part in parts for name in _read_whole(part)} - seen
        bound = (_bound(function, name) for name in sorted(names) if name.isidentifier())
        parts, seen = [each for each in bound if each is not None], seen | names


def is_bound(function: cst.FunctionDef, place: str) -> bool:
    """Say whether it is known what a place is bound to."""
    return place.isidentifier() and _bound(function, place) is not None


def _bound(function: cst.FunctionDef, name: str) -> cst.BaseExpression | None:
    """Return what a name is bound to: by one assignment, or member by member by one loop."""
    if (value := assigned(function, name)) is not None:
        return value
    walked = [
        each.iter
        for each in walk(function.body)
        if isinstance(each, cst.For | cst.CompFor)
        and isinstance(each.target, cst.Name)
        and each.target.value == name
    ]
    return walked[0] if len(walked) == 1 else None


def _read_whole(node: cst.CSTNode) -> Iterator[str]:
    """Yield the places that an expression reads, without those of which it reads a member."""
    match node:
        case cst.Subscript():
            return
        case cst.Call(func=func):
            if isinstance(func, cst.Attribute):
                yield from _read_whole(func.value)
            for argument in node.args:
                yield from _read_whole(argument.value)
        case cst.Name() | cst.Attribute():
            yield source(node)
        case _:
            for each in children(node):
                yield from _read_whole(each)


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
        case cst.Name(value="None" | "True" | "False"):
            return
        case cst.Name() | cst.Attribute():
            yield source(node)
        case cst.Subscript(slice=[cst.SubscriptElement(cst.Index(cst.SimpleString()))]):
            yield source(node)
        case _:
            for each in children(node):
                yield from places(each, beside)
