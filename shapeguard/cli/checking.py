"""What ``shapeguard check`` does, from the options to the exit status."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from shapeguard.cli.catalogue import rule_pages
from shapeguard.cli.output import note, wants_colour, write, write_file
from shapeguard.errors import UsageError
from shapeguard.finding import Confidence
from shapeguard.lint.config import check_codes, check_entries, load_settings
from shapeguard.lint.discover import Excludes, discover, working_directory
from shapeguard.lint.engine import check
from shapeguard.lint.housekeeping import NOTICES
from shapeguard.lint.packs import load_rules
from shapeguard.report import View, load_format, render
from shapeguard.report.sources import Sources, printable
from shapeguard.report.words import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from shapeguard.cli.check import CheckOptions
    from shapeguard.finding import Finding
    from shapeguard.lint.config import Settings
    from shapeguard.lint.discover import Discovery
    from shapeguard.lint.engine import Outcome

NOTHING_FOUND: Final = 0
FINDINGS: Final = 1
TROUBLE: Final = 2
_STDIN: Final = Path("-")


def run_check(options: CheckOptions) -> int:
    """Check what the options ask for, print and write the reports, return the exit status."""
    start = time.perf_counter()
    cwd = working_directory()
    for name, _ in options.report:
        load_format(name)
    settings = read_settings(options, cwd)
    if options.show_settings:
        write(show_settings(settings))
        return NOTHING_FOUND
    found, overlay = find_files(options, settings, cwd)
    sources = Sources(cwd, overlay)
    _say(found.problems, "error", wanted=True)
    _say(found.warnings, "warning", wanted=not options.quiet)
    if options.show_files:
        write("".join(f"{sources.name(str(path))}\n" for path in found.files))
        return TROUBLE if found.problems else NOTHING_FOUND
    outcome = check(found.files, settings, root=cwd, overrides=overlay)
    view = View(
        sources,
        checked=outcome.checked,
        problems=(*found.problems, *outcome.problems),
        pages={page.code: page for page in rule_pages()},
        suppressed=outcome.suppressed,
    )
    write_reports(outcome.findings, view, options)
    _say(outcome.problems, "error", wanted=True)
    if options.statistics:
        note("\n".join(statistics(outcome)))
    if not options.quiet:
        note(summary(outcome))
    if options.verbose or options.statistics:
        _say(outcome.not_analysed, "not analysed", wanted=True)
    if options.verbose:
        note(f"settings: {settings.origin or 'defaults'}")
        note(f"time: {time.perf_counter() - start:.2f} s")
    if found.problems or outcome.problems:
        return TROUBLE
    return FINDINGS if outcome.findings and not options.exit_zero else NOTHING_FOUND


def find_files(
    options: CheckOptions, settings: Settings, cwd: Path
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
    if settings.force_exclude and Excludes(settings, cwd).hides(path):
        return found, overlay
    return replace(found, files=tuple(sorted({*found.files, path}))), overlay


def read_settings(options: CheckOptions, cwd: Path) -> Settings:
    """Return the configuration with the options on top; refuse codes that no rule has."""
    settings = load_settings(options.config, cwd)
    known = [rule.code for rule in load_rules()] + [notice.code for notice in NOTICES]
    check_codes(settings, known)
    check_entries(options.select or (), known, "--select")
    check_entries(options.ignore or (), known, "--ignore")
    check_entries(options.extend_select, known, "--extend-select")
    given = {
        "select": options.select,
        "ignore": options.ignore,
        "extend_select": settings.extend_select + options.extend_select,
        "extend_exclude": settings.extend_exclude + options.extend_exclude,
        "force_exclude": options.force_exclude,
        "preview": options.preview,
        "min_confidence": options.min_confidence and Confidence(options.min_confidence),
    }
    changes = {key: value for key, value in given.items() if value is not None}
    return msgspec.structs.replace(settings, **changes)


def show_settings(settings: Settings) -> str:
    """Return the settings as the TOML that would produce them."""
    lines = [f"# from {settings.origin or 'the defaults'}"]
    keys: dict[str, object] = msgspec.to_builtins(msgspec.structs.replace(settings, origin=None))
    # A JSON string, list of strings or boolean is written the same way in TOML.
    lines += [
        f"{key} = {msgspec.json.encode(value).decode()}"
        for key, value in keys.items()
        if key != "origin"
    ]
    return "\n".join(lines) + "\n"


def write_reports(findings: Sequence[Finding], view: View, options: CheckOptions) -> None:
    """Write the chosen format to standard output or ``--output-file``, then every ``--report``.

    Raises UsageError if a file cannot be written; by then standard output has its report.
    """
    if options.output_file is None:
        shown = replace(view, colour=wants_colour(sys.stdout))
        write(render(findings, options.output_format, shown))
    targets = [*options.report]
    if options.output_file is not None:
        targets.append((options.output_format, options.output_file))
    failures: list[str] = []
    for name, path in targets:
        try:
            write_file(path, render(findings, name, view))
        except UsageError as error:
            failures.append(str(error))
    if failures:
        raise UsageError("; ".join(failures))


def summary(outcome: Outcome) -> str:
    """Return the last line: how many findings in how many files, and what was left out."""
    findings, checked = outcome.findings, count(outcome.checked, "file")
    files = len({finding.span.filename for finding in findings})
    found = f"Found {count(len(findings), 'finding')} in {count(files, 'file')}"
    line = f"{found if findings else 'No findings'} ({checked} checked)."
    left_out = len(outcome.not_analysed)
    if not left_out:
        return line
    verb = "was" if left_out == 1 else "were"
    return f"{line} {count(left_out, 'function')} {verb} not analysed (names with --statistics)."


def statistics(outcome: Outcome) -> Iterator[str]:
    """Yield a line for each rule that found something, the most frequent first, and totals.

    They go to standard error, so that a report on standard output stays what its format says.
    """
    found = Counter((each.code, each.name) for each in outcome.findings)
    totals = {
        "files checked": outcome.checked,
        "functions analysed": outcome.analysed,
        "functions not analysed": len(outcome.not_analysed),
        "findings suppressed": len(outcome.suppressed),
    }
    width = len(str(max((*found.values(), *totals.values()))))
    for (code, name), number in sorted(found.items(), key=lambda each: (-each[1], each[0])):
        yield f"{number:{width}}  {code}  {name}"
    for label, number in totals.items():
        yield f"{number:{width}}  {label}"


def _say(lines: Iterable[str], kind: str, *, wanted: bool) -> None:
    for line in lines if wanted else ():
        note(f"{kind}: {printable(line)}")
