"""The files of the cache: where they are, how one is opened, and what becomes of a broken one."""

from __future__ import annotations

import errno
import sqlite3
import weakref
from contextlib import suppress
from pathlib import Path
from typing import Final

DIRECTORY: Final = ".shapeguard_cache"
RESULTS: Final = "results.sqlite"
TEXTS: Final = "texts.sqlite"
_TAG: Final = (
    "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# This directory holds what shapeguard found before. It may be deleted at any time.\n"
    "# For information about cache directory tags see https://bford.info/cachedir/\n"
)
_TIMEOUT: Final = 5.0
_PRIMARY: Final = 0xFF
"""The part of an error code of SQLite that the others refine."""
_OUTSIDE: Final = frozenset(
    {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY}
    | {sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN}
    | {sqlite3.SQLITE_PERM, sqlite3.SQLITE_ABORT, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOLFS}
    | {sqlite3.SQLITE_SCHEMA}
)
"""Errors that another process, the disk or the rights are to blame for."""
_UNWRITABLE: Final = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY})
_READ_ONLY: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_WORDS: Final = 160
"""How much is said of an error; some repeat what a row holds."""


def opened(path: Path) -> sqlite3.Connection:
    """Return a connection to a cache file, which is made if there is none.

    Raises ``sqlite3.Error``, and ``OSError`` where its directory cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for name, text in (("CACHEDIR.TAG", _TAG), (".gitignore", "*\n")):
        if not _is_written(path.parent / name):
            (path.parent / name).write_text(text, "utf-8")
    database = sqlite3.connect(path, timeout=_TIMEOUT, isolation_level=None)
    try:
        database.execute("pragma journal_mode = wal")
        database.execute("pragma synchronous = normal")
    except BaseException:
        database.close()
        raise
    return database


def _is_written(path: Path) -> bool:
    """Say whether there is anything in a file; a disk that is full leaves an empty one."""
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False


class Place:
    """Where a cache file is: at its path, or in a copy of it where that can only be read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._is_copy = False

    def opened(self) -> sqlite3.Connection:
        """Return a connection to the file; raises as :func:`opened`."""
        try:
            return opened(self.path)
        except (sqlite3.OperationalError, OSError) as error:
            if self._is_copy or not _is_unwritable(error) or not self.path.is_file():
                raise
        self.path, self._is_copy = _copied(self.path, self), True
        return opened(self.path)


def _is_unwritable(error: Exception) -> bool:
    """Say whether an error tells of a place where nothing can be written."""
    if isinstance(error, OSError):
        return error.errno in _READ_ONLY
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY in _UNWRITABLE


def _copied(path: Path, owner: object) -> Path:
    """Return a copy of a cache file, which is gone with its owner.

    SQLite writes beside a file that it reads (https://www.sqlite.org/wal.html, read-only databases).
    """
    import shutil  # noqa: PLC0415 - most caches can be written
    import tempfile  # noqa: PLC0415 - as above

    directory = Path(tempfile.mkdtemp(prefix="shapeguard-"))
    weakref.finalize(owner, shutil.rmtree, directory, ignore_errors=True)
    for suffix in ("", "-wal"):
        with suppress(FileNotFoundError):
            shutil.copyfile(path.with_name(path.name + suffix), directory / (path.name + suffix))
    return directory / path.name


def given_up(path: Path, error: Exception) -> str:
    """Say why a cache file is not used any more; one that is no cache, or is broken, is thrown away."""
    words = " ".join(str(error).split())[:_WORDS]
    trouble = f"{path}: {words}"
    if not _is_broken(error):
        return trouble
    for suffix in ("", "-wal", "-shm"):
        with suppress(OSError):
            path.with_name(path.name + suffix).unlink()
    return f"{trouble}; the next check makes it anew"


def _is_broken(error: Exception) -> bool:
    """Say whether an error tells of what is in a cache file, and not of the way to it."""
    if isinstance(error, OSError):
        return False
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & _PRIMARY not in _OUTSIDE
