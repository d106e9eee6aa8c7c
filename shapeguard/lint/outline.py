"""The outline of a file: its imports, classes and functions, and what each function calls."""

from __future__ import annotations

import ast
from pathlib import PurePath
from typing import TYPE_CHECKING

from shapeguard.lint.flow.program import Class, Function, Module
from shapeguard.lint.marks import FunctionNode, called, tested
from shapeguard.lint.source import cut_function

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapeguard.lint.source import FunctionSource, SourceFile


class Outline:
    """What a module defines, and the source of each of its functions, nested ones included."""

    def __init__(self, source: SourceFile, tree: ast.Module | None, name: str) -> None:
        self.source = source
        self.functions: list[Function] = []
        self.sources: dict[Function, FunctionSource] = {}
        self.module = Module(name, source.shown)
        body = [] if tree is None else tree.body
        package = name if PurePath(source.shown).stem == "__init__" else name.rpartition(".")[0]
        self.module.imports = dict(_imports(body, package))
        self.module.functions = {
            node.name: self._function(node, node.name, None) for node in _functions(body)
        }
        self.module.classes = {node.name: self._class(node, node.name) for node in _classes(body)}

    def _class(self, node: ast.ClassDef, qualname: str) -> Class:
        bases = [name for base in node.bases if (name := _dotted(base)) is not None]
        decorators = [_decorator(each) for each in node.decorator_list]
        is_record = any(base.rsplit(".", 1)[-1] == "NamedTuple" for base in bases) or any(
            name.rsplit(".", 1)[-1] == "dataclass" for name in decorators
        )
        owner = Class(node.name, self.module, tuple(bases), is_record=is_record)
        owner.fields = {
            each.target.id: ast.unparse(each.annotation)
            for each in node.body
            if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
        }
        owner.methods = {
            each.name: self._function(each, f"{qualname}.{each.name}", owner)
            for each in _functions(node.body)
        }
        for inner in _classes(node.body):
            self._class(inner, f"{qualname}.{inner.name}")
        return owner

    def _function(self, node: FunctionNode, qualname: str, owner: Class | None) -> Function:
        cut = cut_function(self.source, node)
        function = Function(
            node.name,
            qualname,
            self.module,
            cut.parse,
            owner,
            tuple(_decorator(each) for each in node.decorator_list),
            frozenset(called(node)),
            frozenset(tested(node)),
        )
        self.functions.append(function)
        self.sources[function] = cut
        self._inner(node.body, qualname)
        return function

    def _inner(self, body: list[ast.stmt], qualname: str) -> None:
        """Outline what is defined inside a function or a class; nothing outside sees it by name."""
        for inner in _flat(body):
            if isinstance(inner, FunctionNode):
                self._function(inner, f"{qualname}.{inner.name}", None)
            elif isinstance(inner, ast.ClassDef):
                self._class(inner, f"{qualname}.{inner.name}")


def _functions(body: Iterable[ast.stmt]) -> Iterator[FunctionNode]:
    for node in _flat(body):
        if isinstance(node, FunctionNode):
            yield node


def _classes(body: Iterable[ast.stmt]) -> Iterator[ast.ClassDef]:
    for node in _flat(body):
        if isinstance(node, ast.ClassDef):
            yield node


def _flat(body: Iterable[ast.AST]) -> Iterator[ast.stmt]:
    """Yield the statements of a scope, through whatever blocks stand around definitions."""
    for node in body:
        if isinstance(node, ast.stmt):
            yield node
        if isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case) and not isinstance(
            node, FunctionNode | ast.ClassDef
        ):
            yield from _flat(ast.iter_child_nodes(node))


def _imports(body: Iterable[ast.stmt], package: str) -> Iterator[tuple[str, str]]:
    for node in _flat(body):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname is not None:
                    yield alias.asname, alias.name
                else:
                    root = alias.name.split(".", 1)[0]
                    yield root, root
        elif isinstance(node, ast.ImportFrom):
            origin = _absolute(node, package)
            for alias in node.names:
                yield alias.asname or alias.name, f"{origin}.{alias.name}"


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    base = ".".join(parts[: len(parts) - node.level + 1])
    return f"{base}.{node.module}" if node.module else base


def _dotted(node: ast.expr) -> str | None:
    if isinstance(node, ast.Subscript):
        return _dotted(node.value)
    if isinstance(node, ast.Attribute):
        owner = _dotted(node.value)
        return None if owner is None else f"{owner}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else None


def _decorator(node: ast.expr) -> str:
    return _dotted(node.func if isinstance(node, ast.Call) else node) or "unknown"
