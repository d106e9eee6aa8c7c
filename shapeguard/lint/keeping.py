"""Which results of a check come from the cache, and which go there."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from shapeguard.lint.environment import context
from shapeguard.lint.housekeeping import UnparsableFile
from shapeguard.lint.roots import project_root, python_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from shapeguard.lint.cache import Cache
    from shapeguard.lint.execution import Task
    from shapeguard.lint.facts import RuleFacts
    from shapeguard.lint.parts import Part
    from shapeguard.lint.pieces import Pieces
    from shapeguard.lint.results import Examined, Executed, FileResult
    from shapeguard.lint.tracking import Seen
    from shapeguard.lint.wanted import Wanted


@dataclass
class Keeping:
    """The cache as one check uses it: it knows the project and the context of every file."""

    cache: Cache
    wanted: Wanted
    shown: Callable[[Path], str]
    shown_from: Path
    rules: Sequence[RuleFacts]
    _roots: dict[str, Path] = field(default_factory=dict[str, "Path"])
    _contexts: dict[str, str] = field(default_factory=dict[str, str])
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

    def heard(self, tasks: Sequence[Task]) -> list[dict[str, tuple[Part, Seen]]]:
        """Return what is known of each execution, by the file that heard it."""
        from shapeguard.lint.parts import key_of  # noqa: PLC0415 - a check of known results needs none

        keys = [key_of(task) for task in tasks]
        wanted: dict[Path, dict[str, dict[str, str]]] = {}
        for task, key in zip(tasks, keys, strict=True):
            asking = {name: self._contexts[name] for name in task.files if name in self._contexts}
            wanted.setdefault(task.project.root, {})[key] = asking
        found = {root: self.cache.heard(root, below) for root, below in wanted.items()}
        return [
            found[task.project.root].get(key, {}) for task, key in zip(tasks, keys, strict=True)
        ]

    def store(
        self,
        examined: Mapping[str, Examined],
        executed: Sequence[Executed] = (),
        made_of: Callable[[Path, Path], Pieces | None] | None = None,
    ) -> None:
        """Keep the results that no defect has touched, and what came of executions.

        ``made_of`` tells of a project, and a file of it, what the file is made of.
        """
        for root in set(self._roots.values()):
            self.cache.store(
                root,
                {
                    name: (self._contexts[name], each.result, each.seen)
                    for name, each in examined.items()
                    if each.root == root and each.sound and name in self._contexts
                },
                [
                    (self._contexts[each.name], each)
                    for each in executed
                    if each.root == root and each.name in self._contexts
                ],
                None if made_of is None else partial(made_of, root),
            )
