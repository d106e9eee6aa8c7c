"""What a function does, seen from afar: the names that it calls and tests, and marks for the rest.

Read from ``ast`` alone, so that the gate and the search for twins need no libcst tree.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from shapeguard.lint.bindings import calls_value, is_read_behind
from shapeguard.lint.conditions import asked, is_text
from shapeguard.lint.flow.syntax.words import ARRAYS
from shapeguard.lint.walking import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from shapeguard.lint.walking import Nodes

OPERATOR = "<operator>"
DIVISION = "<division>"
CUT = "<cut under a condition>"
SUBSCRIPT = "<subscript>"
KEYED = "<keyed>"
LOOP = "<loop>"
READ_BEHIND = "<read behind a loop>"
UNPACKED = "<unpacked>"
ALONG = "<along an axis>"
ANNOTATED = "<annotated>"
CALLED_VALUE = "<called value>"
TAKEN = "<taken>"
STEPPED = "<stepped>"
EVERYTHING = "<everything>"
"""The mark of every function."""


def method(name: str) -> str:
    """Return the mark of the functions of a name."""
    return f"def {name}"


def called(nodes: Nodes) -> Iterator[str]:
    """Yield the last name of everything that a function calls, and marks for the rest.

    :data:`OPERATOR` stands for an arithmetic operator, :data:`DIVISION` for a division by what is no
    literal, :data:`CUT` for a part of something that is taken under a condition, :data:`ASKED` for a
    condition that may ask nothing of a tensor, :data:`SUBSCRIPT` for a part of anything but an
    annotation, :data:`READ_BEHIND` for a name that a loop binds and that is read behind it,
    :data:`UNPACKED` for members that get names of their own, :data:`ALONG` for a call that names an
    axis, :data:`TAKEN` for a member that may be taken from a list, :data:`STEPPED` for a range with a step
    that is no literal, :data:`CALLED_VALUE` for a call of what the function has bound to a name, was given,
    looks up or gets from a call: it may be anything.
    """
    hints = {id(part) for hint in _annotations(nodes) for part in walk(hint)}
    for kind, marks in _MARKS.items():
        for each in nodes.of(kind):
            found = marks(each)
            yield from (mark for mark in found if mark in _OF_HINTS) if id(each) in hints else found
    if is_read_behind(nodes):
        yield READ_BEHIND
    if calls_value(nodes):
        yield CALLED_VALUE


def _annotations(nodes: Nodes) -> Iterator[ast.expr]:
    """Yield the annotations that are more than a name."""
    hints = [each.annotation for each in nodes.of(ast.arg)]
    hints += [each.annotation for each in nodes.of(ast.AnnAssign)]
    hints += [each.returns for each in nodes.of(ast.FunctionDef)]
    hints += [each.returns for each in nodes.of(ast.AsyncFunctionDef)]
    yield from (each for each in hints if each is not None and not isinstance(each, _PLAIN))


_PLAIN = ast.Name | ast.Attribute | ast.Constant


def _called(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name), keywords=keywords):
            yield name
            if any(each.arg in _AXES for each in keywords):
                yield ALONG
        case _:
            return
    match node:
        case ast.Call(func=ast.Attribute(attr="pop"), args=[] | [_] as given, keywords=[]):
            if not any(map(_is_key, given)):
                yield TAKEN
        case ast.Call(func=ast.Name(id="range"), args=[_, _, step]):
            if not isinstance(step, ast.Constant):
                yield STEPPED
        case _:
            return


def _is_key(node: ast.expr) -> bool:
    """Say whether an expression is a text, by which no list and no tensor is read."""
    return isinstance(node, ast.JoinedStr) or is_text(node)


_AXES = frozenset({"dim", "axis"})
"""The keywords that name an axis."""


def _operators(node: ast.AST) -> Iterator[str]:
    yield OPERATOR
    if isinstance(node, ast.BinOp | ast.AugAssign) and _divides(node):
        yield DIVISION


_OF_HINTS = frozenset({ANNOTATED})
"""What an annotation shows."""
_WRITTEN = ast.Constant | ast.Slice | ast.Tuple | ast.UnaryOp


def _subscripts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        if not _is_key(node.slice):
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


def _assigned(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Assign(value=ast.Tuple() | ast.List()):
            return
        case ast.Assign(targets=targets, value=value) if any(map(_is_several, targets)):
            if not _is_shape(value):
                yield UNPACKED
        case _:
            return


def _walked(node: ast.AST) -> Iterator[str]:
    yield LOOP
    match node:
        case ast.For(iter=ast.Call()):  # `zip`, `enumerate`, `items`: as many as are taken
            return
        case ast.For(target=target) if _is_several(target):
            yield UNPACKED
        case _:
            return


def _is_several(target: ast.AST) -> bool:
    return isinstance(target, ast.Tuple | ast.List)


def _is_shape(node: ast.expr) -> bool:
    """Say whether an expression is the shape of something, whose rank is not looked up."""
    holder = node.func if isinstance(node, ast.Call) and not node.args else node
    return isinstance(holder, ast.Attribute) and holder.attr in {"shape", "size"}


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
    ast.Assign: _assigned,
    ast.For: _walked,
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
