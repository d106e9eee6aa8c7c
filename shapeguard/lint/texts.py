"""Which texts are known to be Python: by their digests, in a file beside that of the results.

Nothing else is asked of a file of a project that uses no tensors, and it rests on nothing but the text and
the Python that reads it. Results rest on much more, of which it takes long to find out what it is.
"""

from __future__ import annotations

import hashlib
import sqlite3
import sys
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from shapeguard.lint.cache_file import Place, given_up

if TYPE_CHECKING:
    from pathlib import Path

KEPT: Final = 100_000
"""How many texts are kept; the oldest go first."""
_TABLE: Final = "create table if not exists python (digest blob unique) strict"


class Texts(Struct):
    """The texts that a cache file knows to be Python; ``trouble`` says why it is not used any more."""

    path: Path
    trouble: str = ""
    hits: int = 0
    _place: Place | None = None
    _database: sqlite3.Connection | None = None
    _new: set[bytes] = field(default_factory=set[bytes])

    def has(self, data: bytes) -> bool:
        """Say whether a text is known to be Python."""
        if self.trouble:
            return False
        query = "select 1 from python where digest = ?"
        try:
            found = self._open().execute(query, (_digest(data),)).fetchone() is not None
        except (sqlite3.Error, OSError) as error:
            self._give_up(error)
            return False
        self.hits += found
        return found

    def add(self, data: bytes) -> None:
        """Note that a text is Python, which is kept with the next :meth:`save`."""
        self._new.add(_digest(data))

    def save(self) -> None:
        """Keep what was noted, and close the file."""
        try:
            if self._new and not self.trouble:
                with self._open() as database:
                    database.execute("begin immediate")
                    rows = [(each,) for each in sorted(self._new)]
                    database.executemany("insert or ignore into python values (?)", rows)
                    oldest = "delete from python where rowid <= (select max(rowid) from python) - ?"
                    database.execute(oldest, (KEPT,))
        except (sqlite3.Error, OSError) as error:
            self._give_up(error)
        self._new.clear()
        self._close()

    def _open(self) -> sqlite3.Connection:
        if self._database is None:
            self._place = self._place or Place(self.path)
            self._database = self._place.opened()
            self._database.execute(_TABLE)
        return self._database

    def _close(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None

    def _give_up(self, error: Exception) -> None:
        self._close()
        self.trouble = given_up(self.path, error)


def _digest(data: bytes) -> bytes:
    """Return what tells a text from all others that this Python may read."""
    return hashlib.sha256(f"{sys.version}\0".encode() + data).digest()
