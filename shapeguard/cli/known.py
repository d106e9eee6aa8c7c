"""Baselines on the command line: which of them holds for a file, and what ``check`` makes of them."""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from shapeguard.cli.output import note
from shapeguard.errors import ConfigError, UsageError
from shapeguard.lint.configuring import known_codes
from shapeguard.report.sources import Sources, printable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from shapeguard.cli.check import CheckOptions
    from shapeguard.lint.baseline import Baseline, Change, Compared, Entry
    from shapeguard.lint.config import Configured
    from shapeguard.lint.engine import Outcome

_STDIN: Final = Path("-")
_ALIKE: Final = (0.6, 0)


class Baselines(Struct):
    """The baselines that settings name, each read once.

    ``given`` is what holds instead, and ``otherwise`` where settings name none. Those ``to_write`` are
    regular files, whose merge conflicts are merged (``merged`` names them); with ``making``, one that is
    missing is empty.
    """

    settings: Configured
    cwd: Path
    given: Path | None = None
    otherwise: Path | None = None
    to_write: bool = False
    making: bool = False
    read: dict[Path, Baseline] = field(default_factory=dict["Path", "Baseline"])
    merged: list[Path] = field(default_factory=list["Path"])

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
        from shapeguard.lint.baseline import Baseline  # noqa: PLC0415 - only where there is one
        from shapeguard.lint.baseline_file import load  # noqa: PLC0415 - as above

        if self.to_write and os.path.exists(path) and not path.is_file():  # noqa: PTH110 - raises nothing
            message = f"{path}: cannot be written: not a regular file"
            raise UsageError(message)
        if self.making and not os.path.exists(path):  # noqa: PTH110 - as above
            return Baseline(path)
        try:
            return load(path)
        except ConfigError:
            if not self.to_write:
                raise
            both = load(path, merging=True)
            self.merged.append(path)
            return both

    def compare(self, outcome: Outcome, options: CheckOptions) -> Compared:
        """Hold the result of a check against all baselines that have been read."""
        from shapeguard.lint.baseline import compare  # noqa: PLC0415 - as above

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
    if not baselines.read:
        return outcome
    compared = baselines.compare(outcome, options)
    for change in () if options.quiet else compared.changes:
        _warn(change, baselines.cwd, options)
    suppressed = (*outcome.suppressed, *compared.suppressed)
    return replace(outcome, findings=compared.kept, suppressed=suppressed)


def _warn(change: Change, cwd: Path, options: CheckOptions) -> None:
    stale = [entry for entry in change.stale if entry not in change.unknown]
    if options.verbose:
        say_entries("stale", stale)
    where = Sources(cwd).name(str(change.baseline.path))
    if stale:
        are = "is" if len(stale) == 1 else "are"
        remedy = _prune(len(stale), options)
        note(f"warning: {entries(len(stale))} of {where} {are} stale; {remedy}")
    warn_of_codes(change, (), where, options)


def warn_of_codes(
    change: Change, removed: Collection[Entry], where: str, options: CheckOptions
) -> None:
    """Say which entries of a baseline have codes that no rule has, and what becomes of them."""
    fates: dict[str, dict[Entry, str]] = {"removed": {}, "stale": {}, "kept": {}}
    for entry, code in change.unknown.items():
        stale = "stale" if entry in change.stale else "kept"
        fates["removed" if entry in removed else stale][entry] = code
    for fate, listed in fates.items():
        if not listed:
            continue
        if options.verbose:
            say_entries("unknown code", listed)
        one = len(listed) == 1
        have = "has a code" if one else "have codes"
        what = f"{entries(len(listed))} of {where} {have} that no installed rule has"
        told = {
            "removed": "removed",
            "stale": _prune(len(listed), options),
            "kept": f"install the pack that has the rule, or remove the {'line' if one else 'lines'}",
        }
        note(f"warning: {what}: {', '.join(_with_nearest(listed.values()))}; {told[fate]}")


def _prune(number: int, options: CheckOptions) -> str:
    given = f" --baseline {printable(str(options.baseline))}" if options.baseline else ""
    return f"`shapeguard baseline prune{given}` removes {'it' if number == 1 else 'them'}"


def _with_nearest(codes: Iterable[str]) -> Iterator[str]:
    known = sorted(known_codes())
    for code in sorted(set(codes)):
        likeness, near = max((_likeness(code.upper(), each), each) for each in known)
        yield printable(code) + (f" (nearest: {near})" if likeness >= _ALIKE else "")


def _likeness(code: str, other: str) -> tuple[float, int]:
    """Return how alike two codes are; of several, those that begin alike are of one family."""
    import difflib  # noqa: PLC0415 - only where a code is wrong

    ratio = difflib.SequenceMatcher(None, code, other).ratio()
    pairs = zip(code, other, strict=False)
    return ratio, len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))


def entries(number: int, kind: str = "") -> str:
    """Return a number of entries: ``1 entry``, ``2 stale entries``."""
    return f"{number:,} {kind}{' ' if kind else ''}{'entry' if number == 1 else 'entries'}"


def say_entries(kind: str, listed: Iterable[Entry]) -> None:
    """Say which entries, one a line."""
    for entry in listed:
        note(f"{kind}: {printable(str(entry))}")
