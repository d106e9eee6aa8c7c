"""What ``shapeguard check`` does, from the options to the exit status."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shapeguard.cli.caching import open_cache, texts_of
from shapeguard.cli.combinations import refuse_contradictions
from shapeguard.cli.examining import Checks, examine
from shapeguard.cli.known import read_baselines
from shapeguard.cli.output import note, wants_colour, wants_links, write, write_file
from shapeguard.cli.settings import missing_sources, read_settings, show_settings
from shapeguard.cli.summary import Clock, not_examined, statistics, summary
from shapeguard.errors import UsageError
from shapeguard.lint.discover import Excludes, discover, working_directory
from shapeguard.lint.later import Later
from shapeguard.report import View, load_format, render
from shapeguard.report.sources import Sources, printable
from shapeguard.report.words import count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from shapeguard.cli.check import CheckOptions
    from shapeguard.cli.examining import Examined
    from shapeguard.lint.cache import Cache
    from shapeguard.lint.config import Configured
    from shapeguard.lint.discover import Discovery
    from shapeguard.lint.engine import Outcome
    from shapeguard.lint.texts import Texts
    from shapeguard.report.pages import RulePage

NOTHING_FOUND: Final = 0
FINDINGS: Final = 1
TROUBLE: Final = 2
_STDIN: Final = Path("-")


def run_check(options: CheckOptions) -> int:
    """Check what the options ask for, print and write the reports, return the exit status."""
    refuse_contradictions(options)
    cwd = working_directory()
    if options.watch:
        from shapeguard.cli.watching import watch_and_check  # noqa: PLC0415 - needs an extra

        return watch_and_check(options.paths, cwd, lambda: run_check(options._replace(watch=False)))
    for name, _ in options.report:
        load_format(name)
    cache, texts = open_cache(options, cwd), texts_of(options, cwd)
    settings, configured = read_settings(options, cwd)
    if options.show_settings:
        write(show_settings(options, configured, cwd))
        return NOTHING_FOUND
    clock = Clock()
    with clock.phase("files"):
        found, overlay = find_files(options, configured, cwd)
    _say(found.problems, "error", wanted=True)
    _say(found.warnings, "warning", wanted=not options.quiet)
    _say(missing_sources(configured, found.files), "warning", wanted=not options.quiet)
    if options.show_files:
        sources = Sources(cwd)
        write("".join(f"{sources.name(str(path))}\n" for path in found.files))
        return TROUBLE if found.problems else NOTHING_FOUND
    baselines = read_baselines(configured, found.files, cwd)
    checks = Checks(options, configured, baselines, cwd, clock, cache, texts)
    done = examine(checks, found.files, overlay)
    outcome = done.outcome
    if not done.ends:
        with clock.phase("reports"):
            view = _view(outcome, found, Sources(cwd, done.overlay))
            write_reports(outcome, view, options, source=bool(overlay) and options.fix)
    _say(outcome.problems, "error", wanted=True)
    if not done.ends:
        conclude(done, clock, options)
    if options.verbose:
        note(f"settings: {settings.origin or 'defaults'}")
        note(clock.text())
        if outcome.unexamined:
            note(f"not examined: {not_examined(outcome.unexamined)}")
        _say_what_was_kept(cache, texts)
    return _status(found, done, options)


def _say_what_was_kept(
    cache: Callable[[], Cache] | None, texts: Callable[[], Texts] | None
) -> None:
    if cache is not None and texts is not None:
        for kept, what in ((cache(), "result"), (texts(), "text")):
            note(f"cache: {kept.trouble or f'{count(kept.hits, what)} from {kept.path}'}")


def _status(found: Discovery, done: Examined, options: CheckOptions) -> int:
    if found.problems or done.outcome.problems or done.failed:
        return TROUBLE
    found_some = done.differs if done.ends else bool(done.outcome.findings)
    return FINDINGS if found_some and not options.exit_zero else NOTHING_FOUND


def _view(outcome: Outcome, found: Discovery, sources: Sources) -> View:
    return View(
        sources,
        checked=outcome.checked,
        problems=(*found.problems, *outcome.problems),
        pages=Later(_pages),
        suppressed=outcome.suppressed,
    )


def _pages() -> dict[str, RulePage]:
    from shapeguard.cli.catalogue import rule_pages  # noqa: PLC0415 - where nothing is found none asks

    return {page.code: page for page in rule_pages()}


def conclude(done: Examined, clock: Clock, options: CheckOptions) -> None:
    """Say how many were found, by which rules where that is asked for, and how many can be fixed."""
    outcome = done.outcome
    if options.statistics:
        note("\n".join(statistics(outcome)))
    if not options.quiet:
        note(summary(outcome, clock))
        if outcome.findings or done.fixed is not None:
            from shapeguard.cli.fixing import outlook  # noqa: PLC0415 - none, where nothing is found

            fixes = outlook(outcome.findings, options, done.fixed)
            if fixes:
                note(fixes)
    if options.verbose or options.statistics:
        _say(outcome.not_analysed, "not analysed", wanted=True)


def find_files(
    options: CheckOptions, settings: Configured, cwd: Path
) -> tuple[Discovery, dict[Path, bytes]]:
    """Return the files that PATHS mean, and standard input as the content of its file.

    Raises UsageError if standard input has no name, or a name but is not asked for.
    """
    on_disk = [path for path in options.paths if path != _STDIN]
    wants_stdin = len(on_disk) < len(options.paths)
    if wants_stdin != (options.stdin_filename is not None):
        message = "standard input takes both, the path - and --stdin-filename F"
        raise UsageError(message)
    if options.stdin_filename is None:
        return discover(on_disk or (Path(),), settings, cwd), {}
    found = discover(on_disk, settings, cwd)
    path = Path(os.path.abspath(cwd / options.stdin_filename))  # noqa: PTH100 - as the other paths
    overlay = {path: sys.stdin.buffer.read()}
    own = settings.of(path)
    if own.force_exclude and Excludes(own, cwd).hides(path):
        return found, overlay
    return found._replace(files=tuple(sorted({*found.files, path}))), overlay


def write_reports(outcome: Outcome, view: View, options: CheckOptions, *, source: bool) -> None:
    """Write the chosen format to standard output or ``--output-file``, then every ``--report``.

    If standard output holds ``source`` text, standard error takes the report in its place.
    Raises UsageError, after the last of them, if one cannot be written.
    """
    failures: list[str] = []
    if options.output_file is None:
        out = sys.stderr if source else sys.stdout
        shown = replace(view, colour=wants_colour(out), links=wants_links(out))
        text = render(outcome.findings, options.output_format, shown)
        if source:
            note(text.removesuffix("\n"))
        else:
            try:
                write(text)
            except UsageError as error:
                failures.append(str(error))
    targets = [*options.report]
    if options.output_file is not None:
        targets.append((options.output_format, options.output_file))
    for name, path in targets:
        try:
            write_file(path, render(outcome.findings, name, view))
        except UsageError as error:
            failures.append(str(error))
    if failures:
        raise UsageError("; ".join(failures))


def _say(lines: Iterable[str], kind: str, *, wanted: bool) -> None:
    for line in lines if wanted else ():
        note(f"{kind}: {printable(line)}")
