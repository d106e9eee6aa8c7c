"""Patterns of gitignore, relative to the directory of a configuration file or to one above it.

Each ``../`` in front of a pattern goes up one directory, and what follows is relative to that. git
itself knows no such patterns. With them, whatever a file says that another one extends can be said in
the other one.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shapeguard.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pathspec import GitIgnoreSpec

_UP: Final = "../"
_NAME: Final = re.compile(r"[\w.*-]+/")


def compiled(patterns: Iterable[str]) -> GitIgnoreSpec:
    """Return what tells the paths that patterns of gitignore match."""
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - slow, and a check of named files needs none

    return GitIgnoreSpec.from_lines(patterns)


@cache
def of_directories(patterns: tuple[str, ...]) -> re.Pattern[str] | None:
    """Return what matches a name that patterns of gitignore hide wherever it is that of a directory.

    None if they say anything else. The default excludes are such patterns, and a check of files that
    are named needs no other: what understands all patterns takes long to load.
    """
    names = [pattern.removesuffix("/") for pattern in patterns if _NAME.fullmatch(pattern)]
    if len(names) != len(patterns) or any("**" in name for name in names):
        return None
    return re.compile("|".join(re.escape(name).replace(r"\*", ".*") for name in names), re.DOTALL)


def placed(pattern: str, directory: Path) -> tuple[Path, str]:
    """Return the directory that a pattern is relative to, and the pattern without ``../`` there.

    ``directory`` is that of the configuration file.
    """
    sign, text = _signed(pattern)
    rest = text
    while rest.startswith(_UP):
        directory, rest = directory.parent, rest.removeprefix(_UP)
    return directory, sign + (rest if rest == text else f"/{rest}")


def rebased(pattern: str, old: Path, new: Path) -> str:
    """Return what a pattern in a file in the directory ``old`` is in one in the directory ``new``.

    Where ``old`` is not above ``new``, a pattern that holds in any directory goes on to do so.
    """
    sign, text = _signed(pattern)
    base, rest = placed(text, old)
    steps = Path(os.path.relpath(base, new)).parts
    above = set(steps) <= {".."}
    if not steps or not (above or _is_bound(rest)):
        return sign + rest
    where = "/".join(each if each == ".." else _literal(each) for each in steps)
    below = rest.removeprefix("/")
    inner = below if _is_bound(rest) or below.startswith("**/") else f"**/{below}"
    start = "" if ".." in steps else "/"
    return f"{sign}{start}{where}/{inner}"


def check_pattern(pattern: str, place: str) -> None:
    """Refuse a pattern that can match nothing; ``place`` says where it stands.

    Raises ConfigError.
    """
    _, text = placed(pattern, Path())
    if not can_match(text):
        hint = f"; a name that starts with # is written \\{text}" if text.startswith("#") else ""
        found = f"found {pattern!r}, which matches nothing{hint}"
        message = f"{place}: expected a gitignore pattern, {found}"
        raise ConfigError(message)


def can_match(pattern: str) -> bool:
    """Whether a line of a ``.gitignore`` is a pattern, and one that something can match."""
    try:
        (only,) = compiled([pattern]).patterns
    except (ValueError, re.error):  # what is no pattern, or none at all
        return False
    return only.include is not None


def _signed(pattern: str) -> tuple[str, str]:
    return ("!", pattern[1:]) if pattern.startswith("!") else ("", pattern)


def _is_bound(pattern: str) -> bool:
    """Whether a pattern speaks about entries of one directory, and not of any below it."""
    rest = pattern.rstrip().removesuffix("/")
    return "/" in rest and not rest.startswith(("**/", "/**/"))


def _literal(name: str) -> str:
    return re.sub(r"([\\*?\[])", r"\\\1", name)
