"""The state of the files of a project, and what a change of them can have an effect on."""

from __future__ import annotations

import hashlib
import stat
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shapeguard.lint.mentions import mentions_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_RACY_NS: Final = 2_000_000_000
"""Nanoseconds within which a file may be written again and have the time stamp that it had."""


@dataclass(frozen=True, slots=True)
class FileState:
    """A file as it was when it was last looked at.

    ``words`` is what the analysis may look for in it, compressed: names before a bracket.
    """

    modified: int
    size: int
    looked: int
    digest: bytes
    words: bytes

    def is_of(self, modified: int, size: int) -> bool:
        """Say whether a file with this time stamp and size is sure to be as it was."""
        same = (self.modified, self.size) == (modified, size)
        return same and modified < self.looked - _RACY_NS

    def texts(self) -> frozenset[str]:
        """Return the names before a bracket, with it."""
        return frozenset(zlib.decompress(self.words).decode().split("\n"))


@dataclass(frozen=True, slots=True)
class Changes:
    """What has changed in a project: files, names before brackets, and modules that come or go.

    ``everything`` says that more may have an effect than can be told.
    """

    files: frozenset[Path] = frozenset()
    words: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    everything: bool = False

    def touch(self, files: Iterable[str], texts: Iterable[str]) -> bool:
        """Say whether a result that rests on files and on searches may be another one now."""
        if self.everything or any(Path(each) in self.files for each in files):
            return True
        return any(self._answers(text) for text in texts)

    def _answers(self, text: str) -> bool:
        if text.startswith(IMPORT):
            return text.removeprefix(IMPORT) in self.modules
        return any(word.endswith(text) for word in self.words)

    def __bool__(self) -> bool:
        """Whether anything has changed."""
        return bool(self.files) or self.everything


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
            if before is not None and before.is_of(status.st_mtime_ns, status.st_size):
                found[path] = before
                continue
            data = path.read_bytes()
        except OSError:
            continue
        digest = hashlib.sha256(data).digest()
        same = before is not None and before.digest == digest
        words = before.words if before is not None and same else _words(data)
        found[path] = FileState(status.st_mtime_ns, status.st_size, now, digest, words)
    return found


def _words(data: bytes) -> bytes:
    found = sorted(each.decode("utf-8", "replace") for each in mentions_in(data))
    return zlib.compress("\n".join(found).encode(), 1)


def changes(before: Mapping[Path, FileState], after: Mapping[Path, FileState]) -> Changes:
    """Return what has changed between two states of a project."""
    come_or_gone = before.keys() ^ after.keys()
    both = before.keys() & after.keys()
    changed = {path for path in both if before[path].digest != after[path].digest}
    words: set[str] = set()
    for path in changed | come_or_gone:
        old = before[path].texts() if path in before else frozenset[str]()
        new = after[path].texts() if path in after else frozenset[str]()
        words |= old ^ new
    return Changes(
        frozenset(changed | come_or_gone),
        frozenset(words),
        frozenset(name for path in come_or_gone for name in _names(path)),
        any(path.name == "__init__.py" for path in come_or_gone),
    )


def _names(path: Path) -> Iterable[str]:
    """Yield every dotted name by which a module might be imported."""
    parts = path.with_suffix("").parts[1:]
    return (".".join(parts[start:]) for start in range(len(parts)))
