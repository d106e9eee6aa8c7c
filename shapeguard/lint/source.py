"""Source files: read, decoded, and parsed by ``ast``, which finds where the functions are.

It costs a tenth of a libcst parse; see ``cuttings.py`` for that. Nothing here imports or executes what
it reads.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
import zlib
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from shapeguard.finding import Position

if TYPE_CHECKING:
    from pathlib import Path

_START = Position(1, 1)
MAX_BRACKETS = 400
MAX_LINE = 5_000
MAX_BARE = 1_000_000

_BRACKETS = re.compile(r"[()\[\]{}]")
_DEFINITION = re.compile(r"\b(?:def|class|import)\b")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")


class UnreadableError(Exception):
    """A file cannot be decoded or parsed; ``position`` is where, as far as that is known."""

    def __init__(self, why: str | Exception, *, done: str, position: Position = _START) -> None:
        super().__init__(f"cannot be {done}: {why}")
        self.position = position


class _Text(Struct, dict=True):
    """A text, and its lines once they are asked for."""

    whole: str

    @cached_property
    def lines(self) -> list[str]:
        return lines_of(self.whole)


class SourceFile:
    """The text of one file, in lines that keep their endings.

    One of many may be folded: its text is compressed then, and read for a while when it is asked for.
    ``parsed`` is the text that its outline was made of: another one where newer syntax was hidden first.
    """

    def __init__(self, path: Path, shown: str, text: str) -> None:
        self.path = path
        self.shown = shown
        self.parsed = self
        self._open: _Text | None = _Text(text)
        self._folded = b""

    @property
    def text(self) -> str:
        """All of it."""
        return (self._open or _opened(self._folded)).whole

    @property
    def lines(self) -> list[str]:
        """Its lines, each with its ending."""
        return (self._open or _opened(self._folded)).lines

    def fold(self) -> None:
        """Take little memory from here on."""
        if self._open is not None:
            self._folded = zlib.compress(self.text.encode("utf-8", "surrogatepass"), 1)
            self._open = None
        if self.parsed is not self:
            self.parsed.fold()

    def segment(self, first: int, last: int) -> str:
        """Return the lines ``first`` to ``last``, 1-based and inclusive."""
        return "".join(self.lines[first - 1 : last])


def decode(data: bytes, path: Path, shown: str) -> SourceFile:
    """Decode the bytes of a file by its byte order mark or coding comment (PEP 263)."""
    encoding = "utf-8"
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (SyntaxError, LookupError) as error:
        raise UnreadableError(error, done="decoded") from error
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        done, place = f"decoded as {encoding}", Position(row, column)
        raise UnreadableError(error.reason, done=done, position=place) from error
    except (UnicodeError, ValueError) as error:
        raise UnreadableError(error, done=f"decoded as {encoding}") from error
    text = text.removeprefix("\ufeff")
    return SourceFile(path, shown, text)


@lru_cache(maxsize=8)
def _opened(folded: bytes) -> _Text:
    return _Text(zlib.decompress(folded).decode("utf-8", "surrogatepass"))


def lines_of(text: str) -> list[str]:
    """Cut a text into lines as Python counts them, each with its ending."""
    return [line for line in _LINE.findall(text) if line]


def parse_outline(source: SourceFile) -> ast.Module | None:
    """Return the syntax tree that finds functions, or None for syntax that only libcst knows.

    Syntax that is newer than this Python is hidden first, as far as it is known. A very long file
    that defines nothing is data: it is taken as it is. Raises :class:`UnreadableError` for what is
    no Python at all.
    """
    if len(source.text) > MAX_BARE and not _DEFINITION.search(source.text):
        return ast.Module([], [])
    try:
        return _tree(source.text)
    except ValueError as error:
        raise UnreadableError(error, done="parsed") from error
    except (RecursionError, MemoryError) as error:
        why = "it nests too deeply"
        raise UnreadableError(why, done="parsed") from error
    except SyntaxError as error:
        text = _without_what_is_newer(source) if _shallow(source) else None
        if text is not None:
            source.parsed = SourceFile(source.path, source.shown, text)
            return tree_of(text)
        row, column = max(error.lineno or 1, 1), max(error.offset or 1, 1)
        raise UnreadableError(error.msg, done="parsed", position=Position(row, column)) from error


def _without_what_is_newer(source: SourceFile) -> str | None:
    from shapeguard.lint.newer import hidden  # noqa: PLC0415 - libcst is imported when it is needed

    return hidden(source.text, source.lines)


def _tree(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def tree_of(text: str) -> ast.Module | None:
    """Return the syntax tree of a text, or None for what this Python does not know."""
    try:
        return _tree(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _shallow(source: SourceFile) -> bool:
    """Say whether a text is safe for libcst, whose native parser overflows the stack on deep nesting."""
    depth = deepest = 0
    for bracket in _BRACKETS.findall(source.text):
        depth += 1 if bracket in "([{" else -1
        deepest = max(deepest, depth)
    return deepest <= MAX_BRACKETS and all(len(line) <= MAX_LINE for line in source.lines)
