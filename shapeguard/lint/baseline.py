"""The baseline: findings that were there before, which a check does not report.

An entry says what a finding is known by and has no line numbers, so it survives everything but a change
of the place itself. Paths in it are relative to the directory of the baseline.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import msgspec

from shapeguard.finding import Suppressed, Suppressor
from shapeguard.lint.housekeeping import UnparsableFile
from shapeguard.lint.staleness import stale_entries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from shapeguard.finding import Finding
    from shapeguard.lint.engine import Outcome

NAME: Final = "shapeguard-baseline.json"
"""The file that a baseline is written to where nothing names another."""


class Entry(msgspec.Struct, frozen=True, order=True, forbid_unknown_fields=True):
    """What one finding is known by."""

    path: Annotated[str, msgspec.Meta(min_length=1)]
    function: str
    rule: Annotated[str, msgspec.Meta(min_length=1)]
    text: str
    occurrence: Annotated[int, msgspec.Meta(ge=1)]

    def __str__(self) -> str:
        where = f" in {self.function}" if self.function else ""
        return f"{self.path}: {self.rule}{where}: {self.text}"


@dataclass(frozen=True, slots=True)
class Baseline:
    """The entries of one file: those that somebody ``accepted``, with the reason, and the others."""

    path: Path
    accepted: Mapping[Entry, str] = field(default_factory=dict[Entry, str])
    current: frozenset[Entry] = frozenset()

    def __contains__(self, entry: Entry) -> bool:
        return entry in self.accepted or entry in self.current

    def __len__(self) -> int:
        return len(self.accepted) + len(self.current)

    def without(self, entries: Iterable[Entry]) -> Baseline:
        """Return the baseline less some entries, accepted or not."""
        gone = frozenset(entries)
        accepted = {entry: why for entry, why in self.accepted.items() if entry not in gone}
        return replace(self, accepted=accepted, current=self.current - gone)

    def renewed(self, stale: Iterable[Entry], new: Iterable[Entry]) -> Baseline:
        """Return the baseline with what is new and without what is stale; accepted entries stay."""
        current = (self.current - frozenset(stale)) | frozenset(new)
        return replace(self, current=current - self.accepted.keys())

    def name_of(self, path: Path) -> str:
        """Return the path of a file in entries: from the baseline, wherever the tool is started."""
        here = Path(os.path.abspath(self.path)).parent  # noqa: PTH100 - a link is followed below
        real = path.parent.resolve() / path.name
        for file, directory in ((path, here), (real, here.resolve())):
            if file.is_relative_to(directory):
                return file.relative_to(directory).as_posix()
        try:
            return Path(os.path.relpath(real, here.resolve())).as_posix()
        except ValueError:  # another drive
            return real.as_posix()

    def lacks_file(self, entry: Entry, below: Iterable[Path]) -> bool:
        """Say whether the file of an entry is gone from one of the paths, which are resolved."""
        if not self.is_below(entry, below):
            return False
        try:
            self._file_of(entry).stat()
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return True
        except OSError:
            return False
        return False

    def is_below(self, entry: Entry, paths: Iterable[Path]) -> bool:
        """Say whether the file of an entry lies below one of the paths, which are resolved."""
        return any(self._file_of(entry).is_relative_to(each) for each in paths)

    def _file_of(self, entry: Entry) -> Path:
        return Path(os.path.normpath(self.path.parent.resolve() / entry.path))


@dataclass(frozen=True, slots=True)
class Change:
    """What a check says about a baseline: which entries are ``stale``, and which it does not have.

    ``unknown`` tells which entries have a code that no installed rule has. Those of them that are not
    stale may be of a pack that is not installed.
    """

    baseline: Baseline
    stale: tuple[Entry, ...]
    new: tuple[Entry, ...]
    unknown: Mapping[Entry, str] = field(default_factory=dict[Entry, str])


@dataclass(frozen=True, slots=True)
class Compared:
    """Findings that are in no baseline, those that are, and what became of each baseline."""

    kept: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    changes: tuple[Change, ...]


def compare(
    outcome: Outcome,
    baselines: Iterable[Baseline],
    holding: Callable[[str], Baseline | None],
    *,
    root: Path,
    asked: Iterable[Path],
) -> Compared:
    """Hold the result of a check against baselines.

    ``holding`` gives the baseline that holds for a file, by its reported name, which is relative to
    ``root``. ``asked`` are the paths that the check was asked for: below them, the entries of files
    that are gone are stale. Where the check cannot tell whether a finding is still there, none is.
    A file that cannot be read is always reported: nobody knows what else is in it.
    """
    numbers = _numbers(outcome)

    def entry_of(finding: Finding, baseline: Baseline) -> Entry:
        path = baseline.name_of(root / finding.span.filename)
        key = outcome.keys[finding.fingerprint]
        return Entry(path, key.function, key.code, key.text, numbers[finding.fingerprint])

    kept: list[Finding] = []
    suppressed: list[Suppressed] = []
    new: list[tuple[Baseline, Entry]] = []
    for finding in outcome.findings:
        baseline = holding(finding.span.filename)
        if baseline is None or finding.code == UnparsableFile.code:
            kept.append(finding)
            continue
        entry = entry_of(finding, baseline)
        if entry in baseline:
            reason = baseline.accepted.get(entry, "")
            suppressed.append(Suppressed(finding, Suppressor.BASELINE, reason))
        else:
            kept.append(finding)
            new.append((baseline, entry))
    below = [Path(os.path.realpath(each)) for each in asked]  # resolve() refuses a circle of links
    changes: list[Change] = []
    for each in baselines:
        there = (*outcome.findings, *outcome.unsure)
        present = {entry_of(f, each) for f in there if holding(f.span.filename) is each}
        sought = {each.name_of(root / name): own for name, own in outcome.sought.items()}
        stale, unknown = stale_entries(each, sought, present, below)
        added = tuple(sorted(entry for holder, entry in new if holder is each))
        changes.append(Change(each, stale, added, unknown))
    return Compared(tuple(kept), tuple(suppressed), tuple(changes))


def _numbers(outcome: Outcome) -> dict[str, int]:
    """Return the number, from 1, of each finding among those of its file that are like it.

    The occurrence in a key also counts files of the same name below other configuration files.
    """
    hidden = (each.finding for each in outcome.suppressed)
    found = sorted((*outcome.findings, *outcome.unsure, *hidden), key=lambda each: each.sort_key)
    seen: Counter[tuple[str, str, str, str]] = Counter()
    numbers: dict[str, int] = {}
    for finding in found:
        key = outcome.keys[finding.fingerprint]
        place = (finding.span.filename, key.function, key.code, key.text)
        seen[place] += 1
        numbers[finding.fingerprint] = seen[place]
    return numbers
