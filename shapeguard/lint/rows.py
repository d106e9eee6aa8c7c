"""What stands in the rows of a cache file: results and parts as bytes, with what they rest on."""

from __future__ import annotations

import os
import zlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from shapeguard.lint.results import FileResult
from shapeguard.lint.tracking import Seen

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping

    from shapeguard.lint.parts import Part
    from shapeguard.lint.snapshot import Changes
    from shapeguard.lint.tracking import Executed


KEYS: Final = {"result": ("name", "context"), "heard": ("task", "name", "context")}
"""The tables of what rests on files, with what tells the rows of a project apart."""


def drop(database: sqlite3.Connection, root: bytes, changed: Changes) -> None:
    """Drop what rests on something that has changed; many rows rest on the same."""
    known: dict[tuple[bytes, bytes], bool] = {}

    def is_stale(files: bytes, texts: bytes) -> bool:
        key = files, texts
        if key not in known:
            known[key] = changed.touch(split(files), split(texts))
        return known[key]

    for table, columns in KEYS.items():
        names, each = ", ".join(columns), " and ".join(f"{name} = ?" for name in columns)
        query = f"select files, texts, {names} from {table} where root = ?"  # noqa: S608 - our own names
        rows = database.execute(query, (root,)).fetchall()
        stale = [(root, *key) for files, texts, *key in rows if is_stale(files, texts)]
        database.executemany(f"delete from {table} where root = ? and {each}", stale)  # noqa: S608


def values(
    database: sqlite3.Connection, root: bytes, contexts: Mapping[str, str]
) -> dict[str, bytes]:
    """Return what is kept of the files that are asked for, and of no others."""
    query = "select value from result where root = ? and name = ? and context = ?"
    found: dict[str, bytes] = {}
    for name, context in contexts.items():
        with suppress(UnicodeEncodeError):  # such a name is not kept
            row = database.execute(query, (root, name, context)).fetchone()
            if row is not None:
                found[name] = row[0]
    return found


def of_results(
    root: bytes, results: Mapping[str, tuple[str, FileResult, Seen]]
) -> Iterator[tuple[bytes, str, str, bytes, bytes, bytes]]:
    """Yield the rows of results, each with its context and what it rests on."""
    for name, (context, result, seen) in results.items():
        files, texts = _joined(map(os.fspath, seen.files)), _joined(seen.texts)
        with suppress(UnicodeEncodeError):  # names of files need not be text, what is kept is
            name.encode()
            yield root, name, context, files, texts, _packed(result)


def of_parts(
    root: bytes, executed: Iterable[tuple[str, Executed]]
) -> Iterator[tuple[bytes, str, str, str, bytes, bytes, bytes]]:
    """Yield the rows of what files have heard of executions, each with the context of the file."""
    joined: dict[int, tuple[bytes, bytes]] = {}
    for context, each in executed:
        seen = each.seen
        if id(seen) not in joined:  # the files that heard of one execution have it from one
            joined[id(seen)] = _joined(map(os.fspath, seen.files)), _joined(seen.texts)
        with suppress(UnicodeEncodeError):
            (each.key + each.name).encode()
            yield root, each.key, each.name, context, *joined[id(seen)], each.part


_DECODER: Final = msgspec.msgpack.Decoder(FileResult)


def result(data: bytes) -> FileResult:
    """Return the result that a row holds; raises ``zlib.error`` and ``msgspec.MsgspecError``."""
    return _DECODER.decode(zlib.decompress(data))


def parts(
    database: sqlite3.Connection, root: bytes, task: str, contexts: Mapping[str, str]
) -> dict[str, tuple[Part, Seen]]:
    """Return what files have heard of an execution, each with what that rests on."""
    from shapeguard.lint.parts import unpacked  # noqa: PLC0415 - a check of known results needs none

    query = "select name, context, files, texts, value from heard where root = ? and task = ?"
    found: dict[str, tuple[Part, Seen]] = {}
    with suppress(UnicodeEncodeError):  # such a name is not kept
        for name, context, files, texts, value in database.execute(query, (root, task)):
            if contexts.get(name) == context:
                seen = Seen({Path(os.fsdecode(each)) for each in split(files)}, {*split(texts)})
                with suppress(msgspec.MsgspecError, zlib.error):
                    found[name] = unpacked(value), seen
    return found


def _packed(result: FileResult) -> bytes:
    return zlib.compress(msgspec.msgpack.encode(result), 1)


def _joined(texts: Iterable[str]) -> bytes:
    return zlib.compress("\0".join(sorted(texts)).encode("utf-8", "surrogateescape"), 1)


def split(data: bytes) -> list[str]:
    """Return the names that were joined."""
    text = zlib.decompress(data).decode("utf-8", "surrogateescape")
    return text.split("\0") if text else []
