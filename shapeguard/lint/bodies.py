"""What the body of a function or a module says about names: imports, constants, attributes it sets.

Read from ``ast`` alone, like everything that an outline needs.
"""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from shapeguard.lint.walking import children

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapeguard.lint.bindings import FunctionNode
    from shapeguard.lint.walking import Nodes

STAR = "*"
MAX_CHAIN = 500
MAX_TEXT = 8_000
MAX_MEMBERS = 64
_Yields = ast.Yield | ast.YieldFrom
_SCOPES = frozenset[type[ast.AST]](
    {ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda}
)
_LONG = (ast.BoolOp, ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
_TEXTS = (ast.Constant, ast.JoinedStr)
_OWN = (ast.Import, ast.ImportFrom, ast.Yield, ast.YieldFrom)
"""The kinds of nodes that count only where they are in no function inside."""


@dataclass(slots=True)
class Body:
    """What one pass over the body of a function finds; see :class:`flow.program.Function`.

    ``sets`` are those of the attributes in ``writes`` that it binds to another object. ``rebinds`` are
    the names of the module that it declares ``global``. ``endless`` says that it has a chain of so many
    parts that a parser which nests them runs out of stack.
    """

    imports: dict[str, str] = field(default_factory=dict[str, str])
    writes: set[str] = field(default_factory=set[str])
    sets: set[str] = field(default_factory=set[str])
    rebinds: set[str] = field(default_factory=set[str])
    yields: bool = False
    endless: bool = False


def body_of(node: FunctionNode, nodes: Nodes, package: str) -> Body:
    """Return what a function imports, which attributes of its first parameter it writes, and so on.

    ``nodes`` are all of it. Functions inside count for what is written, not for what is imported or
    yielded.
    """
    parameters = [*node.args.posonlyargs, *node.args.args]
    owner = parameters[0].arg if parameters else ""
    found = Body(endless=has_endless(nodes))
    found.rebinds.update(name for each in nodes.of(ast.Global) for name in each.names)
    for each in nodes.any_of((ast.Attribute, ast.Call)):
        found.sets.update(_set(each, owner))
    for each in nodes.any_of((ast.Subscript, ast.Call)):
        found.writes.update(_changed(each, owner))
    found.writes |= found.sets
    for each in _own(node) if any(True for _ in nodes.any_of(_OWN)) else ():
        if isinstance(each, ast.Import | ast.ImportFrom):
            found.imports.update(imported(each, package))
        found.yields = found.yields or isinstance(each, _Yields)
    return found


def _own(node: FunctionNode) -> Iterator[ast.AST]:
    """Yield the nodes of the body of a function that are in no function inside."""
    pending: list[ast.AST] = [*node.body]
    while pending:
        current = pending.pop()
        yield current
        if type(current) not in _SCOPES:
            pending.extend(children(current))


def has_endless(nodes: Nodes) -> bool:
    """Say whether some code has a chain of so many parts that a parser runs out of stack."""
    return any(map(is_endless, nodes.any_of((*_LONG, *_TEXTS))))


def is_endless(node: ast.AST) -> bool:
    """Say whether a node is a chain of so many parts that a parser runs out of stack."""
    match node:
        case ast.BoolOp(values=parts):
            return len(parts) > MAX_CHAIN
        case ast.ListComp(generators=loops) | ast.SetComp(generators=loops):
            return len(loops) > MAX_CHAIN
        case ast.GeneratorExp(generators=loops) | ast.DictComp(generators=loops):
            return len(loops) > MAX_CHAIN
        case ast.Constant(value=str() | bytes()) | ast.JoinedStr():
            lines = (node.end_lineno or node.lineno) - node.lineno
            return lines > 2 * MAX_CHAIN or (node.end_col_offset or 0) - node.col_offset > MAX_TEXT
        case _:
            return False


def _changed(node: ast.AST, owner: str) -> Iterator[str]:
    """Yield the attributes of ``owner`` that a node may change in place."""
    match node:
        case ast.Subscript(value=value, ctx=ast.Store()):
            yield from _attribute(value, owner)
        case ast.Call(func=ast.Attribute(value=value)):
            yield from _attribute(value, owner)
        case _:
            return


def _set(node: ast.AST, owner: str) -> Iterator[str]:
    """Yield the attributes of ``owner`` that a node binds, or registers by name."""
    match node:
        case ast.Attribute(ctx=ast.Store() | ast.Del()):
            yield from _attribute(node, owner)
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name))) if name == owner:
            yield from _registered(node)
        case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[ast.Name(id=name), *rest]):
            if name == owner and rest and isinstance(rest[0], ast.Constant):
                yield str(rest[0].value)
        case _:
            return


def _attribute(node: ast.expr, owner: str) -> Iterator[str]:
    match node:
        case ast.Attribute(value=ast.Name(id=name), attr=attr) if name == owner:
            yield attr
        case _:
            return


def _registered(node: ast.Call) -> Iterator[str]:
    """Yield the name that a call gives: ``self.register_buffer("table", ...)``."""
    named = [each.value for each in node.keywords if each.arg == "name"]
    match [*node.args[:1], *named]:
        case [ast.Constant(value=str(attr)), *_]:
            yield attr
        case _:
            return


def imported(node: ast.Import | ast.ImportFrom, package: str) -> Iterator[tuple[str, str]]:
    """Yield the local names that an import binds, and the dotted names that they stand for.

    Everything that a module offers is imported as :data:`STAR`.
    """
    if isinstance(node, ast.Import):
        for alias in node.names:
            root = alias.name.split(".", 1)[0]
            yield (root, root) if alias.asname is None else (alias.asname, alias.name)
        return
    origin = _absolute(node, package)
    for alias in node.names:
        if alias.name == "*":
            yield STAR, origin
        else:
            yield alias.asname or alias.name, f"{origin}.{alias.name}"


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    base = ".".join(parts[: len(parts) - node.level + 1])
    return f"{base}.{node.module}" if node.module else base


def constants(body: Iterable[ast.stmt]) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield the names that a module or class binds exactly once, each with what it is bound to.

    None stands for what is no constant: a call, a large table.
    """
    bound = Counter[str]()
    values: dict[str, ast.expr | None] = {}
    for node in body:
        for name, value in _bindings(node):
            bound[name] += 1
            values[name] = value if value is not None and _is_small(value) else None
    yield from ((name, value) for name, value in values.items() if bound[name] == 1)


def _is_small(value: ast.expr) -> bool:
    """Say whether an expression is short enough to be written out and read again."""
    pending: list[ast.AST] = [value]
    count = 0
    while pending:
        node = pending.pop()
        count += 1
        if count > MAX_MEMBERS:
            return False
        pending.extend(islice(ast.iter_child_nodes(node), MAX_MEMBERS))
    return True


def _bindings(node: ast.stmt) -> Iterator[tuple[str, ast.expr | None]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name):
                yield target.id, node.value
            else:
                names = (each for each in ast.walk(target) if isinstance(each, ast.Name))
                yield from ((each.id, None) for each in names)
    elif isinstance(node, ast.AnnAssign | ast.AugAssign) and isinstance(node.target, ast.Name):
        yield node.target.id, node.value if isinstance(node, ast.AnnAssign) else None
    elif isinstance(node, ast.For | ast.AsyncFor) and isinstance(node.target, ast.Name):
        yield node.target.id, None
