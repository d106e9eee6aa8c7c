"""A check, with the changes of files that the options ask for, up to what is to be reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from shapeguard.cli.caching import jobs
from shapeguard.cli.combinations import reports_nothing, wants_fixes
from shapeguard.cli.known import subtract
from shapeguard.cli.output import note
from shapeguard.cli.progress import progress
from shapeguard.lint.engine import check
from shapeguard.report.words import count

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from shapeguard.cli.check import CheckOptions
    from shapeguard.cli.known import Baselines
    from shapeguard.cli.summary import Clock
    from shapeguard.lint.cache import Cache
    from shapeguard.lint.config import Configured
    from shapeguard.lint.engine import Outcome
    from shapeguard.lint.texts import Texts


class Checks(NamedTuple):
    """How files are checked, and which of the findings are reported."""

    options: CheckOptions
    settings: Configured
    baselines: Baselines
    cwd: Path
    clock: Clock
    cache: Callable[[], Cache] | None = None
    texts: Callable[[], Texts] | None = None

    def look(self, files: Sequence[Path], overrides: dict[Path, bytes]) -> Outcome:
        """Return all that is found in files."""
        quiet = self.options.quiet
        with self.clock.phase("analysis"), progress(wanted=not quiet) as told:
            return check(
                files,
                self.settings,
                root=self.cwd,
                overrides=overrides,
                told=told,
                cache=self.cache,
                texts=self.texts,
                labour=jobs(self.options, self.cwd),
            )

    def reported(self, outcome: Outcome, given: dict[Path, bytes], *, quiet: bool) -> Outcome:
        """Return what is to be reported; unless ``quiet``, say what is not, and why.

        ``given`` is what stands in for the content of files on disk.
        """
        options = self.options._replace(quiet=quiet)
        outcome = subtract(outcome, self.baselines, options)
        if options.diff_base is not None:
            from shapeguard.lint.changes import on_changed_lines  # noqa: PLC0415 - few ask for it

            with self.clock.phase("changes"):
                base = options.diff_base
                outcome, unchanged = on_changed_lines(outcome, base, self.cwd, given)
            if unchanged and not quiet:
                lines = f"lines that are unchanged since {options.diff_base}"
                note(f"{count(unchanged, 'finding')} on {lines} not shown")
        return outcome


class Examined(NamedTuple):
    """What is found, and what stands in for the content of files on disk.

    ``fixed`` is the number of findings that were fixed, None if that was not asked for. With ``ends``
    nothing is to be reported. ``failed`` says that a file could not be written, ``differs`` that fixes
    would change one.
    """

    outcome: Outcome
    overlay: dict[Path, bytes]
    fixed: int | None = None
    ends: bool = False
    failed: bool = False
    differs: bool = False


def examine(checks: Checks, files: Sequence[Path], given: dict[Path, bytes]) -> Examined:
    """Check files, and fix them or add suppressions where that is asked for.

    ``given`` is the content of standard input, by the file that it stands in for.
    """
    options = checks.options
    if options.diff_base is not None:
        from shapeguard.lint.changes import Changes  # noqa: PLC0415 - as above

        Changes(
            options.diff_base, checks.cwd
        )  # a wrong revision is told before anything is analysed
    if not wants_fixes(options) and options.add_ignore is None:
        outcome = checks.look(files, given)
        return Examined(checks.reported(outcome, given, quiet=options.quiet), given)
    return _changed(checks, files, given)


def _changed(checks: Checks, files: Sequence[Path], given: dict[Path, bytes]) -> Examined:
    """Fix files or add suppressions."""
    from shapeguard.cli.fixing import (  # noqa: PLC0415 - only where files are to be changed
        apply_fixes,
        contents_of,
        verdict,
    )
    from shapeguard.lint.settling import Start  # noqa: PLC0415 - as above

    options = checks.options
    contents = contents_of(files, given)
    outcome = checks.look(files, given | contents)
    wanted = checks.reported(outcome, given, quiet=True).findings
    if options.add_ignore is not None:
        from shapeguard.cli.ignoring import add_ignores  # noqa: PLC0415 - as above

        reason, quiet = options.add_ignore.strip(), options.quiet
        added = add_ignores(wanted, contents, reason, checks.cwd, quiet=quiet)
        return Examined(outcome, given, ends=True, failed=not added)
    start = Start(contents, outcome, checks.look, checks.cwd)
    applied = apply_fixes(options, start, wanted, given)
    if reports_nothing(options):
        if not options.quiet:
            note(verdict(applied, options))
        differs = options.diff and bool(applied.contents)
        return Examined(outcome, given, ends=True, failed=applied.failed, differs=differs)
    overlay = {path: applied.contents.get(path, data) for path, data in given.items()}
    outcome = applied.outcome or checks.look(files, overlay)
    reported = checks.reported(outcome, overlay, quiet=options.quiet)
    return Examined(reported, overlay, applied.number, failed=applied.failed)
