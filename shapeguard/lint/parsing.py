"""Functions that are cut out of their files, as trees of libcst: parsed, located, and changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from shapeguard.finding import Edit, Position, Span
from shapeguard.lint.flow.program import UnparsableError
from shapeguard.lint.source import lines_of

if TYPE_CHECKING:
    from shapeguard.lint.cuttings import FunctionSource


def parsed(text: str, name: str, *, indented: bool) -> cst.Module:
    """Parse the lines of a function, or of a module; raises :class:`UnparsableError` where libcst fails."""
    try:
        return cst.parse_module(f"class _:\n{text}" if indented else text)
    except (cst.ParserSyntaxError, RecursionError) as error:
        raise UnparsableError(name) from error


def function_in(module: cst.Module, *, indented: bool) -> cst.FunctionDef:
    """Return the function that a module was parsed for."""
    node: cst.CSTNode = module.body[0]
    if indented:
        assert isinstance(node, cst.ClassDef)  # noqa: S101 - what was put around it
        node = node.body.body[0]
    assert isinstance(node, cst.FunctionDef)  # noqa: S101 - ast said so
    return node


def statements_in(module: cst.Module) -> cst.FunctionDef:
    """Return the statements of a module, less what it defines, as a function."""
    kinds = cst.FunctionDef | cst.ClassDef
    statements = [each for each in module.body if not isinstance(each, kinds)]
    return cst.FunctionDef(cst.Name("_"), cst.Parameters(), cst.IndentedBlock(statements))


def classes_in(module: cst.Module) -> list[cst.ClassDef]:
    """Return the classes that a module defines at its top level."""
    return [each for each in module.body if isinstance(each, cst.ClassDef)]


def spans_in(cut: FunctionSource, module: cst.Module) -> dict[int, Span]:
    """Return where the nodes of a function stand in its file."""
    shift = _shift(cut)
    ranges = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    return {
        id(node): Span(
            cut.source.shown,
            Position(where.start.line + shift, where.start.column + 1),
            Position(where.end.line + shift, where.end.column + 1),
        )
        for node, where in ranges.items()
    }


def edit_in(cut: FunctionSource, module: cst.Module, node: cst.CSTNode, new: cst.CSTNode) -> Edit:
    """Return the edit that puts another node into the place of one; it touches what differs."""
    changed = module.deep_replace(node, new)
    assert isinstance(changed, cst.Module)  # noqa: S101 - the node is not the module itself
    before, after = module.code, changed.code
    start = _alike(before, after)
    rest = min(len(before), len(after)) - start
    same = _alike(before[::-1], after[::-1])
    end = min(same, rest)
    place = Span(
        cut.source.shown, _place(cut, before, start), _place(cut, before, len(before) - end)
    )
    return Edit(place, after[start : len(after) - end])


def _place(cut: FunctionSource, text: str, offset: int) -> Position:
    """Return where an offset into the text of the function's module lies in the file."""
    lines = lines_of(text[:offset])
    whole = bool(lines) and lines[-1].endswith(("\n", "\r"))
    row = len(lines) + (1 if whole or not lines else 0)
    column = 1 if whole or not lines else len(lines[-1]) + 1
    return Position(row + _shift(cut), column)


def _shift(cut: FunctionSource) -> int:
    """Return what is added to a row of the function's module to give that of the file."""
    return cut.first - (2 if cut.indented else 1)


def _alike(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
