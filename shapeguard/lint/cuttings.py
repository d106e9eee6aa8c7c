"""Functions cut out of their files by their lines, and parsed by libcst when they are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from shapeguard.finding import Edit, Position, Span
from shapeguard.lint.flow.program import UnparsableError
from shapeguard.lint.held import TREES
from shapeguard.lint.source import lines_of

if TYPE_CHECKING:
    import ast

    from shapeguard.lint.source import SourceFile

MAX_FUNCTION = 250_000
TOP_LEVEL = "<module>"
"""What the function is called that a module is read as."""


@dataclass(eq=False)
class FunctionSource:
    """A function cut out of its file; parsed once, when it is first asked for.

    One that is ``unsafe`` for a parser that nests deeply, or very long, is not parsed at all.
    """

    source: SourceFile
    first: int
    last: int
    indented: bool
    name: str
    unsafe: bool = False
    tree: cst.Module | None = None
    positions: dict[int, Span] | None = None

    def parse(self) -> cst.FunctionDef:
        """Return the tree of the function; raises :class:`UnparsableError` where libcst fails."""
        body = self._module().body
        node: cst.CSTNode = body[0]
        if self.indented:
            assert isinstance(node, cst.ClassDef)  # noqa: S101 - what _module put around it
            node = node.body.body[0]
        assert isinstance(node, cst.FunctionDef)  # noqa: S101 - ast said so
        return node

    def _module(self) -> cst.Module:
        if self.tree is None:
            text = self.source.segment(self.first, self.last)
            if self.unsafe or len(text) > MAX_FUNCTION:
                raise UnparsableError(self.name)
            try:
                self.tree = cst.parse_module(f"class _:\n{text}" if self.indented else text)
                TREES.characters += len(text)
            except (cst.ParserSyntaxError, RecursionError) as error:
                raise UnparsableError(self.name) from error
        return self.tree

    def drop(self) -> None:
        """Forget the tree; the next one has other nodes."""
        self.tree = self.positions = None

    def span(self, node: cst.CSTNode) -> Span:
        """Return where a node of this function stands in its file."""
        if self.positions is None:
            self.positions = self._resolve()
        return self.positions[id(node)]

    def edit(self, node: cst.CSTNode, new: cst.CSTNode) -> Edit:
        """Return the edit that puts another node into the place of one; it touches what differs."""
        module = self._module()
        changed = module.deep_replace(node, new)
        assert isinstance(changed, cst.Module)  # noqa: S101 - the node is not the module itself
        before, after = module.code, changed.code
        start = _alike(before, after)
        rest = min(len(before), len(after)) - start
        same = _alike(before[::-1], after[::-1])
        end = min(same, rest)
        return Edit(
            Span(
                self.source.shown,
                self._place(before, start),
                self._place(before, len(before) - end),
            ),
            after[start : len(after) - end],
        )

    def _place(self, text: str, offset: int) -> Position:
        """Return where an offset into the text of the function's module lies in the file."""
        lines = lines_of(text[:offset])
        whole = bool(lines) and lines[-1].endswith(("\n", "\r"))
        row = len(lines) + (1 if whole or not lines else 0)
        column = 1 if whole or not lines else len(lines[-1]) + 1
        return Position(row + self._shift, column)

    @property
    def _shift(self) -> int:
        """What is added to a row of the function's module to give that of the file."""
        return self.first - (2 if self.indented else 1)

    def _resolve(self) -> dict[int, Span]:
        shift = self._shift
        ranges = MetadataWrapper(self._module(), unsafe_skip_copy=True).resolve(PositionProvider)
        return {
            id(node): Span(
                self.source.shown,
                Position(where.start.line + shift, where.start.column + 1),
                Position(where.end.line + shift, where.end.column + 1),
            )
            for node, where in ranges.items()
        }


@dataclass(eq=False)
class ModuleSource(FunctionSource):
    """What a module does when it is imported or run, read as a function without parameters."""

    body: cst.FunctionDef | None = None

    def parse(self) -> cst.FunctionDef:
        """Return the statements of the module, less what it defines; raises as for a function."""
        if self.body is None:
            statements = [
                each
                for each in self._module().body
                if not isinstance(each, cst.FunctionDef | cst.ClassDef)
            ]
            block = cst.IndentedBlock(statements)
            self.body = cst.FunctionDef(cst.Name("_"), cst.Parameters(), block)
        return self.body

    def drop(self) -> None:
        """Forget the tree, and what was made of it."""
        super().drop()
        self.body = None

    def classes(self) -> list[cst.ClassDef]:
        """Return the classes that the module defines at its top level; raises as ``parse`` does."""
        return [each for each in self._module().body if isinstance(each, cst.ClassDef)]

    def span(self, node: cst.CSTNode) -> Span:
        """Return where a node of this module stands; the module itself is all of it."""
        return super().span(self._module() if node is self.body else node)


def whole_module(source: SourceFile, *, unsafe: bool) -> ModuleSource | None:
    """Return a module as what it does; None for one that is too long to be anything but data."""
    if len(source.text) > MAX_FUNCTION:
        return None
    last = len(source.lines)
    return ModuleSource(source, 1, last, indented=False, name=TOP_LEVEL, unsafe=unsafe)


def cut_function(
    source: SourceFile, node: ast.FunctionDef | ast.AsyncFunctionDef
) -> FunctionSource:
    """Return the lines of a function, from its first decorator to its end."""
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    last = node.end_lineno or node.lineno
    before = source.lines[node.lineno - 1].encode()[: node.col_offset]
    indented = bool(before.strip(b"\f"))
    return FunctionSource(source, first, last, indented=indented, name=node.name)


def _alike(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
