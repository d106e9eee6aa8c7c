"""Cache files of several machines, brought together in one.

What is known of a project may be joined where both files agree about the content of every source file
that both know. A result that does not hold for all the files together is dropped, as a check would drop
it. Times and sizes are those of another machine: the next check reads such a file before it trusts them.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from shapeguard.errors import ShapeguardError
from shapeguard.lint.cache import BROKEN, Cache
from shapeguard.lint.resting import Stale
from shapeguard.lint.rows import KEYS, RESULT, file_of, states_of, write_files, write_rows
from shapeguard.lint.snapshot import changes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from shapeguard.lint.snapshot import FileState

_TIMEOUT: Final = 5.0
_NO_SIZE: Final = -1
"""No file has this size, so a file with this state is read again."""
_Row = tuple[str | bytes, ...]
_Rows = dict[str, dict[tuple[str | bytes, ...], _Row]]
"""Rows of the tables of a cache file, by what tells them apart; the last of each are what it rests on, and the value."""


class MergeError(ShapeguardError):
    """A cache file that cannot be merged."""


@dataclass(frozen=True, slots=True)
class Merged:
    """How many projects were copied, joined, and left out because a file differs."""

    copied: int = 0
    joined: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class _Project:
    """What a cache file knows of a project: states of files, and the rows that rest on them."""

    states: Mapping[Path, FileState]
    rows: _Rows

    def looked(self) -> int:
        """Return when its state was noted last."""
        return max((state.looked for state in self.states.values()), default=0)

    def within(self, states: Mapping[Path, FileState]) -> _Rows:
        """Return the rows that hold for these states as well."""
        stale = Stale(changes(self.states, states))
        held: _Rows = {
            table: {key: row for key, row in rows.items() if not stale.has(_rests_on(row))}
            for table, rows in self.rows.items()
        }
        files = {
            file_of(key) for table, rows in self.rows.items() for key in rows.keys() - held[table]
        }
        held[RESULT] = {key: row for key, row in held[RESULT].items() if file_of(key) not in files}
        return held


def _rests_on(row: _Row) -> bytes:
    seen = row[-2]
    assert isinstance(seen, bytes)  # noqa: S101 - strict tables
    return seen


def merge(into: Path, files: Sequence[Path]) -> Merged:
    """Merge cache files into another, which is made if there is none, and return what came of it.

    All of it is done, or nothing. Raises MergeError for a file that is no cache, is broken or locked,
    is of other rules or another version, or is the target itself.
    """
    for path in files:
        if path.resolve() == into.resolve() or (
            path.exists() and into.exists() and path.samefile(into)
        ):
            message = f"{path}: a cache cannot be merged into itself"
            raise MergeError(message)
    sources = [(path, *_read(path)) for path in files]
    if sources and not into.exists():
        cache = Cache(into, sources[0][1].partition(" ")[2])
        cache.facts()
        if cache.trouble:
            raise MergeError(cache.trouble)
    try:
        with closing(_connect(into, "rw")) as database:
            here = _environment(database, into)
            for path, there, _ in sources:
                _same(into, here, path, there)
            with database:
                database.execute("begin immediate")
                done = [
                    _merge_project(database, root, project)
                    for _, _, projects in sources
                    for root, project in projects.items()
                ]
    except BROKEN as error:
        message = f"{into}: {error}"
        raise MergeError(message) from error
    return Merged(done.count("copied"), done.count("joined"), done.count("left out"))


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    if not path.is_file():
        message = f"{path}: there is no such cache file"
        raise MergeError(message)
    uri = f"{path.resolve().as_uri()}?mode={mode}"
    return sqlite3.connect(uri, timeout=_TIMEOUT, isolation_level=None, uri=True)


def _environment(database: sqlite3.Connection, path: Path) -> str:
    """Return what the results of a cache file were made by; raise if it is none, or is broken."""
    if database.execute("pragma quick_check").fetchone() != ("ok",):
        message = f"{path}: the cache file is broken"
        raise MergeError(message)
    row = database.execute("select value from about where name = 'environment'").fetchone()
    if row is None:
        message = f"{path}: no cache file of shapeguard"
        raise MergeError(message)
    return str(row[0])


def _same(into: Path, here: str, path: Path, there: str) -> None:
    if here == there:
        return
    formats = here.partition(" ")[0], there.partition(" ")[0]
    what = "format" if formats[0] != formats[1] else "environment (version, rules or packs)"
    message = f"{path}: its {what} is not that of {into}: {there!r}, not {here!r}"
    raise MergeError(message)


def _read(path: Path) -> tuple[str, dict[bytes, _Project]]:
    """Return the environment and the projects of a cache file, as they are at one moment."""
    try:
        with closing(_connect(path, "ro")) as database:
            database.execute("begin")
            environment = _environment(database, path)
            roots = [row[0] for row in database.execute("select distinct root from file")]
            projects = {root: _project(database, root) for root in roots}
        for project in projects.values():
            project.within(project.states)
    except BROKEN as error:
        message = f"{path}: {error}"
        raise MergeError(message) from error
    return environment, projects


def _project(database: sqlite3.Connection, root: bytes) -> _Project:
    found: _Rows = {}
    for table, columns in KEYS.items():
        query = f"select {', '.join(columns)}, seen, value from {table} where root = ?"  # noqa: S608 - our own names
        rows = database.execute(query, (root,)).fetchall()
        found[table] = {row[: len(columns)]: row for row in rows}
    return _Project(states_of(database, root), found)


def _merge_project(database: sqlite3.Connection, root: bytes, theirs: _Project) -> str:
    """Bring what is known of a project into a cache file, and say what was done."""
    ours = _project(database, root)
    foreign = {path: replace(state, size=_NO_SIZE) for path, state in theirs.states.items()}
    both = ours.states.keys() & foreign.keys()
    if not ours.states:
        _write(database, root, foreign, theirs.within(theirs.states))
        return "copied"
    if any(ours.states[path].digest != foreign[path].digest for path in both):
        if theirs.looked() > ours.looked():
            _write(database, root, foreign, theirs.within(theirs.states))
        return "left out"
    states = {**foreign, **ours.states}
    for path in both:  # either may not have been asked what the file is made of
        made_of = states[path].pieces or foreign[path].pieces
        states[path] = replace(states[path], pieces=made_of)
    mine, other = ours.within(states), theirs.within(states)
    _write(database, root, states, {table: {**other[table], **mine[table]} for table in KEYS})
    return "joined"


def _write(
    database: sqlite3.Connection,
    root: bytes,
    states: Mapping[Path, FileState],
    rows: _Rows,
) -> None:
    """Write a project anew; a check that runs meanwhile does not store what it began before."""
    database.execute(
        "insert into project values (?, 1)"
        " on conflict (root) do update set generation = generation + 1",
        (root,),
    )
    database.execute("delete from file where root = ?", (root,))
    write_files(database, root, states.items())
    for table in KEYS:
        database.execute(f"delete from {table} where root = ?", (root,))  # noqa: S608 - our own names
        write_rows(database, table, [(root, *row) for row in rows[table].values()])
