"""Source text and file names, made safe to show."""

from __future__ import annotations

import io
import os
import re
import tokenize
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapeguard.finding import Span

# Python ends a line at these three and nowhere else, unlike str.splitlines().
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_TAB: Final = "    "


class Sources:
    """Reads the files that findings speak of, each once.

    ``overlay`` maps file names to contents that stand in for what is on disk, such as standard
    input. A file that cannot be read has no lines: a finding about it is still reported.
    """

    def __init__(self, cwd: Path, overlay: Mapping[Path, bytes] | None = None) -> None:
        self._cwd = cwd
        self._overlay = {cwd / path: content for path, content in (overlay or {}).items()}
        self._lines: dict[Path, tuple[str, ...]] = {}

    def lines(self, filename: str) -> tuple[str, ...]:
        """Return the lines of a file, without their ends."""
        path = self._cwd / filename
        if path not in self._lines:
            self._lines[path] = _split(self._overlay.get(path), path)
        return self._lines[path]

    def path(self, filename: str) -> Path:
        """Return where a file is: relative to the working directory where it is below it."""
        path = self.absolute(filename)
        return path.relative_to(self._cwd) if path.is_relative_to(self._cwd) else path

    def absolute(self, filename: str) -> Path:
        """Return where a file is, from the root (from nowhere, if there is no working directory)."""
        return Path(os.path.normpath(self._cwd / filename))

    def name(self, filename: str) -> str:
        """Return the file name to show, as :meth:`path` gives it."""
        return printable(self.path(filename).as_posix())

    def exact(self, filename: str) -> str:
        """Return the file name for programs: as :meth:`path` gives it, escaped where it is no text."""
        return encodable(self.path(filename).as_posix())

    def place(self, span: Span) -> str:
        """Return ``file:row:column`` of the start of ``span``."""
        return f"{self.name(span.filename)}:{span.start.row}:{span.start.column}"


def _split(content: bytes | None, path: Path) -> tuple[str, ...]:
    if content is None:
        try:
            content = path.read_bytes()
        except (OSError, ValueError):  # no file has the name of a program that was never in one
            return ()
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        text = content.decode(encoding, "replace")
    except (SyntaxError, LookupError):
        text = content.decode("utf-8", "replace")
    lines = _LINE_END.split(text.removeprefix("\ufeff"))
    return tuple(lines[:-1] if lines[-1] == "" else lines)


def printable(text: str) -> str:
    """Return ``text`` with every character that could steer a terminal or a reader escaped.

    Control characters, bidirectional overrides, line separators and lone surrogates become their
    Python escapes; a tab becomes four spaces.
    """
    if text.isprintable():
        return text
    return "".join(_TAB if c == "\t" else c if c.isprintable() else _escape(c) for c in text)


def encodable(text: str) -> str:
    """Return ``text`` with lone surrogates escaped, which neither UTF-8 nor strict JSON can hold."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _escape(character: str) -> str:
    return ascii(character)[1:-1]


def width(text: str) -> int:
    """Return the number of terminal cells of printable ``text``: wide characters take two."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )
