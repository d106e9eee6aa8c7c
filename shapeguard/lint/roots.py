"""Which files belong together.

The project of a file is the tree under the nearest directory with shapeguard configuration; else
its topmost package, the package alone and not its neighbours, so that a released package is a
project of its own wherever it is installed; else the git root; else the file's own directory.
"""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from shapeguard.lint.config import has_settings, is_file

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_UNMARKED = 1_000
"""How many files may lie below a directory that nothing makes a project."""
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


def shown(path: Path, shown_from: Path) -> str:
    """Return a path as reports show it: relative to where the tool was started, if it is below."""
    return (path.relative_to(shown_from) if path.is_relative_to(shown_from) else path).as_posix()


def _set_apart(path: Path, root: Path) -> bool:
    """Say whether a file lies in a part of a tree that does not belong to it: hidden, installed."""
    return any(_skipped(part) for part in path.relative_to(root).parts[:-1])


def _skipped(name: str) -> bool:
    return name in SKIPPED or name.startswith(".")


def python_files(root: Path) -> Iterator[Path]:
    """Yield the Python files of a project in a stable order.

    A directory that nothing makes a project, such as that of temporary files, is one with all below it
    only if it is small; of a larger one only its own files are.
    """
    if _is_marked(root):
        yield from _below(root)
        return
    found = list(islice(_below(root), MAX_UNMARKED + 1))
    yield from found if len(found) <= MAX_UNMARKED else (p for p in found if p.parent == root)


def _below(root: Path) -> Iterator[Path]:
    for directory, names, files in os.walk(root):
        names[:] = sorted(each for each in names if not _skipped(each))
        for name in sorted(files):
            if name.endswith(".py"):
                yield Path(directory, name)


def _is_marked(root: Path) -> bool:
    """Say whether a directory holds configuration, or is a package or the root of a repository."""
    return has_settings(root) or is_file(root / "__init__.py") or (root / ".git").exists()
