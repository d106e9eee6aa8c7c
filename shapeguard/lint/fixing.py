"""Fixes put into the source: bytes in, bytes out, and each is checked before it is kept."""

from __future__ import annotations

import io
import tokenize
from collections import Counter
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.finding import Applicability
from shapeguard.lint.engine import check
from shapeguard.lint.source import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from shapeguard.finding import Edit, Finding, Position
    from shapeguard.lint.api import Rule
    from shapeguard.lint.config import Settings

MAX_ROUNDS = 10
"""How often a file is fixed anew: a fix may uncover a finding that has one too."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A file after its fixes. ``refused`` holds the findings whose fix did not help, unchanged."""

    data: bytes
    applied: tuple[Finding, ...]
    refused: tuple[Finding, ...]


@dataclass(frozen=True)
class _File:
    """The file that is fixed, and how it is checked."""

    path: Path
    settings: Settings
    root: Path
    rules: Sequence[type[Rule]] | None

    def findings(self, data: bytes) -> tuple[Finding, ...]:
        overrides = {self.path: data}
        outcome = check(
            [self.path], self.settings, root=self.root, overrides=overrides, rules=self.rules
        )
        return outcome.findings


def fix_file(
    path: Path,
    settings: Settings,
    *,
    root: Path,
    unsafe: bool = False,
    rules: Sequence[type[Rule]] | None = None,
) -> Fixed:
    """Return a file with its fixes applied: the safe ones, or all of them.

    A fix is kept only if what it makes is Python, the finding is gone and none is new. Nothing is
    written. Raises OSError if the file cannot be read. ``rules`` are asked instead of the enabled ones.
    """
    file = _File(path.resolve(), settings, root, rules)
    data = file.path.read_bytes()
    applied: list[Finding] = []
    refused: dict[str, Finding] = {}
    findings = file.findings(data)
    for _ in range(MAX_ROUNDS):
        wanted = [
            each
            for each in findings
            if each.fix is not None
            and (unsafe or each.fix.applicability is Applicability.SAFE)
            and each.fingerprint not in refused
        ]
        if not wanted:
            break
        tried = list(_apart(wanted))
        data, findings, kept = _round(file, data, findings, tried)
        applied += kept
        done = {each.fingerprint for each in kept}
        refused |= {each.fingerprint: each for each in tried if each.fingerprint not in done}
    return Fixed(data, tuple(applied), tuple(refused.values()))


def _round(
    file: _File, data: bytes, before: tuple[Finding, ...], wanted: list[Finding]
) -> tuple[bytes, tuple[Finding, ...], list[Finding]]:
    """Apply fixes together or, if they do not help together, the half of them that does."""
    changed = applied_to(data, (edit for each in wanted if each.fix for edit in each.fix.edits))
    after = None if changed is None else file.findings(changed)
    if changed is not None and after is not None and _helped(before, after, wanted):
        return changed, after, wanted
    if len(wanted) == 1:
        return data, before, []
    middle = len(wanted) // 2
    # The second half is looked for again in what the first has left, since its places have moved.
    data, findings, kept = _round(file, data, before, wanted[:middle])
    names = {each.fingerprint for each in wanted[middle:]}
    rest = [each for each in findings if each.fingerprint in names]
    if not rest:
        return data, findings, kept
    data, findings, others = _round(file, data, findings, rest)
    return data, findings, [*kept, *others]


def _helped(before: Iterable[Finding], after: Iterable[Finding], fixed: Iterable[Finding]) -> bool:
    """Say whether the fixed findings are gone and no other has come."""
    left = Counter((each.code, each.function) for each in before)
    left -= Counter((each.code, each.function) for each in fixed)
    return not Counter((each.code, each.function) for each in after) - left


def _apart(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings whose fixes touch no text that an earlier one changes."""
    taken: list[tuple[Position, Position]] = []
    for each in findings:
        edits = each.fix.edits if each.fix is not None else ()
        spans = [(edit.span.start, edit.span.end) for edit in edits]
        if not any(_touch(span, other) for span in spans for other in taken):
            taken += spans
            yield each


def _touch(one: tuple[Position, Position], other: tuple[Position, Position]) -> bool:
    """Say whether two stretches overlap, or are the same place at which something is put in."""
    return one == other or (one[0] < other[1] and other[0] < one[1])


def applied_to(data: bytes, edits: Iterable[Edit]) -> bytes | None:
    """Return the bytes of a file after edits that do not overlap, or None if they are no Python then.

    Its encoding, byte order mark and line endings are kept.
    """
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    lines = lines_of(data.decode(encoding))
    starts = [0, *accumulate(len(line) for line in lines)]
    text = "".join(lines)
    first_line = next(iter(lines), "")
    ending = first_line[len(first_line.rstrip("\r\n")) :] or "\n"
    for edit in sorted(edits, key=lambda each: each.span, reverse=True):
        first, last = (
            starts[place.row - 1] + place.column - 1 for place in (edit.span.start, edit.span.end)
        )
        text = text[:first] + edit.content.replace("\r\n", "\n").replace("\n", ending) + text[last:]
    try:
        changed = text.encode(encoding)
        cst.parse_module(changed)
    except (UnicodeEncodeError, cst.ParserSyntaxError):
        return None
    return changed
