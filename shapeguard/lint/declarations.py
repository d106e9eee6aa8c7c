"""The contracts of third-party classes, read as text: what the axes of a state are called.

``contracts/`` is one source for two enforcers. The runtime evaluates it; here the same files are
parsed, and nothing in them is executed.
"""

from __future__ import annotations

import ast
import functools
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Axes = tuple[str, ...]

_CONTRACTS = Path(__file__).parents[1] / "contracts"


@functools.cache
def declared_axes() -> Mapping[str, Mapping[str, Axes]]:
    """Map the dotted name of a declared class to the axis names of its fields."""
    found: dict[str, dict[str, Axes]] = {}
    for path in sorted(_CONTRACTS.rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and (target := _target(node)) is not None:
                found[target] = dict(_fields(node))
    return found


def _target(node: ast.ClassDef) -> str | None:
    for decorator in node.decorator_list:
        match decorator:
            case ast.Call(func=ast.Name(id="declares"), args=[ast.Constant(value=str(target))]):
                return target.replace(":", ".")
            case _:
                continue
    return None


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, Axes]]:
    for each in node.body:
        match each:
            case ast.AnnAssign(
                target=ast.Name(id=name),
                annotation=ast.Subscript(slice=ast.Tuple(elts=[_, ast.Constant(value=str(axes))])),
            ):
                words = tuple(axes.split())
                if all(word.isidentifier() for word in words):
                    yield name, words
            case _:
                continue
