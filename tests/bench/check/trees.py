"""What is checked: packages as they are installed, copied to where nothing else of them is."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

EACH = 120
"""Of the models of transformers every so many are checked, in sorted order."""


class MissingError(Exception):
    """A package is not installed."""


@dataclass(frozen=True)
class Tree:
    """Files below ``paths``, which are relative to ``directory``, where the tools are started."""

    name: str
    directory: Path
    paths: tuple[str, ...]
    note: str = ""

    @cached_property
    def files(self) -> tuple[Path, ...]:
        """The Python files."""
        below = (path for name in self.paths for path in (self.directory / name).rglob("*.py"))
        return tuple(sorted(below))

    @cached_property
    def lines(self) -> int:
        """How many lines they have, blank ones and comments as well."""
        return lines_of(self.files)


def lines_of(files: Sequence[Path]) -> int:
    """Count the lines of files."""
    return sum(len(path.read_bytes().splitlines()) for path in files)


def installed(package: str) -> Path:
    """Return the directory of an installed package, which is not imported."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        message = f"{package} is not installed here"
        raise MissingError(message)
    return Path(spec.origin).parent


def adapters(temporary: Path) -> Tree:
    """Copy the whole package."""
    directory = temporary / "adapters"
    _copy(installed("adapters"), directory / "adapters")
    return Tree(f"adapters {version('adapters')}", directory, ("adapters",))


def transformers(temporary: Path, each: int = EACH) -> Tree:
    """Copy the package with a sample of its models, which are what is checked."""
    package, directory = installed("transformers"), temporary / "transformers"
    models = package / "models"
    names = sorted(path.parent.name for path in models.glob("*/__init__.py"))
    chosen = names[::each]
    _copy(package, directory / "transformers", frozenset(names) - {*chosen}, models)
    name = f"transformers {version('transformers')} models/"
    note = (
        f"Of transformers every {each}th of the {len(names)} directories in `models/`, in sorted order, is "
        f"checked by all subjects alike: {', '.join(chosen)}. They stand in a copy of the package that "
        "lacks the other models."
    )
    paths = tuple(f"transformers/models/{name}" for name in chosen)
    return Tree(name, directory, paths, note)


def all_models(temporary: Path) -> Tree:
    """Copy the package with all of its models, which are what is checked."""
    directory = temporary / "transformers"
    _copy(installed("transformers"), directory / "transformers")
    return Tree(
        f"transformers {version('transformers')} models/", directory, ("transformers/models",)
    )


def given(text: str) -> Tree:
    """Return the tree that ``NAME=PATH`` means. Raises MissingError if there is none."""
    name, _, path = text.partition("=")
    root = Path(path).resolve()
    if not name or not path or not root.is_dir():
        message = f"{text!r} is not NAME=PATH with a directory as PATH"
        raise MissingError(message)
    return Tree(name, root.parent, (root.name,))


def repository(temporary: Path, package: str = "click") -> Tree:
    """Copy an installed package that has nothing to do with tensors into a git repository."""
    directory = temporary / "repository"
    _copy(installed(package), directory / package)
    for command in (("init", "--quiet"), ("add", ".")):
        subprocess.run(("git", *command), cwd=directory, check=True, capture_output=True)
    return Tree(f"{package} {version(package)}", directory, (package,))


def _copy(
    source: Path, target: Path, without: frozenset[str] = frozenset(), of: Path | None = None
) -> None:
    """Copy the Python files of a package, less some directories that lie directly in ``of``."""

    def ignored(directory: str, names: list[str]) -> set[str]:
        here = Path(directory)
        dropped = {*names} & without if here == of else set[str]()
        return dropped | {
            name
            for name in names
            if name == "__pycache__" or ((here / name).is_file() and not name.endswith(".py"))
        }

    shutil.copytree(source, target, ignore=ignored)
