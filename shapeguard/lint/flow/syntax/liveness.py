"""Which names are read behind a body that may not bind them: that of a loop, or of a ``try``."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.syntax.trees import children, remembered
from shapeguard.lint.flow.syntax.usage import target_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class Use(Enum):
    """What happens first to a name on all paths through some code."""

    READ = "read"
    BOUND = "bound"
    NOTHING = "nothing"


_LEAVING = (cst.Return, cst.Raise, cst.Break, cst.Continue)
_SCOPES = (cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp, cst.Lambda)
_DEFINITIONS = frozenset({cst.FunctionDef, cst.ClassDef})
_BINDING = frozenset(
    {
        cst.AssignTarget,
        cst.For,
        cst.CompFor,
        cst.NamedExpr,
        cst.AsName,
        cst.AnnAssign,
        cst.Param,
    }
)
"""What may bind a name: nodes are abstract classes, of which a ``match`` asks one after the other."""


@remembered(1024)
def bound_behind(function: cst.FunctionDef, loop: cst.For) -> frozenset[str]:
    """Return the names that a loop binds and that are read behind it before they are bound again."""
    behind = _behind(function.body, loop)
    if behind is None:
        return frozenset()
    names = set(bound_names(loop.target)) | set(bound_names(loop.body))
    rest = [*([loop.orelse] if loop.orelse is not None else []), *behind]
    return frozenset(name for name in names if _first(name, rest) is Use.READ)


@remembered(1024)
def unbound_behind(
    function: cst.FunctionDef, attempt: cst.Try | cst.TryStar, handler: cst.CSTNode
) -> frozenset[str]:
    """Return the names that the body of a ``try`` binds, that are read behind it, and not bound by a handler."""
    names = set(bound_names(attempt.body)) - set(bound_names(handler))
    rest = [attempt.finalbody, *(_behind(function.body, attempt) or ())]
    return frozenset(name for name in names if _first(name, rest) is Use.READ)


def is_read_first(name: str, nodes: Iterable[cst.CSTNode]) -> bool:
    """Say whether code, executed in this order, may read a name before it binds it."""
    return _first(name, nodes) is Use.READ


def _behind(root: cst.CSTNode, loop: cst.CSTNode) -> list[cst.CSTNode] | None:
    """Return the statements that follow a statement, in its block and in those around it."""
    for body in _bodies(root):
        for position, statement in enumerate(body):
            if statement is loop:
                return list(body[position + 1 :])
            inner = _inside(statement, loop)
            if inner is not None:
                return [*inner, *body[position + 1 :]]
    return None


def _inside(statement: cst.CSTNode, loop: cst.CSTNode) -> list[cst.CSTNode] | None:
    if isinstance(statement, cst.FunctionDef | cst.ClassDef | cst.SimpleStatementLine):
        return None
    found = _behind(statement, loop)
    if found is None and isinstance(
        statement, cst.If | cst.For | cst.While | cst.Try | cst.TryStar
    ):
        arms = [statement.orelse, *getattr(statement, "handlers", ())]
        arms.append(getattr(statement, "finalbody", None))
        parts = (_inside(arm, loop) for arm in arms if arm is not None)
        found = next((part for part in parts if part is not None), None)
    return found


def _bodies(root: cst.CSTNode) -> Iterator[Sequence[cst.CSTNode]]:
    if isinstance(root, cst.IndentedBlock):
        yield root.body
    elif isinstance(root, cst.Match):
        for case in root.cases:
            yield from _bodies(case.body)
    else:
        body = getattr(root, "body", None)
        if isinstance(body, cst.CSTNode):
            yield from _bodies(body)


def _first(name: str, nodes: Iterable[cst.CSTNode | None]) -> Use:
    """Return what happens first to a name in code that is executed in this order."""
    for node in nodes:
        use = Use.NOTHING if node is None else _use(name, node)
        if use is not Use.NOTHING:
            return use
    return Use.NOTHING


def _use(name: str, node: cst.CSTNode) -> Use:
    match node:
        case cst.Name(value=value):
            return Use.READ if value == name else Use.NOTHING
        case cst.Attribute(value=value) | cst.Arg(value=value):
            return _use(name, value)
        case cst.FunctionDef() | cst.ClassDef():
            return Use.BOUND if node.name.value == name else Use.NOTHING
        case _ if isinstance(node, _LEAVING):
            read = _first(name, children(node))
            return read if read is Use.READ else Use.BOUND
        case _ if isinstance(node, _SCOPES):
            bound = name in set(bound_names(node))
            return Use.NOTHING if bound else _first(name, children(node))
        case _:
            return _binding(name, node)


def _binding(name: str, node: cst.CSTNode) -> Use:
    match node:
        case cst.Assign(targets=targets, value=value):
            return _first(name, (value, *targets))
        case cst.AssignTarget(target=target):
            return _target(name, target)
        case cst.AnnAssign(target=target, value=value) if value is not None:
            return _either(_use(name, value), _target(name, target))
        case cst.AnnAssign():
            return Use.NOTHING
        case cst.NamedExpr(target=target, value=value):
            return _either(_use(name, value), _target(name, target))
        case cst.WithItem(item=item, asname=asname):
            bound = Use.NOTHING if asname is None else _target(name, asname.name)
            return _either(_use(name, item), bound)
        case _:
            return _compound(name, node)


def _either(first: Use, then: Use) -> Use:
    return then if first is Use.NOTHING else first


def _compound(name: str, node: cst.CSTNode) -> Use:
    match node:
        case cst.If(test=test, body=body, orelse=orelse):
            return _either(_use(name, test), _branches(name, (body, orelse)))
        case cst.IfExp(test=test, body=body, orelse=orelse):
            return _either(_use(name, test), _branches(name, (body, orelse)))
        case cst.For(iter=iterable, target=target, body=body):
            walked = _use(name, iterable)
            if walked is not Use.NOTHING:
                return walked
            if _target(name, target) is Use.BOUND:
                return Use.BOUND
            return _perhaps(name, (body, node.orelse))
        case cst.While(test=test, body=body, orelse=orelse):
            return _either(_use(name, test), _perhaps(name, (body, orelse)))
        case cst.Try() | cst.TryStar():
            return _perhaps(name, (node.body, *node.handlers, node.orelse, node.finalbody))
        case cst.Match(subject=subject, cases=cases):
            return _either(_use(name, subject), _perhaps(name, [each.body for each in cases]))
        case _:
            return _first(name, children(node))


def _branches(name: str, arms: Iterable[cst.CSTNode | None]) -> Use:
    """Return what the arms of a branch have in common; a read in one of them counts."""
    uses = [Use.NOTHING if arm is None else _use(name, arm) for arm in arms]
    if Use.READ in uses:
        return Use.READ
    return Use.BOUND if all(use is Use.BOUND for use in uses) else Use.NOTHING


def _perhaps(name: str, parts: Iterable[cst.CSTNode | None]) -> Use:
    """Return a read in code that may not be executed; what it binds is not sure."""
    uses = [Use.NOTHING if part is None else _use(name, part) for part in parts]
    return Use.READ if Use.READ in uses else Use.NOTHING


def _target(name: str, target: cst.CSTNode) -> Use:
    match target:
        case cst.Name(value=value):
            return Use.BOUND if value == name else Use.NOTHING
        case cst.Tuple(elements=elements) | cst.List(elements=elements):
            uses = [_target(name, each.value) for each in elements]
            return next((use for use in uses if use is not Use.NOTHING), Use.NOTHING)
        case _:
            return _use(name, target)


def bound_names(root: cst.CSTNode) -> Iterator[str]:
    """Yield the names that code binds: as targets, loop variables, by ``:=`` and ``as``."""
    pending = [root]
    while pending:
        node = pending.pop()
        if node is root or type(node) in _BINDING:
            yield from _bound_by(node, root)
        if type(node) not in _DEFINITIONS:
            pending.extend(children(node))


def _bound_by(node: cst.CSTNode, root: cst.CSTNode) -> Iterator[str]:
    """Yield the names that a node within some code binds, what is below it left out."""
    match node:
        case cst.Name(value=value) if node is root:
            yield value
        case cst.AssignTarget(target=target) | cst.For(target=target):
            yield from target_names(target)
        case cst.CompFor(target=target) if isinstance(root, _SCOPES):
            yield from target_names(target)
        case cst.NamedExpr(target=target) | cst.AsName(name=target):
            yield from target_names(target)
        case cst.AnnAssign(target=target, value=cst.BaseExpression()):
            yield from target_names(target)
        case cst.Param(name=name) if isinstance(root, cst.Lambda):
            yield name.value
        case cst.Tuple() | cst.List() if node is root:
            yield from target_names(node)
        case _:
            return
