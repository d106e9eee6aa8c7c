"""``shapeguard check`` with ``--fix``, ``--fix-only`` and ``--diff``: from findings to files."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shapeguard.cli.output import is_terminal, note, write
from shapeguard.cli.patches import for_terminal, patch, place_in
from shapeguard.cli.rewriting import Rewrite, rewrite
from shapeguard.finding import Applicability
from shapeguard.lint.fixing import fix_files
from shapeguard.lint.roots import repository
from shapeguard.report.sources import Sources, printable
from shapeguard.report.words import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from shapeguard.cli.check import CheckOptions
    from shapeguard.finding import Finding
    from shapeguard.lint.engine import Outcome
    from shapeguard.lint.fixing import Fixed
    from shapeguard.lint.settling import Start


def contents_of(files: Iterable[Path], overlay: Mapping[Path, bytes]) -> dict[Path, bytes]:
    """Return the bytes of files, less those that cannot be read; ``overlay`` stands in for some.

    What is changed must be what was checked, so all is read before the check.
    """
    contents: dict[Path, bytes] = {}
    for path in files:
        try:
            contents[path] = overlay[path] if path in overlay else path.read_bytes()
        except OSError:
            continue  # the check says so
    return contents


@dataclass(frozen=True, slots=True)
class Applied:
    """What fixes have made of files.

    ``contents`` holds what is on disk now, or would be, of the files that change, ``number`` counts
    the findings whose fix that is, and ``failed`` says that some file could not be written.
    ``outcome`` is what a check would find now, if that is known.
    """

    contents: Mapping[Path, bytes]
    number: int
    failed: bool
    outcome: Outcome | None


def apply_fixes(
    options: CheckOptions, start: Start, wanted: Sequence[Finding], given: Mapping[Path, bytes]
) -> Applied:
    """Fix files, or print what that would change, and say what could not be fixed.

    ``given`` is standard input, by the file that it stands in for: what it is to be goes to standard
    output. Raises UsageError if that cannot be written.
    """
    fixed = fix_files(start, wanted, unsafe=options.unsafe_fixes)
    sources = Sources(start.root)
    if not options.quiet:
        for each in fixed.refused:
            place = sources.place(each.finding.span)
            note(f"not fixed: {place}: {each.finding.code}: {printable(each.why)}")
    failures = _show(fixed, start) if options.diff else _write(fixed, start, given)
    what = "cannot be in the diff" if options.diff else "cannot be written"
    for path, why in failures.items():
        note(f"error: {sources.name(str(path))}: {what}: {printable(why)}")
    contents = {path: data for path, data in fixed.contents.items() if path not in failures}
    applied = [each for each in fixed.applied if not _files(each, start.root) & failures.keys()]
    outcome = None if failures or options.diff else fixed.outcome
    return Applied(contents, len(applied), failed=bool(failures), outcome=outcome)


def _write(fixed: Fixed, start: Start, given: Mapping[Path, bytes]) -> dict[Path, str]:
    """Write what fixes have made of files; return why that failed, for which."""
    failures = rewrite(
        Rewrite(path, start.contents[path], data)
        for path, data in sorted(fixed.contents.items())
        if path not in given
    )
    for path, data in given.items():
        write(fixed.contents.get(path, data))
    return failures


def _show(fixed: Fixed, start: Start) -> dict[Path, str]:
    """Print what fixes would change; return what no patch can change here, and why."""
    patches: dict[Path, bytes] = {}
    failures: dict[Path, str] = {}
    for path, data in sorted(fixed.contents.items()):
        place = place_in(start.root, path)
        if place is None:
            failures[path] = _elsewhere(path)
            continue
        made = patch(place, start.contents[path], data)
        if patches.setdefault(place, made) != made:
            failures[path] = "its file is in it already, by another name"
    text = b"".join(patches.values())
    write(for_terminal(text) if is_terminal(sys.stdout) else text)
    return failures


def _elsewhere(path: Path) -> str:
    """Return why a file outside of the working directory cannot be in a patch, and what helps."""
    real = Path(os.path.realpath(path))
    what = "it is" if real == path else f"its target {real} is"
    better = repository(real.parent) or real.parent
    return f"{what} outside of the working directory; start in {better}"


def _files(finding: Finding, root: Path) -> set[Path]:
    edits = finding.fix.edits if finding.fix is not None else ()
    return {root / span.filename for span in (finding.span, *(each.span for each in edits))}


def outlook(findings: Iterable[Finding], options: CheckOptions, applied: int | None) -> str:
    """Return what is to be said of fixes at the end; the empty text if there is nothing.

    ``applied`` is the number of findings that were fixed, None if that was not asked for.
    """
    kinds = [each.fix.applicability for each in findings if each.fix is not None]
    safe = kinds.count(Applicability.SAFE)
    unsafe = len(kinds) - safe
    if applied is not None:
        left = sum(1 for _ in findings)
        more = f"; {unsafe} fixable with --unsafe-fixes" if unsafe else ""
        return f"{applied} fixed, {left} remaining{'' if options.unsafe_fixes else more}."
    if options.unsafe_fixes or not unsafe:
        return f"{len(kinds)} fixable with --fix." if kinds else ""
    if safe:
        return f"{safe} fixable with --fix, {unsafe} more with --fix --unsafe-fixes."
    return f"{unsafe} fixable with --fix --unsafe-fixes."


def verdict(applied: Applied, options: CheckOptions) -> str:
    """Return the last line where nothing is reported: how many were fixed, or would be."""
    if not applied.number:
        return "Nothing would be fixed." if options.diff else "Nothing was fixed."
    what = f"{count(applied.number, 'finding')} in {count(len(applied.contents), 'file')}"
    return f"{'Would fix' if options.diff else 'Fixed'} {what}."
