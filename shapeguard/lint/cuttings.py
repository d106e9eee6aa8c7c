"""Functions cut out of their files by their lines, and parsed by libcst when they are asked for.

Most functions are only outlined, so that libcst is not loaded before that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shapeguard.lint.flow.program import UnparsableError
from shapeguard.lint.held import TREES

if TYPE_CHECKING:
    import ast

    import libcst as cst

    from shapeguard.finding import Edit, Span
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
        from shapeguard.lint.parsing import function_in  # noqa: PLC0415 - loads libcst

        return function_in(self._module(), indented=self.indented)

    def _module(self) -> cst.Module:
        if self.tree is None:
            text = self.source.segment(self.first, self.last)
            if self.unsafe or len(text) > MAX_FUNCTION:
                raise UnparsableError(self.name)
            from shapeguard.lint.parsing import parsed  # noqa: PLC0415 - loads libcst

            self.tree = parsed(text, self.name, indented=self.indented)
            TREES.characters += len(text)
        return self.tree

    def drop(self) -> None:
        """Forget the tree; the next one has other nodes."""
        self.tree = self.positions = None

    def span(self, node: cst.CSTNode) -> Span:
        """Return where a node of this function stands in its file."""
        if self.positions is None:
            from shapeguard.lint.parsing import spans_in  # noqa: PLC0415 - loads libcst

            self.positions = spans_in(self, self._module())
        return self.positions[id(node)]

    def edit(self, node: cst.CSTNode, new: cst.CSTNode) -> Edit:
        """Return the edit that puts another node into the place of one; it touches what differs."""
        from shapeguard.lint.parsing import edit_in  # noqa: PLC0415 - loads libcst

        return edit_in(self, self._module(), node, new)


@dataclass(eq=False)
class ModuleSource(FunctionSource):
    """What a module does when it is imported or run, read as a function without parameters."""

    body: cst.FunctionDef | None = None

    def parse(self) -> cst.FunctionDef:
        """Return the statements of the module, less what it defines; raises as for a function."""
        if self.body is None:
            from shapeguard.lint.parsing import statements_in  # noqa: PLC0415 - loads libcst

            self.body = statements_in(self._module())
        return self.body

    def drop(self) -> None:
        """Forget the tree, and what was made of it."""
        super().drop()
        self.body = None

    def classes(self) -> list[cst.ClassDef]:
        """Return the classes that the module defines at its top level; raises as ``parse`` does."""
        from shapeguard.lint.parsing import classes_in  # noqa: PLC0415 - loads libcst

        return classes_in(self._module())

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
