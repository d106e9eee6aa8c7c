"""Patches: what would change in files, for ``git apply`` and ``patch -p1``.

There is no line ``diff --git``: behind one git takes names to be from the root of the repository, and in a
directory below it skips each without a word.
"""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shapeguard.report.sources import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINE: Final = re.compile(rb"[^\n]*\n|[^\n]+")
_NO_END: Final = b"\n\\ No newline at end of file\n"


def place_in(directory: Path, path: Path) -> Path | None:
    """Return how a patch that is applied in a directory names a file; None if none can.

    Of a symbolic link the target is named. No patch changes what lies outside of the directory.
    """
    here, real = (Path(os.path.realpath(each)) for each in (directory, path))
    return real.relative_to(here) if real.is_relative_to(here) else None


def patch(path: Path, before: bytes, after: bytes) -> bytes:
    """Return the unified diff of a file, in the bytes of its own encoding; empty if nothing changes.

    ``path`` is as the diff is to name it: relative to the directory in which it will be applied.
    """
    return b"".join(_patch(path, before, after))


def _patch(path: Path, before: bytes, after: bytes) -> Iterator[bytes]:
    old, new = (_LINE.findall(data) for data in (before, after))
    lines = difflib.diff_bytes(difflib.unified_diff, old, new)
    for number, line in enumerate(lines):
        if number == 0:
            yield b"--- %s\n" % _ended(_quoted(b"a/", path))
        elif number == 1:
            yield b"+++ %s\n" % _ended(_quoted(b"b/", path))
        else:
            yield line if line.endswith(b"\n") else line + _NO_END


def _quoted(prefix: bytes, path: Path) -> bytes:
    """Return a file name as git writes it: in quotes, with escapes, if it would be misread."""
    text = path.as_posix()
    name = prefix + os.fsencode(text)
    if text.isprintable() and not set(text) & {'"', "\\"}:
        return name
    quoted = (
        b"\\" + bytes([each])
        if each in b'"\\'
        else bytes([each])
        if 0x20 <= each < 0x7F  # noqa: PLR2004 - printable ASCII
        else b"\\%03o" % each
        for each in name
    )
    return b'"' + b"".join(quoted) + b'"'


def _ended(name: bytes) -> bytes:
    """End a name that has a blank, which would end it, by a tab, as git does."""
    return name + b"\t" if b" " in name and not name.startswith(b'"') else name


def for_terminal(text: bytes) -> str:
    """Return a patch to look at, with every character escaped that could steer a terminal."""
    lines = text.decode("utf-8", "backslashreplace").split("\n")
    return "\n".join(map(printable, lines))
