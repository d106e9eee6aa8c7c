"""Which lines have changed since a revision, and which findings stand on them.

What counts is the difference between the working tree, staged or not, and the commit at which the
revision and ``HEAD`` parted: what a review of the branch would show. Each file is held against the
repository that it lies in. What git does not know (ignored files as well, and files in no repository)
is new in every line, so that nothing is passed over because nobody can say when it has changed.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from unidiff.patch import PatchSet

from shapeguard.errors import UsageError
from shapeguard.lint.git import git
from shapeguard.lint.revisions import base_of, pinned, superproject_of, top_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from unidiff.patch import Hunk, PatchedFile

    from shapeguard.finding import Finding, Span
    from shapeguard.lint.engine import Outcome

# Nothing that a user has configured may change what the output looks like.
_DIFF: Final = (
    *("-c", "core.quotePath=false", "diff", "--unified=0", "--inter-hunk-context=0"),
    *("--find-renames", "--no-color", "--no-ext-diff", "--no-textconv"),
    *("--ignore-submodules=all", "--src-prefix=a/", "--dst-prefix=b/"),
)

Lines = list[range] | None
"""The changed lines of a file; None stands for all of them."""


@dataclass
class Changes:
    """What has changed since a revision, in whatever repositories the files lie.

    ``directory`` is the one to whose repository the revision belongs; another repository may know it
    as well. ``given`` is what stands in for the content of files. Raises UsageError outside of a
    repository, and as :func:`~shapeguard.lint.revisions.base_of` does.
    """

    revision: str
    directory: Path
    given: Mapping[Path, bytes] = field(default_factory=dict[Path, bytes])

    def __post_init__(self) -> None:
        main = top_of(self.directory)
        if main is None:
            why = f"{self.directory} is in no git repository"
            message = f"--diff-base: {why if shutil.which('git') else 'git is not installed'}"
            raise UsageError(message)
        self._bases: dict[Path, str | None] = {main: base_of(self.revision, main)}
        self._tops: dict[Path, Path | None] = {}
        self._trees: dict[Path, _Tree] = {}
        self._lines: dict[Path, Lines] = {}
        self._given = {path.resolve(): data for path, data in self.given.items()}

    def touch(self, path: Path, span: Span) -> bool:
        """Say whether a stretch of a file stands on a changed line.

        Raises UsageError where the repository of the file cannot tell.
        """
        real = path.resolve()
        if real not in self._lines:
            self._lines[real] = self._find(real)
        ranges = self._lines[real]
        rows = range(span.start.row, span.end.row + 1)
        return ranges is None or any(r.start < rows.stop and rows.start < r.stop for r in ranges)

    def _find(self, path: Path) -> Lines:
        directory = next(each for each in path.parents if each.is_dir())
        if directory not in self._tops:
            self._tops[directory] = top_of(directory)
        top = self._tops[directory]
        base = None if top is None else self._base(top)
        if top is None or base is None:
            return None
        if top not in self._trees:
            self._trees[top] = _Tree(top, base)
        tree = self._trees[top]
        return tree.lines_of(self._given[path], path) if path in self._given else tree.lines(path)

    def _base(self, top: Path) -> str | None:
        """Return what a repository is compared with: None for a submodule that is new."""
        if top not in self._bases:
            above = superproject_of(top)
            if above is None:
                self._bases[top] = base_of(self.revision, top, f" in {top}")
            else:
                base = self._base(above)
                self._bases[top] = None if base is None else pinned(above, base, top)
        return self._bases[top]


@dataclass(frozen=True)
class _Tree:
    """The working tree of a repository, and the commit that it is compared with."""

    top: Path
    base: str

    def lines(self, path: Path) -> Lines:
        """Return the changed lines of a file, by its resolved path."""
        if path in self._changed:
            return self._changed[path]
        return [] if os.fsencode(self._name(path)) in self._known else None

    def lines_of(self, text: bytes, path: Path) -> Lines:
        """Return the changed lines of a text that stands in for a file."""
        old = self._names.get(path, self._name(path))
        status, before = git(self.top, "cat-file", "--filters", f"{self.base}:{old}")
        if status:
            return None
        with TemporaryDirectory() as name:
            directory = Path(name)
            (directory / "old").write_bytes(before)
            (directory / "new").write_bytes(text)
            diff = (*_DIFF, "--text", "--no-index", "--", "old", "new")
            files = _files(git(directory, *diff), "what is given")
        return [_rows(hunk) for file in files for hunk in file]

    def _name(self, path: Path) -> str:
        return path.relative_to(self.top).as_posix()

    @cached_property
    def _known(self) -> frozenset[bytes]:
        return frozenset(git(self.top, "ls-files", "-z", "--cached")[1].split(b"\0"))

    @cached_property
    def _patches(self) -> list[tuple[Path, PatchedFile]]:
        files = _files(git(self.top, *_DIFF, self.base, "--"), "the working tree", self.base)
        return [(self.top / _unquoted(file.target_file).removeprefix("b/"), file) for file in files]

    @cached_property
    def _changed(self) -> dict[Path, Lines]:
        lines: dict[Path, Lines] = {}
        for path, file in self._patches:
            whole = file.is_added_file or file.is_binary_file
            lines[path] = None if whole else [_rows(hunk) for hunk in file]
        links = {path.resolve() for path in lines if path.is_symlink()}
        return lines | dict.fromkeys(links)  # what such a name stands for may be another file now

    @cached_property
    def _names(self) -> dict[Path, str]:
        """The former names of renamed files."""
        return {
            path: _unquoted(file.source_file).removeprefix("a/")
            for path, file in self._patches
            if file.is_rename
        }


def _files(done: tuple[int, bytes], what: str, base: str = "what was") -> PatchSet:
    status, output = done
    if status > 1:
        message = f"--diff-base: git cannot compare {what} with {base}"
        raise UsageError(message)
    return PatchSet(output.decode("utf-8", "surrogateescape"))


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


def on_changed_lines(
    outcome: Outcome, revision: str, directory: Path, given: Mapping[Path, bytes]
) -> tuple[Outcome, int]:
    """Return the outcome with what stands on changed lines, and how many findings were left out.

    A finding stands there if its place or any step of its trace does. ``directory`` is what the
    names of files are relative to, ``given`` what stands in for the content of some. Raises UsageError
    as :class:`Changes` does.
    """
    changes = Changes(revision, directory, given)
    kept = tuple(_touched(outcome.findings, changes, directory))
    return replace(outcome, findings=kept), len(outcome.findings) - len(kept)


def _touched(findings: Iterable[Finding], changes: Changes, directory: Path) -> Iterator[Finding]:
    for finding in findings:
        spans = (finding.span, *(step.span for step in finding.trace))
        if any(changes.touch(directory / span.filename, span) for span in spans):
            yield finding
