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

    from shapeguard.lint.agenda import Item, Known
    from shapeguard.lint.cache import Cache
    from shapeguard.lint.facts import RuleFacts
    from shapeguard.lint.parts import Part
    from shapeguard.lint.pieces import Pieces
    from shapeguard.lint.results import Examined, Executed, FileResult
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

    def heard(self, items: Iterable[Item]) -> dict[str, dict[str, Part]]:
        """Return what is known of executions, by their keys and the files that heard them."""
        wanted: dict[Path, dict[str, dict[str, str]]] = {}
        for item in items:
            asking = {name: self._contexts[name] for name in item.files if name in self._contexts}
            wanted.setdefault(item.project.root, {})[item.start.key] = asking
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

    def store(
        self,
        examined: Mapping[str, Examined],
        executed: Sequence[Executed],
        comers: Mapping[str, Known],
        made_of: Callable[[Path, Path], Pieces | None],
    ) -> None:
        """Keep the results that no defect has touched, what came of executions, and who comes to functions.

        ``made_of`` tells of a project, and a file of it, what the file is made of.
        """
        for root in set(self._roots.values()):
            self.cache.store(
                root,
                {
                    name: (self._contexts[name], each)
                    for name, each in examined.items()
                    if each.root == root and each.sound and name in self._contexts
                },
                [
                    (self._contexts[each.name], each)
                    for each in executed
                    if each.root == root and each.name in self._contexts
                ],
                {
                    name: (self._contexts[name], known)
                    for name, known in comers.items()
                    if self._roots.get(name) == root
                },
                partial(made_of, root),
            )
