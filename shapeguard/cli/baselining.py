"""What ``shapeguard baseline`` does, from the options to the exit status."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shapeguard.cli.caching import jobs, open_cache, texts_of
from shapeguard.cli.checking import NOTHING_FOUND, TROUBLE, find_files
from shapeguard.cli.known import Baselines, entries, say_entries, warn_of_codes
from shapeguard.cli.output import check_writable, note, write_file
from shapeguard.cli.progress import progress
from shapeguard.cli.settings import read_settings
from shapeguard.lint.baseline import NAME
from shapeguard.lint.baseline_file import text_of
from shapeguard.lint.config import CONFIG_NAMES
from shapeguard.lint.discover import working_directory
from shapeguard.lint.engine import check
from shapeguard.lint.housekeeping import UnparsableFile
from shapeguard.report.sources import Sources, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapeguard.cli.check import CheckOptions
    from shapeguard.finding import Finding
    from shapeguard.lint.baseline import Change

_GIT: Final = ".gitattributes"


def run_baseline(options: CheckOptions, *, adding: bool) -> int:
    """Bring the baselines of the files that the options ask for up to date; return the exit status.

    What is new is put into them if ``adding``.
    """
    cwd = working_directory()
    cache = open_cache(options, cwd)
    # The option is put aside, so that settings tell whether the configuration names a baseline.
    main, configured = read_settings(options._replace(baseline=None), cwd)
    found, _ = find_files(options, configured, cwd)
    baselines = Baselines(
        configured,
        cwd,
        given=options.baseline,
        otherwise=main.baseline or (main.root or cwd) / NAME,
        to_write=True,
        making=adding,
    )
    _read(baselines, found.files)
    for path in () if options.quiet else baselines.merged:
        name = Sources(cwd).name(str(path))
        note(f"warning: {name}: has merge conflicts; the entries of both sides are taken")
    _say_problems(found.problems)
    with progress(wanted=not options.quiet) as told:
        outcome = check(
            found.files,
            configured,
            root=cwd,
            told=told,
            cache=cache,
            texts=texts_of(options, cwd),
            labour=jobs(options, cwd),
        )
    _say_problems(outcome.problems)
    compared = baselines.compare(outcome, options)
    for change in compared.changes:
        _write(change, options, cwd, adding=adding)
    if adding and not options.quiet:
        _warn_of_unreadable(compared.kept, cwd)
        for line in _hints(found.files or (cwd / "any.py",), baselines):
            note(line)
    return TROUBLE if found.problems or outcome.problems else NOTHING_FOUND


def _read(baselines: Baselines, files: Iterable[Path]) -> None:
    """Read the baselines of files, or that of the working directory, before the work begins."""
    for path in files:
        baselines.of(str(path))
    if not baselines.read and baselines.otherwise is not None:
        baselines.at(baselines.given or baselines.otherwise)
    for path in baselines.read:
        check_writable(path)


def _say_problems(problems: Iterable[str]) -> None:
    for problem in problems:
        note(f"error: {printable(problem)}")


def _write(change: Change, options: CheckOptions, cwd: Path, *, adding: bool) -> None:
    """Write a baseline, if that changes it, and say what has become of it."""
    before, where = change.baseline, Sources(cwd).name(str(change.baseline.path))
    after = before.renewed(change.stale, change.new) if adding else before.without(change.stale)
    write_file(before.path, text_of(after))
    removed = [entry for entry in change.stale if entry not in after]
    if options.verbose:
        say_entries("new", change.new if adding else ())
        say_entries("stale, removed", removed)
    if options.quiet:
        return
    warn_of_codes(change, removed, where, options)
    if adding:
        kept = f"{len(after.accepted):,} accepted kept"
        fate = f"{len(change.new):,} new, {len(removed):,} stale removed"
        note(f"{entries(len(after.current))} written to {where} ({kept}; {fate}).")
    else:
        note(f"{entries(len(removed), 'stale')} removed from {where} ({len(after):,} left).")


def _warn_of_unreadable(kept: Iterable[Finding], cwd: Path) -> None:
    for finding in kept:
        if finding.code == UnparsableFile.code:
            place = Sources(cwd).place(finding.span)
            why = "a file that cannot be read is in no baseline; `extend-exclude` can name it"
            note(f"warning: {place}: {UnparsableFile.code} is still reported: {why}")


def _hints(files: Iterable[Path], baselines: Baselines) -> Iterator[str]:
    """Yield which lines to add where the configuration of some files names no baseline."""
    named = Sources(baselines.cwd).name
    unnamed: dict[Path | None, Path] = {}
    for path in files:
        settings = baselines.settings.of(path)
        if settings.baseline is None:
            unnamed.setdefault(settings.origin, path)
    targets: set[Path] = set()
    for origin, path in unnamed.items():
        config = origin or baselines.cwd / CONFIG_NAMES[0]
        held = baselines.of(str(path))
        target = baselines.cwd / NAME if held is None else held.path
        targets.add(target)
        name = Path(os.path.relpath(target, config.parent)).as_posix()
        section = " below [tool.shapeguard]" if config.name == "pyproject.toml" else ""
        yield f"To use it, add to {named(str(config))}{section}:"
        yield f"    baseline = {json.dumps(name)}"
    for target in sorted(targets):
        if any((directory / ".git").exists() for directory in target.parents):
            yield f"So that git merges it line by line, add to {named(str(target.parent / _GIT))}:"
            yield f"    {target.name} merge=union"
