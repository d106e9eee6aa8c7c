"""What a function does, seen from afar: the names that it calls and tests, and marks for the rest.

Read from ``ast`` alone, so that the gate and the search for twins need no libcst tree.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from shapeguard.lint.conditions import asked
from shapeguard.lint.flow.shapes.axis_names import ARRAYS
from shapeguard.lint.walking import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

OPERATOR = "<operator>"
DIVISION = "<division>"
CUT = "<cut under a condition>"
SUBSCRIPT = "<subscript>"
KEYED = "<keyed>"
LOOP = "<loop>"
ANNOTATED = "<annotated>"
COMPUTED = "<computed>"
"""Stands for what a method is called on, if that is no dotted name."""

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


def called(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the last name of everything that the nodes of a function call, and marks for the rest.

    :data:`OPERATOR` stands for an arithmetic operator, :data:`DIVISION` for a division by what is no
    literal, :data:`CUT` for a part of something that is taken under a condition, :data:`ASKED` for a
    condition that may ask nothing of a tensor.
    """
    for each in nodes:
        marks = _MARKS.get(type(each))
        if marks is not None:
            yield from marks(each)


def _called(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            yield name
        case _:
            return


def sites(nodes: Iterable[ast.AST]) -> dict[str, set[str]]:
    """Map the names of :func:`called` to what they are called on: ``a.b`` of ``a.b.f()``, or nothing."""
    found: dict[str, set[str]] = {}
    for node in nodes:
        match node:
            case ast.Call(func=ast.Name(id=name)):
                found.setdefault(name, set()).add("")
            case ast.Call(func=ast.Attribute(value=value, attr=name)):
                found.setdefault(name, set()).add(dotted(value) or COMPUTED)
            case _:
                pass
    return found


def bound(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the names that the nodes of a function bind, imports left out."""
    for node in nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                yield name
            case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                yield name
            case _:
                pass


def dotted(node: ast.expr) -> str | None:
    """Return ``a.b.c`` for a chain of attributes, or None."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join((node.id, *reversed(parts))) if isinstance(node, ast.Name) else None


def _operators(node: ast.AST) -> Iterator[str]:
    yield OPERATOR
    if isinstance(node, ast.BinOp | ast.AugAssign) and _divides(node):
        yield DIVISION


_WRITTEN = ast.Constant | ast.Slice | ast.Tuple | ast.UnaryOp


def _subscripts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        yield SUBSCRIPT
        if isinstance(node.value, ast.Attribute) and not isinstance(node.slice, _WRITTEN):
            yield KEYED
        if _last(node.value) in ARRAYS:
            yield ANNOTATED


def _hints(node: ast.AST) -> Iterator[str]:
    """Yield :data:`ANNOTATED` for an array annotation in quotes, or without brackets."""
    match node:
        case ast.arg(annotation=ast.Constant(value=str(text))) if "[" in text:
            yield ANNOTATED
        case ast.arg(annotation=ast.Name(id=name)) if name in ARRAYS:
            yield ANNOTATED
        case _:
            return


def declared(fields: Iterable[ast.AST]) -> Iterator[str]:
    """Yield :data:`ANNOTATED` if a field of a class has an array annotation."""
    annotations = (each.annotation for each in fields if isinstance(each, ast.AnnAssign))
    parts = (part for each in annotations for part in walk(each))
    if any(_last(part) in ARRAYS for part in parts):
        yield ANNOTATED


def _last(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _cuts(node: ast.AST) -> Iterator[str]:
    if _cuts_conditionally(node):
        yield CUT


def _if(node: ast.AST) -> Iterator[str]:
    yield from _cuts(node)
    yield from asked(node)


_MARKS: Mapping[type[ast.AST], Callable[[ast.AST], Iterable[str]]] = {
    ast.Call: _called,
    ast.BinOp: _operators,
    ast.AugAssign: _operators,
    ast.Subscript: _subscripts,
    ast.For: lambda _: (LOOP,),
    ast.AsyncFor: lambda _: (LOOP,),
    ast.While: lambda node: (LOOP, *asked(node)),
    ast.AnnAssign: lambda _: (ANNOTATED,),
    ast.If: _if,
    ast.IfExp: _if,
    ast.Assert: asked,
    ast.BoolOp: asked,
    ast.UnaryOp: asked,
    ast.Compare: asked,
    ast.arg: _hints,
}


def _divides(node: ast.BinOp | ast.AugAssign) -> bool:
    """Say whether a node divides by something that is no literal; ``"%s" % x`` formats."""
    right = node.right if isinstance(node, ast.BinOp) else node.value
    left = node.left if isinstance(node, ast.BinOp) else node.target
    formats = isinstance(left, ast.JoinedStr) or (
        isinstance(left, ast.Constant) and isinstance(left.value, str | bytes)
    )
    return isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod) and not (
        formats or isinstance(right, ast.Constant)
    )


def _cuts_conditionally(node: ast.AST) -> bool:
    if isinstance(node, ast.IfExp):
        return any(_is_part(each) for each in (node.body, node.orelse))
    if not isinstance(node, ast.If):
        return False
    assigned = (each for each in (*node.body, *node.orelse) if isinstance(each, ast.Assign))
    return any(_is_part(part) for each in assigned for part in walk(each.value))


def _is_part(node: ast.AST) -> bool:
    return isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Constant)
