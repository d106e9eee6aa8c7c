"""Which files belong together.

The project of a file is the tree under the nearest directory with shapeguard configuration; else
its topmost package, the package alone and not its neighbours, so that a released package is a
project of its own wherever it is installed; else the git root; else the file's own directory.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from shapeguard.lint.config import has_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

SKIPPED = frozenset({"__pycache__", "node_modules", "site-packages", "venv", "build", "dist"})


def project_root(path: Path) -> Path:
    """Return the directory that makes up the project of a file."""
    directory = path.parent
    for parent in (directory, *directory.parents):
        if has_settings(parent) and not _set_apart(path, parent):
            return parent
    top = None
    for parent in (directory, *directory.parents):
        if not is_file(parent / "__init__.py"):
            break
        top = parent
    if top is not None:
        return top
    return repository(directory) or directory


def repository(directory: Path) -> Path | None:
    """Return the root of the git repository that a directory lies in, if there is one."""
    for parent in (directory, *directory.parents):
        if (parent / ".git").exists():
            return parent
    return None


def _set_apart(path: Path, root: Path) -> bool:
    """Say whether a file lies in a part of a tree that does not belong to it: hidden, installed."""
    return any(_skipped(part) for part in path.relative_to(root).parts[:-1])


def _skipped(name: str) -> bool:
    return name in SKIPPED or name.startswith(".")


def is_file(path: Path) -> bool:
    """Say whether a path is a regular file; one that may not be looked at is none."""
    try:
        return path.is_file()
    except OSError:
        return False


def python_files(root: Path) -> Iterator[Path]:
    """Yield the Python files of a project in a stable order."""
    for directory, names, files in os.walk(root):
        names[:] = sorted(each for each in names if not _skipped(each))
        for name in sorted(files):
            if name.endswith(".py"):
                yield Path(directory, name)
