"""What stands in the rows of a cache file: results and parts as bytes, with what they rest on."""

from __future__ import annotations

import os
import zlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from shapeguard.lint.resting import Stale, packed
from shapeguard.lint.results import FileResult
from shapeguard.lint.snapshot import FileState
from shapeguard.lint.tracking import Entire

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from shapeguard.lint.agenda import Known
    from shapeguard.lint.parts import Part
    from shapeguard.lint.pieces import Pieces
    from shapeguard.lint.results import Examined, Executed
    from shapeguard.lint.snapshot import Changes


T = TypeVar("T")
RESULT: Final = "result"
KEYS: Final = {
    RESULT: ("name", "context"),
    "comers": ("name", "context"),
    "heard": ("task", "name", "context"),
}
"""The tables of what rests on files, with what tells the rows of a project apart.

The result of a file rests on all other rows of that file and context, too.
"""


def drop(database: sqlite3.Connection, root: bytes, changed: Changes) -> None:
    """Drop what rests on something that has changed: of a file with such a row the result as well."""
    stale_ones, files = Stale(changed), set[tuple[str, str]]()
    for table, columns in KEYS.items():
        query = f"select seen, {', '.join(columns)} from {table} where root = ?"  # noqa: S608 - our own names
        rows = database.execute(query, (root,)).fetchall()
        stale = [tuple(key) for seen, *key in rows if stale_ones.has(seen)]
        _delete(database, table, root, stale)
        files.update(map(file_of, stale))
    _delete(database, RESULT, root, files)


def _delete(
    database: sqlite3.Connection, table: str, root: bytes, keys: Iterable[tuple[str, ...]]
) -> None:
    each = " and ".join(f"{name} = ?" for name in KEYS[table])
    query = f"delete from {table} where root = ? and {each}"  # noqa: S608 - our own names
    database.executemany(query, [(root, *key) for key in keys])


def file_of(key: tuple[T, ...]) -> tuple[T, T]:
    """Return the file, by its name, and the context of a row of whatever table."""
    return key[-2], key[-1]


def values(
    database: sqlite3.Connection, root: bytes, contexts: Mapping[str, str]
) -> dict[str, bytes]:
    """Return what is kept of the files that are asked for, and of no others."""
    return {name: row[0] for name, row in _asked_for(database, "result", "value", root, contexts)}


def _asked_for(
    database: sqlite3.Connection, table: str, columns: str, root: bytes, contexts: Mapping[str, str]
) -> Iterator[tuple[str, Sequence[bytes]]]:
    """Yield what a table has of files under some settings: the name, and the columns asked for."""
    query = f"select {columns} from {table} where root = ? and name = ? and context = ?"  # noqa: S608 - our own names
    for name, context in contexts.items():
        with suppress(UnicodeEncodeError):  # such a name is not kept
            row = database.execute(query, (root, name, context)).fetchone()
            if row is not None:
                yield name, row


def write_rows(
    database: sqlite3.Connection, table: str, found: Iterable[tuple[str | bytes, ...]]
) -> None:
    """Write rows of a table in place of those with the same keys."""
    places = ", ".join("?" * (len(KEYS[table]) + 3))
    database.executemany(f"insert or replace into {table} values ({places})", found)  # noqa: S608 - our own names


def of_results(
    root: bytes, results: Mapping[str, tuple[str, Examined]]
) -> Iterator[tuple[bytes, str, str, bytes, bytes]]:
    """Yield the rows of results, each with its context; by itself it rests on its file."""
    for name, (context, each) in results.items():
        with suppress(UnicodeEncodeError):  # names of files need not be text, what is kept is
            name.encode()
            yield root, name, context, packed([Entire(each.path)]), _packed(each.result)


def of_parts(
    root: bytes, executed: Iterable[tuple[str, Executed]]
) -> Iterator[tuple[bytes, str, str, str, bytes, bytes]]:
    """Yield the rows of what files have heard of executions, each with the context of the file."""
    for context, each in executed:
        yield root, each.key, each.name, context, each.rests_on, each.part


def of_comers(
    root: bytes, known: Mapping[str, tuple[str, Known]]
) -> Iterator[tuple[bytes, str, str, bytes, bytes]]:
    """Yield the rows of who comes to the functions of files, each with its context."""
    for name, (context, (found, rests_on)) in known.items():
        with suppress(UnicodeEncodeError):
            name.encode()
            yield root, name, context, rests_on, _packed(found)


def comers(
    database: sqlite3.Connection, root: Path, contexts: Mapping[str, str]
) -> dict[str, Known]:
    """Return who comes to the functions of files, with what that rests on."""
    from shapeguard.lint.agenda import Comers  # noqa: PLC0415 - a check of known results needs none

    found: dict[str, Known] = {}
    asked = _asked_for(database, "comers", "seen, value", os.fsencode(root), contexts)
    for name, (seen, value) in asked:
        with suppress(msgspec.MsgspecError, zlib.error):
            found[name] = msgspec.msgpack.decode(zlib.decompress(value), type=Comers), seen
    return found


def write_states(
    database: sqlite3.Connection,
    root: Path,
    before: Mapping[Path, FileState],
    after: Mapping[Path, FileState],
) -> None:
    """Write the states of the files of a project in place of those that were written before."""
    gone = [(os.fsencode(root), os.fsencode(path)) for path in before.keys() - after.keys()]
    database.executemany("delete from file where root = ? and path = ?", gone)
    new = ((path, state) for path, state in after.items() if before.get(path) is not state)
    write_files(database, os.fsencode(root), new)


def states_of(database: sqlite3.Connection, root: bytes) -> dict[Path, FileState]:
    """Return the states of the files of a project as they were written."""
    query = "select path, modified, size, looked, digest, words, pieces from file where root = ?"
    found = database.execute(query, (root,))
    return {Path(os.fsdecode(path)): FileState(*state) for path, *state in found}


def write_files(
    database: sqlite3.Connection, root: bytes, states: Iterable[tuple[Path, FileState]]
) -> None:
    """Write states of files of a project."""
    database.executemany(
        "insert or replace into file values (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (root, os.fsencode(path), s.modified, s.size, s.looked, s.digest, s.words, s.pieces)
            for path, s in states
        ),
    )


def write_pieces(database: sqlite3.Connection, root: Path, found: Mapping[Path, Pieces]) -> None:
    """Write what files of a project are made of to their states."""
    database.executemany(
        "update file set pieces = ? where root = ? and path = ?",
        [(each.packed(), os.fsencode(root), os.fsencode(path)) for path, each in found.items()],
    )


_DECODER: Final = msgspec.msgpack.Decoder(FileResult)


def result(data: bytes) -> FileResult:
    """Return the result that a row holds; raises ``zlib.error`` and ``msgspec.MsgspecError``."""
    return _DECODER.decode(zlib.decompress(data))


def parts(
    database: sqlite3.Connection, root: bytes, task: str, contexts: Mapping[str, str]
) -> dict[str, Part]:
    """Return what files have heard of an execution."""
    from shapeguard.lint.parts import unpacked  # noqa: PLC0415 - a check of known results needs none

    query = "select name, context, value from heard where root = ? and task = ?"
    found: dict[str, Part] = {}
    with suppress(UnicodeEncodeError):  # such a name is not kept
        for name, context, value in database.execute(query, (root, task)):
            if contexts.get(name) == context:
                with suppress(msgspec.MsgspecError, zlib.error):
                    found[name] = unpacked(value)
    return found


def _packed(value: object) -> bytes:
    return zlib.compress(msgspec.msgpack.encode(value), 1)
