"""The cache: results of files, kept from one check to the next in one sqlite file.

A result is kept with what it rests on (see :mod:`shapeguard.lint.tracking`). When files have changed,
exactly the results that rest on them are dropped, in the same transaction that notes the new state of
the files: what is in the cache always holds for the state that is in it. Whatever goes wrong with the
file, a check goes on without it.
"""

from __future__ import annotations

import os
import sqlite3
import zlib
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from shapeguard.lint import rows
from shapeguard.lint.anchors import placed
from shapeguard.lint.cache_file import Place, given_up
from shapeguard.lint.facts import PackFacts
from shapeguard.lint.resting import looked_at
from shapeguard.lint.snapshot import MadeOf, changes, new_pieces, states

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from shapeguard.lint.agenda import Known
    from shapeguard.lint.parts import Part
    from shapeguard.lint.pieces import Pieces
    from shapeguard.lint.results import Examined, Executed, FileResult
    from shapeguard.lint.snapshot import FileState

T = TypeVar("T")
_FORMAT: Final = 6
BROKEN: Final = (sqlite3.Error, OSError, zlib.error, ValueError, msgspec.MsgspecError)
"""What reading a cache file may raise that is broken, or cannot be read."""
_TABLES: Final = """
create table if not exists about (name text primary key, value text) strict;
create table if not exists project (root blob primary key, generation integer) strict;
create table if not exists file (
    root blob, path blob, modified integer, size integer, looked integer, digest blob, words blob,
    pieces blob,
    primary key (root, path)) strict, without rowid;
create table if not exists result (
    root blob, name text, context text, seen blob, value blob,
    primary key (root, name, context)) strict, without rowid;
create table if not exists comers (
    root blob, name text, context text, seen blob, value blob,
    primary key (root, name, context)) strict, without rowid;
create table if not exists heard (
    root blob, task text, name text, context text, seen blob, value blob,
    primary key (root, task, name, context)) strict, without rowid;
"""


@dataclass
class _Written:
    """The files of which this check has written the state, and what they are made of."""

    states: set[Path] = field(default_factory=set[Path])
    pieces: set[Path] = field(default_factory=set[Path])


@dataclass
class Cache:
    """The open cache of one directory; ``trouble`` says why it is not used any more."""

    path: Path
    environment: str
    trouble: str = ""
    hits: int = 0
    _generations: dict[Path, int] = field(default_factory=dict[Path, int])
    _written: dict[Path, _Written] = field(default_factory=dict[Path, "_Written"])
    _states: dict[Path, Mapping[Path, FileState]] = field(
        default_factory=dict[Path, "Mapping[Path, FileState]"]
    )

    @cached_property
    def _place(self) -> Place:
        return Place(self.path)

    def known(
        self, root: Path, paths: Iterable[Path], contexts: Mapping[str, str]
    ) -> dict[str, FileResult]:
        """Return the results of a project that still hold, by the shown name of the file.

        ``paths`` are all files of the project; ``contexts`` tells, by name, under which settings the
        result of a file is wanted.
        """
        try:
            with closing(self._open()) as database, database:
                database.execute("begin immediate")
                after = self._refresh(database, root, paths)
                found = rows.values(database, os.fsencode(root), contexts)
        except BROKEN as error:
            self._give_up(error)
            return {}
        results: dict[str, FileResult] = {}
        made_of = MadeOf(after)
        for name, value in found.items():
            with suppress(msgspec.MsgspecError, zlib.error):
                result = rows.result(value)
                found_at = placed(result.found, result.anchors, made_of.lines)
                if found_at is not None:
                    results[name] = msgspec.structs.replace(result, found=tuple(found_at))
        self.hits += len(results)
        return results

    def heard(
        self, root: Path, wanted: Mapping[str, Mapping[str, str]]
    ) -> dict[str, dict[str, Part]]:
        """Return what is known of executions in a project, by their keys and the files that heard them.

        ``wanted`` tells of each execution which files ask, and under which settings. Nothing is known if
        somebody has noted another state meanwhile.
        """

        def parts(database: sqlite3.Connection) -> dict[str, dict[str, Part]]:
            return {
                key: rows.parts(database, os.fsencode(root), key, contexts)
                for key, contexts in wanted.items()
            }

        return self._read(root, parts)

    def _read(self, root: Path, read: Callable[[sqlite3.Connection], dict[str, T]]) -> dict[str, T]:
        """Return what is read of a project, if nobody has noted another state meanwhile."""
        if self.trouble or root not in self._generations:
            return {}
        try:
            with closing(self._open()) as database:
                database.execute("begin")
                if self._generation(database, root) == self._generations[root]:
                    return read(database)
        except BROKEN as error:
            self._give_up(error)
        return {}

    def comers(self, root: Path, contexts: Mapping[str, str]) -> dict[str, Known]:
        """Return who comes to the functions of files as far as that is known, by the files."""
        return self._read(root, lambda database: rows.comers(database, root, contexts))

    def store(
        self,
        root: Path,
        results: Mapping[str, tuple[str, Examined]],
        executed: Sequence[tuple[str, Executed]],
        comers: Mapping[str, tuple[str, Known]],
        pieces: Callable[[Path], Pieces | None],
    ) -> None:
        """Keep results, executions, and who comes to the functions of files, each with its context.

        ``pieces`` tells what a file is made of, and is asked once. Nothing is kept if somebody has noted
        another state meanwhile. Results are kept last: they rest on the others.
        """
        if self.trouble or root not in self._generations:
            return
        kept = list(rows.of_results(os.fsencode(root), results))
        parts = list(rows.of_parts(os.fsencode(root), executed))
        coming = list(rows.of_comers(os.fsencode(root), comers))
        whole, in_parts = looked_at((*(row[4] for row in parts), *(row[3] for row in coming)))
        noted, written = self.states(root), self._written.setdefault(root, _Written())
        # What is imported may lie where no files of a project are looked for, such as in `build`.
        others = states((whole | in_parts) - noted.keys() - written.states, {})
        made_of = new_pieces({**noted, **others}, in_parts - written.pieces, pieces)
        try:
            with closing(self._open()) as database, database:
                database.execute("begin immediate")
                if self._generation(database, root) == self._generations[root]:
                    rows.write_rows(database, "result", kept)
                    rows.write_rows(database, "comers", coming)
                    rows.write_rows(database, "heard", parts)
                    rows.write_files(database, os.fsencode(root), others.items())
                    rows.write_pieces(database, root, made_of)
                    written.states |= others.keys()
                    written.pieces |= in_parts
        except (sqlite3.Error, OSError, ValueError) as error:
            self._give_up(error)

    def distrust(self, root: Path) -> None:
        """Keep nothing more of a project: its files are not as they were noted."""
        self._generations.pop(root, None)

    def states(self, root: Path) -> Mapping[Path, FileState]:
        """Return the states of the files of a project as they were noted last, if they were."""
        return self._states.get(root, {})

    def facts(self) -> PackFacts | None:
        """Return what is to be known of the packs that are installed; nothing if that is not kept."""
        query = "select value from about where name = 'packs'"
        try:
            with closing(self._open()) as database:
                row = database.execute(query).fetchone()
            return None if row is None else msgspec.json.decode(row[0], type=PackFacts)
        except (sqlite3.Error, OSError, msgspec.MsgspecError) as error:
            self._give_up(error)
            return None

    def keep_facts(self, facts: PackFacts) -> None:
        """Keep what is to be known of the packs."""
        row = ("packs", msgspec.json.encode(facts).decode())
        try:
            with closing(self._open()) as database:
                database.execute("insert or replace into about values (?, ?)", row)
        except (sqlite3.Error, OSError) as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        """Do without from here on; a file that is no cache, or a broken one, is thrown away."""
        self.trouble = self.trouble or given_up(self.path, error)

    def _open(self) -> sqlite3.Connection:
        if self.trouble:
            raise sqlite3.OperationalError(self.trouble)
        database = self._place.opened()
        try:
            self._prepare(database)
        except BaseException:
            database.close()
            raise
        return database

    def _prepare(self, database: sqlite3.Connection) -> None:
        """Make the tables; forget all that another version, or another set of packs, has left."""
        wanted = f"{_FORMAT} {self.environment}"
        database.executescript(_TABLES)
        row = database.execute("select value from about where name = 'environment'").fetchone()
        if row is None or row[0] != wanted:
            with database:
                database.execute("begin immediate")
                for table in ("project", "file", *rows.KEYS, "about"):
                    database.execute(f"delete from {table}")  # noqa: S608 - names of our own tables
                database.execute("insert into about values ('environment', ?)", (wanted,))

    def _generation(self, database: sqlite3.Connection, root: Path) -> int:
        query = "select generation from project where root = ?"
        row = database.execute(query, (os.fsencode(root),)).fetchone()
        return 0 if row is None else int(row[0])

    def _refresh(
        self, database: sqlite3.Connection, root: Path, paths: Iterable[Path]
    ) -> Mapping[Path, FileState]:
        """Note and return the state of all files of a project; drop what rests on those that changed."""
        before = rows.states_of(database, os.fsencode(root))
        paths = {
            *paths,
            *before,
        }  # a file that was checked by its name counts as long as it is there
        after = states(paths, before)
        generation = self._generation(database, root)
        changed = changes(before, after)
        if changed:
            generation += 1
            database.execute(
                "insert or replace into project values (?, ?)", (os.fsencode(root), generation)
            )
            rows.drop(database, os.fsencode(root), changed)
        rows.write_states(database, root, before, after)
        self._generations[root] = generation
        self._written.pop(root, None)
        self._states[root] = after
        return after
