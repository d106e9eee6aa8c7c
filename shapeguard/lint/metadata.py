"""What a project says of its dependencies, in ``pyproject.toml`` or ``requirements*.txt``; read as text."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_LEVELS = 3
_BOUND = re.compile(r"(==|<=|~=|(?<![<>=~!])<(?!=))\s*(\d+(?:\.\d+)*)(\.\*)?")
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9._-]+)\s*(?:\[[^\]]*\])?\s*\(?([^;#()]*)")


def required(root: Path, name: str) -> str:
    """Return the versions of a dependency that a project admits, such as ``<2,>=1``, or nothing.

    The nearest directory from the root of the project upwards that names the dependency counts.
    """
    for directory in _directories(root):
        for line in _lines(directory):
            found = _REQUIREMENT.match(line)
            if found is not None and found[1].lower().replace("_", "-") == name:
                return found[2].strip()
    return ""


def sources_of_requirements(root: Path) -> Iterator[str]:
    """Yield the texts that :func:`required` looks at."""
    for directory in _directories(root):
        for path in (*_lists(directory), directory / "pyproject.toml"):
            yield _text(path)


def _directories(root: Path) -> Iterator[Path]:
    for directory in (root, *root.parents)[:_LEVELS]:
        yield directory
        if (directory / ".git").exists():
            return


def _lists(directory: Path) -> list[Path]:
    return sorted(directory.glob("requirements*.txt"))


def all_below(versions: str, limit: tuple[int, ...]) -> bool:
    """Say whether a bound keeps all admitted versions below a limit."""
    bounds = _BOUND.finditer(versions)
    return any(_keeps_below(each[1], each[2], each[3] or "", limit) for each in bounds)


def _keeps_below(operator: str, text: str, star: str, limit: tuple[int, ...]) -> bool:
    version = tuple(int(part) for part in text.split("."))
    if star or operator == "~=":
        same = version if star else version[:-1]
        return same < limit[: len(same)]
    return version <= limit if operator == "<" else version < limit


def _lines(directory: Path) -> Iterator[str]:
    for path in _lists(directory):
        yield from _text(path).splitlines()
    project = _section(_table(directory / "pyproject.toml"), "project")
    yield from _listed(project.get("dependencies"))
    for group in _section(project, "optional-dependencies").values():
        yield from _listed(group)


def _section(table: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = table.get(name)
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _listed(value: object) -> list[str]:
    return [str(each) for each in cast("list[object]", value)] if isinstance(value, list) else []


def _table(path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError:
        return {}


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8") if path.is_file() else ""
    except (OSError, UnicodeDecodeError):
        return ""
