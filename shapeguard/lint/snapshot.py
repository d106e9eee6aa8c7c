"""The state of the files of a project, and what a change of them can have an effect on."""

from __future__ import annotations

import hashlib
import os
import stat
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from shapeguard.lint.mentions import mentions_in
from shapeguard.lint.pieces import Pieces, is_asking, pieces_of, unpacked, words_of
from shapeguard.lint.source import UnreadableError, decode, parse_outline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from shapeguard.lint.pieces import Lines
    from shapeguard.lint.tracking import Piece

_RACY_NS: Final = 2_000_000_000
"""Nanoseconds within which a file may be written again and have the time stamp that it had."""
_NO_FILE: Final = Pieces(b"", (), {}, {})


@dataclass(frozen=True, slots=True)
class FileState:
    """A file as it was when it was last looked at.

    ``modified`` is when anything of it was changed last, its time stamps included; see :func:`_stamp`.
    ``words`` is what the analysis may look for in it, compressed: names before a bracket. ``pieces`` is
    what it is made of, packed (see :mod:`shapeguard.lint.pieces`), if anything rests on a part of it.
    """

    modified: int
    size: int
    looked: int
    digest: bytes
    words: bytes
    pieces: bytes = b""

    def is_of(self, modified: int, size: int) -> bool:
        """Say whether a file with this time stamp and size is sure to be as it was."""
        same = (self.modified, self.size) == (modified, size)
        return same and modified < self.looked - _RACY_NS

    def texts(self) -> frozenset[str]:
        """Return the names before a bracket, with it."""
        return frozenset(each.decode() for each in self.mentions())

    def mentions(self) -> list[bytes]:
        """Return them as they stand in the file."""
        return zlib.decompress(self.words).split(b"\n")


@dataclass(frozen=True, slots=True)
class Changes:
    """What has changed in a project: files, names before brackets, and modules that come or go.

    ``frames`` are the files of which more has changed than some of their parts, which are ``pieces``.
    ``vague`` says that of some file only the names before brackets are known, ``everything``
    that more may have an effect than can be told.
    """

    files: frozenset[Path] = frozenset()
    words: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    frames: frozenset[Path] = frozenset()
    pieces: frozenset[Piece] = frozenset()
    vague: bool = False
    everything: bool = False

    def answers(self, text: str) -> bool:
        """Say whether a search for a text may find something else now."""
        if text.startswith(IMPORT):
            return text.removeprefix(IMPORT) in self.modules
        if self.vague and is_asking(text):
            return True
        return any(word.endswith(text) for word in self.words)

    def __bool__(self) -> bool:
        """Whether anything has changed."""
        return bool(self.files) or self.everything


@dataclass
class MadeOf:
    """Where functions stand in files of these states; a file is unpacked once."""

    states: Mapping[Path, FileState]
    _known: dict[Path, Pieces | None] = field(default_factory=dict["Path", "Pieces | None"])

    def lines(self, path: Path, function: str) -> Lines | None:
        """Return the lines of an outermost function, if they are known."""
        if path not in self._known:
            state = self.states.get(path)
            self._known[path] = None if state is None else unpacked(state.pieces)
        pieces = self._known[path]
        return None if pieces is None else pieces.lines.get(function)


IMPORT: Final = "import "
"""What a search for a module begins with; the others are for a name before a bracket."""


def states(paths: Iterable[Path], known: Mapping[Path, FileState]) -> dict[Path, FileState]:
    """Return the states of files; what is known of one that is sure to be the same is kept."""
    found: dict[Path, FileState] = {}
    for path in paths:
        now = time.time_ns()
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):  # a named pipe waits for a writer
                continue
            before = known.get(path)
            if before is not None and before.is_of(_stamp(status), status.st_size):
                found[path] = before
                continue
            data = path.read_bytes()
        except OSError:
            continue
        state = FileState(_stamp(status), status.st_size, now, digest_of(data), b"")
        if before is not None and before.digest == state.digest:
            found[path] = replace(state, words=before.words, pieces=before.pieces)
            continue
        # What a file is made of is compared with what it was, or with nothing where it is a new one.
        compared = bool(before.pieces if before is not None else known)
        parts = pieces_in(path, data) if compared else b""
        found[path] = replace(state, words=_words(data), pieces=parts)
    return found


def _stamp(status: os.stat_result) -> int:
    """Return when a file was changed last, in nanoseconds.

    Where the system tells when the entry of a file was changed (POSIX), nobody can set that: files that
    are unpacked or copied with their time stamps may differ in nothing else. Windows tells when a file was
    made, so that there its time stamp counts.
    """
    return status.st_mtime_ns if os.name == "nt" else status.st_ctime_ns


def digest_of(data: bytes) -> bytes:
    """Return what tells the contents of files apart."""
    return hashlib.sha256(data).digest()


def new_pieces(
    states: Mapping[Path, FileState],
    paths: Iterable[Path],
    pieces: Callable[[Path], Pieces | None],
) -> dict[Path, Pieces]:
    """Return what files are made of whose states do not tell, if they are as they were."""
    found: dict[Path, Pieces] = {}
    for path in paths:
        state = states.get(path)
        if state is None or state.pieces:
            continue
        with suppress(OSError):
            made_of = pieces(path) if digest_of(path.read_bytes()) == state.digest else None
            if made_of is not None:
                found[path] = made_of
    return found


def pieces_in(path: Path, data: bytes) -> bytes:
    """Return what the contents of a file are made of, packed; nothing where that cannot be told."""
    from shapeguard.lint.outline import Outline  # noqa: PLC0415 - a check of known results needs none

    try:
        source = decode(data, path, os.fspath(path))
        return pieces_of(Outline(source, parse_outline(source), path.stem)).packed()
    except UnreadableError:
        return b""


def _words(data: bytes) -> bytes:
    found = sorted(each.decode("utf-8", "replace") for each in mentions_in(data))
    return zlib.compress("\n".join(found).encode(), 1)


def changes(before: Mapping[Path, FileState], after: Mapping[Path, FileState]) -> Changes:
    """Return what has changed between two states of a project."""
    come_or_gone = before.keys() ^ after.keys()
    both = before.keys() & after.keys()
    changed = {path for path in both if before[path].digest != after[path].digest} | come_or_gone
    words, pieces = set[str](), set["Piece"]()
    frames, vague = set(come_or_gone), False
    for path in changed:
        old, new = before.get(path), after.get(path)
        was, now = _unpacked(old), _unpacked(new)
        if was is None or now is None:
            words |= _texts(old) ^ _texts(new)
            frames.add(path)
            vague = True
            continue
        if was.frame != now.frame:
            frames.add(path)
        pieces.update((path, name) for name in _differing(was.parts, now.parts))
        words |= _differing(words_of(was), words_of(now))
    return Changes(
        frozenset(changed),
        frozenset(words),
        frozenset(name for path in come_or_gone for name in _names(path)),
        frozenset(frames),
        frozenset(pieces),
        vague,
        any(path.name == "__init__.py" for path in come_or_gone),
    )


def _texts(state: FileState | None) -> frozenset[str]:
    return frozenset() if state is None else state.texts()


def _unpacked(state: FileState | None) -> Pieces | None:
    return _NO_FILE if state is None else unpacked(state.pieces)


def _differing(before: Mapping[str, object], after: Mapping[str, object]) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def _names(path: Path) -> Iterable[str]:
    """Yield every dotted name by which a module might be imported."""
    parts = path.with_suffix("").parts[1:]
    return (".".join(parts[start:]) for start in range(len(parts)))
