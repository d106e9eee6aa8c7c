"""Parse every Python file below some paths, as a process of its own: ``parsing.py KIND PATH...``.

KIND is ``ast``, ``libcst``, or ``metadata``, which also resolves scopes, parents, positions and
qualified names.
"""

from __future__ import annotations

import ast
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def main() -> None:
    """Parse; what cannot be parsed is counted."""
    kind, *paths = sys.argv[1:]
    parse, failed = _parser(kind), 0
    warnings.simplefilter("ignore")
    for path in map(Path, paths):
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            try:
                parse(file.read_bytes())
            except Exception:  # noqa: BLE001 - each parser has errors of its own
                failed += 1
    if failed:
        sys.stderr.write(f"{failed} files cannot be parsed\n")


def _parser(kind: str) -> Callable[[bytes], object]:
    if kind == "ast":
        return ast.parse
    import libcst as cst  # noqa: PLC0415 - what ast costs has none of it

    if kind == "libcst":
        return cst.parse_module
    from libcst import metadata  # noqa: PLC0415

    providers = (
        metadata.ScopeProvider,
        metadata.ParentNodeProvider,
        metadata.PositionProvider,
        metadata.QualifiedNameProvider,
    )

    def resolve(data: bytes) -> object:
        return metadata.MetadataWrapper(cst.parse_module(data)).resolve_many(providers)

    return resolve


if __name__ == "__main__":
    main()
