"""Fixes put into the source: bytes in, bytes out, and each is checked before it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shapeguard.lint.editing import apart
from shapeguard.lint.engine import check
from shapeguard.lint.settling import Fixing, Start

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from shapeguard.finding import Finding
    from shapeguard.lint.api import Rule
    from shapeguard.lint.config import Configured
    from shapeguard.lint.engine import Outcome

MAX_ROUNDS = 10
"""How often files are fixed anew: a fix may uncover a finding that has one too."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A finding that a fix was tried for, as it stands now, and why the fix was not kept."""

    finding: Finding
    why: str


@dataclass(frozen=True, slots=True)
class Fixed:
    """What fixes make of files: ``contents`` holds those that change, whole.

    ``outcome`` is what a check of all files finds then; None if that has not been asked.
    """

    contents: dict[Path, bytes]
    applied: tuple[Finding, ...]
    refused: tuple[Refused, ...]
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class FixedFile:
    """A file after its fixes. ``refused`` holds the findings whose fix did not help, unchanged."""

    data: bytes
    applied: tuple[Finding, ...]
    refused: tuple[Finding, ...]


def fix_file(
    path: Path,
    settings: Configured,
    *,
    root: Path,
    unsafe: bool = False,
    rules: Sequence[type[Rule]] | None = None,
) -> FixedFile:
    """Return a file with the fixes of all its findings applied: the safe ones, or all of them.

    Nothing is written. Raises OSError if the file cannot be read. ``rules`` are asked instead of the
    enabled ones.
    """
    path = path.resolve()

    def look(files: Sequence[Path], overrides: dict[Path, bytes]) -> Outcome:
        return check(files, settings, root=root, overrides=overrides, rules=rules)

    contents = {path: path.read_bytes()}
    start = Start(contents, look([path], dict(contents)), look, root.resolve())
    fixed = fix_files(start, start.outcome.findings, unsafe=unsafe)
    refused = tuple(each.finding for each in fixed.refused)
    return FixedFile(fixed.contents.get(path, contents[path]), fixed.applied, refused)


def fix_files(start: Start, wanted: Iterable[Finding], *, unsafe: bool) -> Fixed:
    """Return what the fixes of the wanted findings make of files: the safe ones, or all of them.

    A fix is kept, with all its edits in all files, only if what it makes is Python, the finding is
    gone and none is new in the files that it touches. One that uncovers a finding with a fix is
    followed by that, unless the uncovered one is known from the start and not wanted. Nothing is
    written.
    """
    fixing = Fixing(start, dict(start.contents), dict(start.outcome.keys), start.outcome)
    fixing.take(start.outcome.findings)
    chosen = list(wanted)
    names = {each.fingerprint for each in chosen}
    held = {key[:4] for name, key in start.outcome.keys.items() if name not in names}
    for _ in range(MAX_ROUNDS):
        tried = list(apart(fixing.fixable(chosen, unsafe=unsafe)))
        if not tried:
            break
        fixing.settle(dict(fixing.contents), [], tried)
        chosen = [each for each in fixing.left() if fixing.known(each) not in held]
    refused = (
        Refused(each, fixing.refused[known])
        for each in fixing.left()
        if (known := fixing.known(each)) in fixing.refused
        and (known not in held or each.fingerprint in names)
    )
    return Fixed(fixing.changed, tuple(fixing.applied), tuple(refused), fixing.latest)
