"""Which lines have changed since a revision, and which findings stand on them.

What counts is the difference between the working tree, staged or not, and the commit at which the
revision and ``HEAD`` parted: what a review of the branch would show.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from unidiff.patch import PatchSet

from shapeguard.errors import UsageError
from shapeguard.lint.git import git

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from unidiff.patch import Hunk

    from shapeguard.finding import Finding, Span
    from shapeguard.lint.engine import Outcome

# Nothing that a user has configured may change what the output looks like.
_DIFF: Final = (
    *("-c", "core.quotePath=false", "diff", "--unified=0", "--find-renames", "--no-color"),
    *("--no-ext-diff", "--no-textconv", "--src-prefix=a/", "--dst-prefix=b/"),
)


class Changes:
    """The changed lines of every file, by its resolved path; None stands for all lines."""

    def __init__(self, lines: dict[Path, list[range] | None]) -> None:
        self._lines = lines

    def touch(self, path: Path, span: Span) -> bool:
        """Say whether a stretch of a file stands on a changed line."""
        ranges = self._lines.get(path.resolve(), [])
        rows = range(span.start.row, span.end.row + 1)
        return ranges is None or any(r.start < rows.stop and rows.start < r.stop for r in ranges)


def changes_since(revision: str, directory: Path) -> Changes:
    """Return what has changed since ``revision`` in the repository that holds ``directory``.

    Raises UsageError outside of a repository, without commits, for an unknown revision, and where a
    shallow clone does not reach back far enough.
    """
    top = _top(directory)
    base = _base(revision, top)
    status, output = git(top, *_DIFF, base, "--")
    if status:
        message = f"--diff-base: git cannot compare the working tree with {base}"
        raise UsageError(message)
    lines: dict[Path, list[range] | None] = {}
    for file in PatchSet(output.decode("utf-8", "surrogateescape")):
        path = (top / _unquoted(file.target_file).removeprefix("b/")).resolve()
        lines[path] = None if file.is_added_file else [_rows(hunk) for hunk in file]
    _, untracked = git(top, "ls-files", "-z", "--others", "--exclude-standard")
    for name in untracked.split(b"\0"):
        if name:
            lines[(top / os.fsdecode(name)).resolve()] = None
    return Changes(lines)


def _rows(hunk: Hunk) -> range:
    """Return the new lines of a hunk; where it only removes, the lines on both sides of the gap."""
    first, length = hunk.target_start, hunk.target_length
    return range(first, first + length) if length else range(first, first + 2)


def _unquoted(name: str) -> str:
    """Return a file name as it is; git writes one with quotes or control characters as C would."""
    if not (name.startswith('"') and name.endswith('"')):
        return name
    data = os.fsencode(name[1:-1]).decode("unicode_escape").encode("latin-1")
    return os.fsdecode(data)


def _top(directory: Path) -> Path:
    status, output = git(directory, "rev-parse", "--show-toplevel")
    if status:
        why = f"{directory} is in no git repository"
        message = f"--diff-base: {why if shutil.which('git') else 'git is not installed'}"
        raise UsageError(message)
    return Path(os.fsdecode(output.removesuffix(b"\n")))


def _base(revision: str, top: Path) -> str:
    if git(top, "rev-parse", "--verify", "--quiet", "HEAD")[0]:
        message = "--diff-base: the repository has no commits yet"
        raise UsageError(message)
    asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    status, output = git(top, *asked)
    if status:
        message = f"--diff-base: git knows no revision {revision!r}{_shallow(top, revision)}"
        raise UsageError(message)
    status, output = git(top, "merge-base", output.decode().split()[-1], "HEAD")
    if status:
        why = f"{revision!r} and HEAD have no commit in common"
        message = f"--diff-base: {why}{_shallow(top, revision)}"
        raise UsageError(message)
    return output.decode().strip()


def _shallow(top: Path, revision: str) -> str:
    """Return what helps in a shallow clone."""
    if git(top, "rev-parse", "--is-shallow-repository")[1].strip() != b"true":
        return ""
    return (
        "; this is a shallow clone, whose history ends before that: `git fetch --unshallow`, or "
        f"`fetch-depth: 0` in the checkout of a workflow, brings {revision!r} and what lies between"
    )


def on_changed_lines(outcome: Outcome, revision: str, directory: Path) -> tuple[Outcome, int]:
    """Return the outcome with what stands on changed lines, and how many findings were left out.

    A finding stands there if its place or any step of its trace does. ``directory`` is what the
    names of files are relative to. Raises UsageError as :func:`changes_since` does.
    """
    changes = changes_since(revision, directory)
    kept = tuple(_touched(outcome.findings, changes, directory))
    return replace(outcome, findings=kept), len(outcome.findings) - len(kept)


def _touched(findings: Iterable[Finding], changes: Changes, directory: Path) -> Iterator[Finding]:
    for finding in findings:
        spans = (finding.span, *(step.span for step in finding.trace))
        if any(changes.touch(directory / span.filename, span) for span in spans):
            yield finding
