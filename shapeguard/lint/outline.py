"""The outline of a file: its imports, classes and functions, and what each function calls."""

from __future__ import annotations

import ast
from pathlib import PurePath
from typing import TYPE_CHECKING

from shapeguard.lint.bindings import FunctionNode, bound, sites
from shapeguard.lint.bodies import STAR, body_of, constants, has_endless, imported
from shapeguard.lint.conditions import tested
from shapeguard.lint.cuttings import TOP_LEVEL, cut_function, whole_module
from shapeguard.lint.flow.program import Class, Constant, Function, Module, Shown
from shapeguard.lint.marks import called, declared
from shapeguard.lint.places import Places
from shapeguard.lint.tracking import Watched
from shapeguard.lint.walking import Nodes, children
from shapeguard.lint.written import Written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapeguard.lint.cuttings import FunctionSource
    from shapeguard.lint.source import SourceFile


_DEFINING = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom
_SETTING = frozenset({"setter", "deleter"})
_RECORDS = frozenset({"NamedTuple", "TypedDict"})


class Outline:
    """What a module defines, and the source of each of its functions, nested ones included."""

    def __init__(self, source: SourceFile, tree: ast.Module | None, name: str) -> None:
        self.source = source
        self.functions: list[Function] = []
        self.sources: dict[Function, FunctionSource] = {}
        self.module = Module(name, source.shown)
        body = [] if tree is None else tree.body
        self.places = Places(source.path, body)
        for node in (*_functions(body), *_classes(body)):
            self.places.define(node)
        is_package = PurePath(source.shown).stem == "__init__"
        self._package = name if is_package else name.rpartition(".")[0]
        self._rebound: set[str] = set()
        names = [pair for node in _imports(body) for pair in imported(node, self._package)]
        self.module.stars = tuple(origin for local, origin in names if local == STAR)
        self.module.imports = {local: origin for local, origin in names if local != STAR}
        self.module.deferred = frozenset(_deferred(body, self._package))
        functions = {node.name: self._function(node, node.name, None) for node in _functions(body)}
        classes = {node.name: self._class(node, node.name) for node in _classes(body)}
        self.module.functions = Watched(functions, self.places.look_up)
        self.module.classes = Watched(classes, self.places.look_up)
        self._top_level(body)
        constant = self._constants(_flat(body))
        self.module.constants = {n: c for n, c in constant.items() if n not in self._rebound}

    def drop_trees(self) -> None:
        """Forget the trees of all functions, and what is known of their nodes."""
        for function, source in self.sources.items():
            source.drop()
            function.numbers.clear()

    def _top_level(self, body: Iterable[ast.stmt]) -> None:
        """Outline what the module does when it is imported or run."""
        statements = (each for each in body if not isinstance(each, _DEFINING))
        nodes = Nodes(statements)
        fields = [node for each in _classes(body) for node in each.body]
        calls = frozenset((*called(nodes), *declared(fields)))
        whole = whole_module(self.source, unsafe=has_endless(nodes)) if calls else None
        if whole is not None:
            function = Function(
                TOP_LEVEL,
                "",
                self.module,
                whole.parse,
                shown=_shown(nodes, calls),
                classes=whole.classes,
                notice=self.places.notice,
            )
            self._add(function, whole)

    def _class(self, node: ast.ClassDef, qualname: str) -> Class:
        bases = [name for base in node.bases if (name := _dotted(base)) is not None]
        decorators = [_decorator(each) for each in node.decorator_list]
        is_record = any(_last(base) in _RECORDS for base in bases) or any(
            _last(name) == "dataclass" for name in decorators
        )
        owner = Class(
            node.name, self.module, tuple(bases), is_record=is_record, decorators=decorators
        )
        self.places.add_class(owner, qualname)
        owner.fields = {
            each.target.id: ast.unparse(each.annotation)
            for each in node.body
            if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
        }
        owner.constants = self._constants(node.body)
        owner.methods = {
            _key(each): self._function(each, f"{qualname}.{each.name}", owner)
            for each in _functions(node.body)
        }
        owner.classes = {
            inner.name: self._class(inner, f"{qualname}.{inner.name}")
            for inner in _classes(node.body)
        }
        return owner

    def _constants(self, body: Iterable[ast.stmt]) -> dict[str, Constant]:
        return {
            name: Constant(name, self.module, Written(self.source.parsed, value))
            for name, value in constants(body)
        }

    def _function(self, node: FunctionNode, qualname: str, owner: Class | None) -> Function:
        nodes = Nodes((node,))
        body = body_of(node, nodes, self._package)
        cut = cut_function(self.source, node)
        cut.unsafe = body.endless
        self._rebound.update(body.rebinds)
        function = Function(
            node.name,
            qualname,
            self.module,
            cut.parse,
            owner,
            tuple(_decorator(each) for each in node.decorator_list),
            _shown(nodes, frozenset(called(nodes))),
            imports={name: origin for name, origin in body.imports.items() if name != STAR},
            writes=frozenset(body.writes),
            sets=frozenset(body.sets),
            yields=body.yields,
            notice=self.places.notice,
        )
        self._add(function, cut)
        if body.imports:
            written = (ast.unparse(each) for each in nodes.any_of((ast.Import, ast.ImportFrom)))
            self.places.imports[function] = tuple(written)
        with self.places.within(function, node, (cut.first, cut.last)):
            function.inner = self._inner(node.body, qualname)
        return function

    def _add(self, function: Function, source: FunctionSource) -> None:
        self.functions.append(function)
        self.sources[function] = source
        self.places.add(function)

    def _inner(self, body: list[ast.stmt], qualname: str) -> dict[str, Function]:
        """Outline what is defined inside a function, and return the functions that have one name."""
        found: dict[str, Function] = {}
        again: set[str] = set()
        for inner in _flat(body):
            if isinstance(inner, FunctionNode):
                if inner.name in found:
                    again.add(inner.name)
                found[inner.name] = self._function(inner, f"{qualname}.{inner.name}", None)
            elif isinstance(inner, ast.ClassDef):
                self._class(inner, f"{qualname}.{inner.name}")
        return {name: function for name, function in found.items() if name not in again}


def _shown(nodes: Nodes, calls: frozenset[str]) -> Shown:
    return Shown(calls, frozenset(tested(nodes)), sites(nodes), frozenset(bound(nodes)))


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
    pending = [*body][::-1]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.stmt):
            yield node
        if isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case) and not isinstance(
            node, FunctionNode | ast.ClassDef
        ):
            pending.extend(children(node)[::-1])


def _imports(body: Iterable[ast.stmt]) -> Iterator[ast.Import | ast.ImportFrom]:
    for node in _flat(body):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node


def _deferred(body: Iterable[ast.stmt], package: str) -> Iterator[str]:
    """Yield the names that are imported where only static checkers come."""
    for node in body:
        if isinstance(node, ast.If) and _last(_dotted(node.test) or "") == "TYPE_CHECKING":
            for each in _imports(node.body):
                yield from (local for local, _ in imported(each, package))


def _key(node: FunctionNode) -> str:
    """Return what a class keeps a method by: what sets a property does not replace what reads it."""
    roles = (_last(_decorator(each)) for each in node.decorator_list)
    return ".".join((node.name, *(role for role in roles if role in _SETTING)))


def _last(dotted: str) -> str:
    return dotted.rsplit(".", 1)[-1]


def _dotted(node: ast.expr) -> str | None:
    if isinstance(node, ast.Subscript):
        return _dotted(node.value)
    if isinstance(node, ast.Attribute):
        owner = _dotted(node.value)
        return None if owner is None else f"{owner}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else None


def _decorator(node: ast.expr) -> str:
    return _dotted(node.func if isinstance(node, ast.Call) else node) or "unknown"
