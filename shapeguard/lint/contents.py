"""What the files of a project hold, and which words: read at first use, unless it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shapeguard.lint.mentions import mentions_in
from shapeguard.lint.roots import python_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from shapeguard.lint.snapshot import FileState


MOST: Final = 64
"""Of how many files the bytes are held: some modules are asked again and again."""


class Contents:
    """The bytes of the files under one root.

    ``given`` are those that are not read from disk, such as standard input; ``states`` is what is known
    of files, so that they need not be read to know what they mention.
    """

    def __init__(self, root: Path) -> None:
        self.given: dict[Path, bytes] = {}
        self.states: Mapping[Path, FileState] = {}
        self._root = root
        self._read: dict[Path, bytes | None] = {}

    def of(self, path: Path) -> bytes | None:
        """Return what a file holds; None for one that cannot be read, or waits for a writer."""
        if path not in self._read:
            if len(self._read) == MOST:
                del self._read[next(iter(self._read))]
            self._read[path] = self._of(path)
        return self._read[path]

    def _of(self, path: Path) -> bytes | None:
        if path in self.given:
            return self.given[path]
        try:
            return path.read_bytes() if path.is_file() else None
        except OSError:
            return None

    def words(self) -> Iterator[tuple[Path, Iterable[bytes]]]:
        """Yield the files of the project, in their order, each with the names that it mentions.

        What is checked by its name alone, such as a script, is none of them, whatever is checked with it.
        """
        given = (path for path in self.given if not path.exists())
        for path in sorted({*python_files(self._root), *given}):
            if path in self.states:
                yield path, self.states[path].mentions()
            elif (data := self._of(path)) is not None:
                yield path, mentions_in(data)
