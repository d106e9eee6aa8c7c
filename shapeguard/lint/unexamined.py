"""Files of projects that use no tensor library: that they are Python is all that is asked of them.

That takes a tenth of a millisecond for 1,000 characters, so it is looked up where there are many.
"""

from __future__ import annotations

import symtable
import warnings
from typing import TYPE_CHECKING, Final

from shapeguard.finding import Position, Span
from shapeguard.lint.housekeeping import UnparsableFile
from shapeguard.lint.results import FileResult
from shapeguard.lint.source import MAX_BARE, UnreadableError, decode, parse_outline

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from shapeguard.finding import Finding
    from shapeguard.lint.texts import Texts
    from shapeguard.lint.wanted import Wanted


FEW: Final = 80_000
"""How many bytes are sooner looked at than looked up in the cache."""


def look(
    paths: Sequence[Path],
    given: Mapping[Path, bytes],
    shown: Callable[[Path], str],
    wanted: Wanted,
    texts: Callable[[], Texts] | None = None,
) -> tuple[dict[str, FileResult], list[str]]:
    """Return the result of each file that can be read, by its shown name, and which cannot.

    ``given`` are the bytes of files that are not read from disk; ``texts`` opens what knows some of them.
    """
    known = texts() if texts is not None and sum(map(_size, paths)) > FEW else None
    results: dict[str, FileResult] = {}
    unread: list[str] = []
    for path in paths:
        name = shown(path)
        try:
            data = given[path] if path in given else path.read_bytes()
        except OSError as error:
            unread.append(f"{name}: cannot be read: {error.strerror}")
            continue
        if known is not None and known.has(data):
            results[name] = FileResult()
            continue
        results[name], sure = _looked_at(data, path, name, wanted)
        if known is not None and sure:
            known.add(data)
    if known is not None:
        known.save()
    return results, unread


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _looked_at(data: bytes, path: Path, shown: str, wanted: Wanted) -> tuple[FileResult, bool]:
    """Return the result of a file of which nothing is examined, and whether this Python can read it."""
    try:
        source = decode(data, path, shown)
        sure = _is_python(source.text)
        if not sure:
            parse_outline(source)
    except UnreadableError as error:
        return FileResult(is_python=False, unreadable=unparsable(shown, error, wanted)), False
    return FileResult(), sure


def _is_python(text: str) -> bool:
    """Say whether a text is Python beyond doubt. No tree is made, which takes a third of the time."""
    if len(text) > MAX_BARE:
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            symtable.symtable(text, "", "exec")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def unparsable(shown: str, error: UnreadableError, wanted: Wanted) -> Finding | None:
    """Return what says that a file is no Python, where that is wanted."""
    if not wanted.notice(UnparsableFile, shown):
        return None
    end = Position(error.position.row, error.position.column + 1)
    return UnparsableFile.finding(Span(shown, error.position, end), f"file {error}")
