"""Which results of a check come from the cache, and which go there."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shapeguard.lint.environment import context
from shapeguard.lint.housekeeping import UnparsableFile
from shapeguard.lint.roots import project_root, python_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from shapeguard.lint.agenda import Known
    from shapeguard.lint.cache import Cache
    from shapeguard.lint.facts import RuleFacts
    from shapeguard.lint.parts import Part
    from shapeguard.lint.pieces import Pieces
    from shapeguard.lint.results import Examined, Executed, FileResult
    from shapeguard.lint.tasks import Task
    from shapeguard.lint.wanted import Wanted


MadeOf = Callable[[Path, Path], "Pieces | None"]
MOST: Final = 4_000_000
"""How many bytes may wait to be written."""
LONGEST: Final = 3.0
"""For how many seconds."""


@dataclass
class _Waiting:
    """What is to be written of a project, and how much that is."""

    executed: list[tuple[str, Executed]] = field(default_factory=list[tuple[str, "Executed"]])
    comers: dict[str, tuple[str, Known]] = field(default_factory=dict[str, tuple[str, "Known"]])
    size: int = 0
    since: float = field(default_factory=time.monotonic)


@dataclass
class Keeping:
    """The cache as one check uses it: it knows the project and the context of every file.

    ``made_of`` tells of a project, and a file of it, what the file is made of, once somebody reads files.
    """

    cache: Cache
    wanted: Wanted
    shown: Callable[[Path], str]
    shown_from: Path
    rules: Sequence[RuleFacts]
    made_of: MadeOf = lambda _root, _path: None
    _roots: dict[str, Path] = field(default_factory=dict[str, "Path"])
    _contexts: dict[str, str] = field(default_factory=dict[str, str])
    _waiting: dict[Path, _Waiting] = field(default_factory=dict[Path, _Waiting])
    _digests: dict[tuple[int, Path, tuple[str, ...]], str] = field(
        default_factory=dict[tuple[int, "Path", tuple[str, ...]], str]
    )

    def known(self, targets: Iterable[Path]) -> dict[str, FileResult]:
        """Return the results that still hold, by the shown name of the file."""
        below: dict[Path, list[Path]] = {}
        for path in targets:
            name, root = self.shown(path), project_root(path)
            below.setdefault(root, []).append(path)
            self._roots[name] = root
            self._contexts[name] = self._context(name, root)
        found: dict[str, FileResult] = {}
        for root, paths in below.items():
            contexts = {name: self._contexts[name] for name in map(self.shown, paths)}
            found |= self.cache.known(root, {*python_files(root), *paths}, contexts)
        return found

    def _context(self, name: str, root: Path) -> str:
        codes = [rule.code for rule in self.rules if self.wanted.asks(rule, name)]
        if self.wanted.notice(UnparsableFile, name):
            codes.append(UnparsableFile.code)
        settings = self.wanted.settings(name)
        key = (id(settings), root, tuple(codes))
        if key not in self._digests:
            self._digests[key] = context(settings, codes, root, self.shown_from)
        return self._digests[key]

    def heard(self, tasks: Iterable[Task]) -> dict[str, dict[str, Part]]:
        """Return what is known of executions, by their keys and the files that heard them."""
        wanted: dict[Path, dict[str, dict[str, str]]] = {}
        for task in tasks:
            asking = {name: self._contexts[name] for name in task.files if name in self._contexts}
            wanted.setdefault(task.project.root, {})[task.start.key] = asking
        return {
            key: found
            for root, below in wanted.items()
            for key, found in self.cache.heard(root, below).items()
        }

    def comers(self, names: Iterable[str]) -> dict[str, Known]:
        """Return who comes to the functions of files as far as that is known, by the files."""
        contexts: dict[Path, dict[str, str]] = {}
        for name in names:
            if name in self._contexts:
                contexts.setdefault(self._roots[name], {})[name] = self._contexts[name]
        return {
            name: known
            for root, below in contexts.items()
            for name, known in self.cache.comers(root, below).items()
        }

    def saw(self, read: Mapping[Path, Mapping[Path, bytes]]) -> None:
        """Be told the digests of files, by their projects, when they are read.

        Nothing more is kept of a project where one is not what it was when its state was noted: it may be
        that again before the next check.
        """
        for root, digests in read.items():
            states = self.cache.states(root)
            if any(path in states and states[path].digest != d for path, d in digests.items()):
                self.cache.distrust(root)

    def keep(self, executed: Iterable[Executed]) -> None:
        """Keep what came of executions."""
        for each in executed:
            if each.name in self._contexts:
                row = self._contexts[each.name], each
                self._waiting_in(each.root).executed.append(row)
                self._add(each.root, len(each.part) + len(each.rests_on))

    def keep_comers(self, name: str, known: Known) -> None:
        """Keep who comes to the functions of a file."""
        if name in self._contexts:
            root = self._roots[name]
            self._waiting_in(root).comers[name] = self._contexts[name], known
            self._add(root, len(known[1]))

    def _waiting_in(self, root: Path) -> _Waiting:
        return self._waiting.setdefault(root, _Waiting())

    def _add(self, root: Path, size: int) -> None:
        """Write what waits where it is much, or has waited long: it is lost with a check that is killed."""
        waiting = self._waiting[root]
        waiting.size += size
        if waiting.size > MOST or time.monotonic() - waiting.since > LONGEST:
            self._write(root, {})

    def flush(self) -> None:
        """Write what waits, for a check that is interrupted."""
        for root in (*self._waiting,):
            self._write(root, {})

    def _write(self, root: Path, results: Mapping[str, tuple[str, Examined]]) -> None:
        waiting = self._waiting.pop(root, _Waiting())
        pieces = partial(self.made_of, root)
        self.cache.store(root, results, waiting.executed, waiting.comers, pieces)

    def store(self, examined: Mapping[str, Examined]) -> None:
        """Keep the results that no defect has touched, and what waits to be kept."""
        for root in set(self._roots.values()):
            results = {
                name: (self._contexts[name], each)
                for name, each in examined.items()
                if each.root == root and each.sound and name in self._contexts
            }
            self._write(root, results)
