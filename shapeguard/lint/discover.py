"""Which files a check reads: PATHS, less what git ignores, less what is excluded.

A path that the user names is read, whatever hides it from the outside: a released package
unpacked under a git-ignored directory can be checked by naming it. With ``force-exclude`` the
excludes hold for named paths as well, because pre-commit names every file that it passes.
"""

from __future__ import annotations

import os
import stat
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec import Struct, field

from shapeguard.errors import UsageError
from shapeguard.lint.config import can_match, compiled, of_directories, placed
from shapeguard.lint.git import list_by_git

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pathspec import GitIgnoreSpec

    from shapeguard.lint.config import Configured, Settings

SUFFIXES: Final = frozenset({".py", ".pyi"})
VENV_MARKER: Final = "pyvenv.cfg"


class Discovery(NamedTuple):
    """The files to check, in order and each once; what went wrong; what is worth a word."""

    files: tuple[Path, ...]
    problems: tuple[str, ...]
    warnings: tuple[str, ...]


class _Finds(Struct):
    """What has been found so far."""

    files: list[Path] = field(default_factory=list[Path])
    problems: list[str] = field(default_factory=list[str])
    warnings: list[str] = field(default_factory=list[str])


class Excludes:
    """The exclude patterns of the settings, each relative to a directory."""

    def __init__(self, settings: Settings, cwd: Path) -> None:
        here = settings.root or cwd
        self._patterns: dict[Path, list[str]] = {}
        for pattern in (*settings.exclude, *settings.extend_exclude):
            root, own = placed(pattern, here)
            self._patterns.setdefault(root, []).append(own)

    @cached_property
    def _specs(self) -> dict[Path, GitIgnoreSpec]:
        return {root: compiled(own) for root, own in self._patterns.items()}

    def hides(self, path: Path) -> bool:
        """Whether a pattern matches ``path`` or a directory between it and the root."""
        directory = _is_directory(path)
        for root, patterns in self._patterns.items():
            relative = _below(path, root) or PurePosixPath(path.name)
            names = of_directories(tuple(patterns))
            if names is not None:
                parts = relative.parts if directory else relative.parts[:-1]
                found = any(names.fullmatch(part) for part in parts)
            else:
                found = _matches(self._specs[root], relative, directory=directory)
            if found:
                return True
        return False

    def seen_from(self, named: Path) -> _View:
        """Return the excludes as they hold below ``named``, a directory that the user asked for.

        Patterns that hide ``named`` itself are outvoted by its being named; below it they hold.
        """
        return _View(
            tuple((spec, _prefix(spec, named, root)) for root, spec in self._specs.items())
        )


def _prefix(spec: GitIgnoreSpec, named: Path, root: Path) -> PurePosixPath:
    prefix = _below(named, root)
    if prefix is None or _matches(spec, prefix, directory=True):
        return PurePosixPath()
    return prefix


def _matches(spec: GitIgnoreSpec, relative: PurePosixPath, *, directory: bool) -> bool:
    """Whether a pattern matches the path ``relative``, or a directory that holds it."""
    name = f"{relative}/" if directory else str(relative)
    return relative.name != "" and spec.match_file(name)


class _View(Struct, frozen=True):
    """The excludes, asked about entries relative to one directory."""

    parts: tuple[tuple[GitIgnoreSpec, PurePosixPath], ...]

    def hides(self, entry: PurePosixPath, *, directory: bool = False) -> bool:
        return any(_matches(spec, at / entry, directory=directory) for spec, at in self.parts)

    def below(self, entry: PurePosixPath) -> _View:
        return _View(tuple((spec, at / entry) for spec, at in self.parts))


def working_directory() -> Path:
    """Return the working directory. Raises UsageError if it has been deleted."""
    try:
        return Path.cwd()
    except OSError as error:
        message = f"the working directory cannot be used: {error.strerror}"
        raise UsageError(message) from error


def discover(paths: Iterable[str | Path], settings: Configured, cwd: Path) -> Discovery:
    """Find the Python files that ``paths`` mean, relative to ``cwd``.

    A file is taken whatever its suffix. A path that is missing or cannot be read, and a pipe or a
    device, becomes a problem and does not keep the others from being found; a directory without
    Python, a warning. The excludes that hold are those of the settings of the path; below a directory
    with a configuration of its own, those of that one as well.
    """
    finds = _Finds()
    search = _Search(settings, cwd, finds)
    for path in paths:
        search.look(cwd / path, os.fspath(path))
    unique = {path.resolve(): path for path in sorted(finds.files, reverse=True)}
    return Discovery(tuple(sorted(unique.values())), tuple(finds.problems), tuple(finds.warnings))


class _Search(Struct):
    """Looks for files, under the settings that hold where it looks."""

    settings: Configured
    cwd: Path
    finds: _Finds
    known: dict[Path | None, Excludes] = field(default_factory=dict["Path | None", Excludes])

    def look(self, path: Path, shown: str) -> None:
        path = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would report a link's target
        problem = _problem(path)
        if problem:
            self.finds.problems.append(f"{shown}: {problem}")
            return
        is_directory = _is_directory(path)
        own = self.settings.of(path / "any.py" if is_directory else path)
        excludes = self._excludes(own)
        if own.force_exclude and excludes.hides(path):
            return
        if not is_directory:
            self.finds.files.append(path)
            return
        unread: list[str] = []
        found = _list_directory(path, excludes.seen_from(path), unread)
        self.finds.files += [each for each in found if not self._hidden(each, own)]
        self.finds.problems += unread
        if not found and not unread:
            warning = f"{shown}: no Python files here (ignored ones are not counted)"
            self.finds.warnings.append(warning)

    def _excludes(self, settings: Settings) -> Excludes:
        if settings.origin not in self.known:
            self.known[settings.origin] = Excludes(settings, self.cwd)
        return self.known[settings.origin]

    def _hidden(self, path: Path, outer: Settings) -> bool:
        """Whether a configuration that lies deeper than that of the search excludes a file."""
        own = self.settings.of(path)
        return own.origin != outer.origin and self._excludes(own).hides(path)


def _problem(path: Path) -> str | None:
    try:
        mode = path.stat().st_mode
    except PermissionError:
        return "permission denied"
    except (OSError, ValueError):
        return "no such file or directory"
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        return "neither a regular file nor a directory"
    needed = os.R_OK | os.X_OK if stat.S_ISDIR(mode) else os.R_OK
    return None if os.access(path, needed) else "permission denied"


def _is_directory(path: Path) -> bool:
    """Whether it is known to be one: what may not be looked at is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _list_directory(directory: Path, view: _View, unread: list[str]) -> list[Path]:
    """Return the Python files below ``directory``, by git where git knows the directory."""
    listed = list_by_git(directory)
    entries = _walk(directory, view, unread) if listed is None else listed
    names = [PurePosixPath(entry) for entry in entries]
    venvs = {name.parent for name in names if name.name == VENV_MARKER and name.parent.name}
    files: list[Path] = []
    for name in names:
        if view.hides(name) or not venvs.isdisjoint(name.parents):
            continue
        path = directory / name
        if name.suffix in SUFFIXES and _is_regular(path, unread):
            files.append(path)
        elif _is_directory(path) and not path.is_symlink():
            # Only git lists a directory: a nested repository or a submodule is one entry to it.
            files += _list_directory(path, view.below(name), unread)
    return files


def _is_regular(path: Path, unread: list[str]) -> bool:
    """Whether it is a file that can be read to its end, unlike a pipe; notes what hides it."""
    try:
        return path.is_file()
    except OSError as error:
        unread.append(f"{path}: {error.strerror}")
        return False


def _walk(directory: Path, view: _View, unread: list[str]) -> Iterator[str]:
    """Yield the files below ``directory`` as git would, reading each ``.gitignore`` on the way."""
    specs: dict[PurePosixPath, GitIgnoreSpec] = {}

    def note(error: OSError) -> None:
        unread.append(f"{error.filename}: {error.strerror}")

    for top, directories, filenames in os.walk(directory, onerror=note):
        here = PurePosixPath(Path(top).relative_to(directory).as_posix())
        specs[here] = _ignore_file(Path(top) / ".gitignore", unread)
        keep = [
            name
            for name in directories
            if not view.hides(here / name, directory=True)
            and not _ignored(specs, here / name, directory=True)
        ]
        directories[:] = [] if here.name and VENV_MARKER in filenames else keep
        yield from (str(here / name) for name in filenames if not _ignored(specs, here / name))


def _ignore_file(path: Path, unread: list[str]) -> GitIgnoreSpec:
    """Return the patterns of a ``.gitignore``: none without one, or if it cannot be read."""
    text = ""
    if _is_regular(path, unread):
        try:
            text = path.read_text("utf-8", "replace")
        except OSError as error:
            unread.append(f"{path}: {error.strerror}")
    # git passes over lines that are no patterns
    return compiled(line for line in text.splitlines() if can_match(line))


def _ignored(
    specs: dict[PurePosixPath, GitIgnoreSpec], entry: PurePosixPath, *, directory: bool = False
) -> bool:
    """Whether the nearest ``.gitignore`` that speaks of ``entry`` ignores it."""
    for parent in entry.parents:
        if parent in specs:
            name = f"{entry.relative_to(parent)}{'/' if directory else ''}"
            said = specs[parent].check_file(name).include
            if said is not None:
                return said
    return False


def _below(path: Path, root: Path) -> PurePosixPath | None:
    return PurePosixPath(path.relative_to(root).as_posix()) if path.is_relative_to(root) else None
