"""What of all that is found the settings of each file ask for."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from shapeguard.lint.config import compiled, covers, placed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pathspec import GitIgnoreSpec

    from shapeguard.finding import Finding
    from shapeguard.lint.config import Configured, Settings
    from shapeguard.lint.facts import RuleFacts
    from shapeguard.lint.housekeeping import Notice
    from shapeguard.lint.rule import Rule


class Wanted:
    """The settings of files, asked by the names that findings have.

    ``shown_from`` is the directory that these names are relative to. ``given`` are codes that are
    wanted whatever the settings select.
    """

    def __init__(
        self, settings: Configured, shown_from: Path, given: frozenset[str] = frozenset()
    ) -> None:
        self._configured = settings
        self._shown_from = shown_from
        self.given = given
        self._settings: dict[str, Settings] = {}
        self._ignored: dict[str, tuple[str, ...]] = {}

    def settings(self, filename: str) -> Settings:
        """Return the settings of a file."""
        if filename not in self._settings:
            self._settings[filename] = self._configured.of(self._shown_from / filename)
        return self._settings[filename]

    def asks(self, rule: type[Rule] | RuleFacts, filename: str) -> bool:
        """Say whether findings of a rule are wanted in a file."""
        return self.code(rule.code, filename, preview=rule.preview)

    def code(self, code: str, filename: str, *, preview: bool = False) -> bool:
        """Say whether findings with a code are wanted in a file."""
        if code in self.given:
            return True
        settings = self.settings(filename)
        selected = settings.selects(code) and (settings.preview or not preview)
        return selected and not self._is_ignored(code, filename)

    def notice(self, kind: type[Notice], filename: str) -> bool:
        """Say whether a kind of finding about files is wanted in a file."""
        return kind.wanted(self.settings(filename)) and not self._is_ignored(kind.code, filename)

    def _is_ignored(self, code: str, filename: str) -> bool:
        if filename not in self._ignored:
            codes = per_file_ignores(self.settings(filename), self._shown_from / filename)
            self._ignored[filename] = tuple(codes)
        return any(covers(entry, code) for entry in self._ignored[filename])

    def shown(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Yield the findings that are sure enough, as severe as the settings have it."""
        for finding in findings:
            settings = self.settings(finding.span.filename)
            own = settings.options_of(finding.code)
            if finding.confidence >= (own.min_confidence or settings.min_confidence):
                yield _as_severe(finding, settings)

    def as_severe(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Yield all findings, as severe as the settings have it."""
        for finding in findings:
            yield _as_severe(finding, self.settings(finding.span.filename))


def _as_severe(finding: Finding, settings: Settings) -> Finding:
    severity = settings.options_of(finding.code).severity
    return finding if severity is None else replace(finding, severity=severity)


def per_file_ignores(settings: Settings, path: Path) -> Iterator[str]:
    """Yield the entries that `per-file-ignores` has for a file; ``!`` turns a pattern around."""
    for pattern, codes in settings.per_file_ignores.items():
        root, own = placed(pattern.removeprefix("!"), settings.root or path.parent)
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
        if _spec(own).match_file(PurePosixPath(name)) != pattern.startswith("!"):
            yield from codes


@cache
def _spec(pattern: str) -> GitIgnoreSpec:
    return compiled([pattern])
