"""Where the modules of a project lie: the file of a dotted name, and the name of a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from shapeguard.lint.config import is_file

if TYPE_CHECKING:
    from collections.abc import Iterator


class Layout:
    """The modules under one root; ``src`` are the directories that they are imported from, if that is said."""

    def __init__(self, root: Path, src: tuple[Path, ...] | None) -> None:
        self._bases = (root.parent, *((root, root / "src") if src is None else src))
        self._inner = (root, *(() if src is None else src))
        self._paths: dict[str, Path | None] = {}

    def name_of(self, path: Path) -> str:
        """Return the dotted name of a module; a directory without ``__init__.py`` is a namespace."""
        parts = [] if path.stem == "__init__" else [path.stem]
        directory = path.parent
        while is_file(directory / "__init__.py"):
            parts.insert(0, directory.name)
            directory = directory.parent
        if len(parts) <= 1:
            base = self._base_of(directory)
            parts[:0] = () if base is None else directory.relative_to(base).parts
        return ".".join(parts) or path.parent.name

    def _base_of(self, directory: Path) -> Path | None:
        """Return the directory that a namespace package below it is imported from."""
        bases = [base for base in self._inner if directory.is_relative_to(base)]
        return max(bases, key=lambda base: len(base.parts), default=None)

    def path_of(self, dotted: str) -> Path | None:
        """Return the file of a module, if it is one of the project."""
        if dotted not in self._paths:
            self._paths[dotted] = next(self._files_of(dotted), None)
        return self._paths[dotted]

    def _files_of(self, dotted: str) -> Iterator[Path]:
        parts = dotted.split(".")
        if not all(part.isidentifier() for part in parts):
            return
        relative = Path(*parts)
        for base in self._bases:
            for path in (base / relative.with_suffix(".py"), base / relative / "__init__.py"):
                if self._inside(path) and is_file(path):
                    yield path

    def _inside(self, path: Path) -> bool:
        return any(each in path.parents for each in self._inner)
