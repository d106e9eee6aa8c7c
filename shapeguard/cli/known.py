"""Baselines on the command line: which of them holds for a file, and what ``check`` makes of them."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shapeguard.cli.output import note
from shapeguard.errors import UsageError
from shapeguard.lint.baseline import Baseline, compare
from shapeguard.lint.baseline_file import load
from shapeguard.report.sources import Sources, printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapeguard.cli.check import CheckOptions
    from shapeguard.lint.baseline import Change, Compared, Entry
    from shapeguard.lint.config import Configured
    from shapeguard.lint.engine import Outcome

_STDIN: Final = Path("-")


@dataclass
class Baselines:
    """The baselines that settings name, each read once.

    ``given`` is what holds instead, and ``otherwise`` where settings name none. Those ``to_write`` are
    regular files, whose merge conflicts are merged; with ``making``, one that is missing is empty.
    """

    settings: Configured
    cwd: Path
    given: Path | None = None
    otherwise: Path | None = None
    to_write: bool = False
    making: bool = False
    read: dict[Path, Baseline] = field(default_factory=dict["Path", Baseline])

    def of(self, filename: str) -> Baseline | None:
        """Return the baseline that holds for a file. Raises UsageError if it cannot be used."""
        path = self.given or self.settings.of(self.cwd / filename).baseline or self.otherwise
        return None if path is None else self.at(path)

    def at(self, path: Path) -> Baseline:
        """Return the baseline in a file. Raises UsageError if it cannot be used."""
        path = Path(os.path.abspath(self.cwd / path))  # noqa: PTH100 - as paths in the report
        if path not in self.read:
            self.read[path] = self._load(path)
        return self.read[path]

    def _load(self, path: Path) -> Baseline:
        if self.to_write and os.path.exists(path) and not path.is_file():  # noqa: PTH110 - raises nothing
            message = f"{path}: cannot be written: not a regular file"
            raise UsageError(message)
        if self.making and not os.path.exists(path):  # noqa: PTH110 - as above
            return Baseline(path)
        return load(path, merging=self.to_write)

    def compare(self, outcome: Outcome, options: CheckOptions) -> Compared:
        """Hold the result of a check against all baselines that have been read."""
        asked = [self.cwd / path for path in options.paths if path != _STDIN]
        if not options.paths:
            asked = [self.cwd]
        return compare(outcome, self.read.values(), self.of, root=self.cwd, asked=asked)


def read_baselines(settings: Configured, files: Iterable[Path], cwd: Path) -> Baselines:
    """Read the baselines of files, so that what is wrong with one is said before the work begins.

    Raises ConfigError if one of them cannot be used.
    """
    baselines = Baselines(settings, cwd)
    for path in files:
        baselines.of(str(path))
    return baselines


def subtract(outcome: Outcome, baselines: Baselines, options: CheckOptions) -> Outcome:
    """Return what is found beside the baselines, and say which entries of them are stale."""
    compared = baselines.compare(outcome, options)
    for change in () if options.quiet else compared.changes:
        _warn(change, baselines.cwd, options)
    suppressed = (*outcome.suppressed, *compared.suppressed)
    return replace(outcome, findings=compared.kept, suppressed=suppressed)


def _warn(change: Change, cwd: Path, options: CheckOptions) -> None:
    if not change.stale:
        return
    if options.verbose:
        say_entries("stale", change.stale)
    many = len(change.stale) != 1
    given = f" --baseline {printable(str(options.baseline))}" if options.baseline else ""
    remedy = f"`shapeguard baseline prune{given}` removes {'them' if many else 'it'}"
    where = Sources(cwd).name(str(change.baseline.path))
    number = entries(len(change.stale))
    note(f"warning: {number} of {where} {'are' if many else 'is'} stale; {remedy}")


def entries(number: int, kind: str = "") -> str:
    """Return a number of entries: ``1 entry``, ``2 stale entries``."""
    return f"{number:,} {kind}{' ' if kind else ''}{'entry' if number == 1 else 'entries'}"


def say_entries(kind: str, listed: Iterable[Entry]) -> None:
    """Say which entries, one a line."""
    for entry in listed:
        note(f"{kind}: {printable(str(entry))}")
