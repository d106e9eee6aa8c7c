"""``shapeguard check``: find hazards in source text, without running it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, NamedTuple

import click

from shapeguard.cli.completion import complete_codes, complete_reports
from shapeguard.cli.sections import SectionedCommand
from shapeguard.report import FORMATS

# What cannot be read is reported by the check itself, which goes on with the other paths.
_PATH: Final = click.Path(path_type=Path, readable=False)


class CheckOptions(NamedTuple):
    """The command line of ``check``, as click has read it; ``None`` means not given."""

    paths: tuple[Path, ...]
    output_format: str
    output_file: Path | None
    report: tuple[tuple[str, Path], ...]
    select: tuple[str, ...] | None
    extend_select: tuple[str, ...]
    ignore: tuple[str, ...] | None
    preview: bool | None
    min_confidence: str | None
    config: Path | None
    extend_exclude: tuple[str, ...]
    force_exclude: bool | None
    baseline: Path | None
    no_baseline: bool
    diff_base: str | None
    fix: bool
    unsafe_fixes: bool
    fix_only: bool
    diff: bool
    add_ignore: str | None
    watch: bool
    jobs: int | None
    no_cache: bool
    cache_dir: Path | None
    exit_zero: bool
    quiet: bool
    verbose: bool
    statistics: bool
    show_files: bool
    show_settings: bool
    stdin_filename: Path | None


def _split_codes(
    _ctx: click.Context, param: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...] | None:
    """Split comma-separated codes; options that replace a setting tell absent from empty."""
    codes = tuple(code.strip() for value in values for code in value.split(",") if code.strip())
    return codes if values or param.name == "extend_select" else None


def _split_reports(
    _ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, Path], ...]:
    return tuple(_split_report(value) for value in values)


def _split_report(value: str) -> tuple[str, Path]:
    name, equals, path = value.partition("=")
    if not equals or not path or name not in FORMATS:
        message = f"{value!r} is not NAME=FILE with one of {', '.join(FORMATS)} as NAME."
        raise click.BadParameter(message)
    return name, Path(path)


_SECTIONS: Final = {
    "Output": ("output_format", "output_file", "report", "statistics", "quiet", "verbose"),
    "Rules": ("select", "ignore", "extend_select", "preview", "min_confidence", "config"),
    "Files": ("extend_exclude", "force_exclude", "stdin_filename", "show_files", "show_settings"),
    "What is new": ("baseline", "no_baseline", "diff_base", "add_ignore"),
    "Fixes": ("fix", "unsafe_fixes", "fix_only", "diff"),
}


@click.command(
    cls=SectionedCommand,
    sections=_SECTIONS,
    short_help="Check source code for shape hazards.",
)
@click.argument("paths", nargs=-1, type=_PATH)
@click.option(
    "--output-format",
    type=click.Choice(list(FORMATS)),
    default="full",
    show_default=True,
    envvar="SHAPEGUARD_OUTPUT_FORMAT",
    show_envvar=True,
    help="How findings are written to standard output.",
)
@click.option("-o", "--output-file", type=_PATH, metavar="F", help="Write there instead.")
@click.option(
    "--report",
    multiple=True,
    metavar="NAME=F",
    callback=_split_reports,
    shell_complete=complete_reports,
    help="Also write the format NAME to the file F. May be repeated.",
)
@click.option(
    "--select",
    multiple=True,
    metavar="CODES",
    callback=_split_codes,
    shell_complete=complete_codes,
    help="Report these rules only: codes or prefixes, comma-separated, or ALL.",
)
@click.option(
    "--ignore",
    multiple=True,
    metavar="CODES",
    callback=_split_codes,
    shell_complete=complete_codes,
    help="Do not report these rules.",
)
@click.option(
    "--extend-select",
    multiple=True,
    metavar="CODES",
    callback=_split_codes,
    shell_complete=complete_codes,
    help="Report these rules as well.",
)
@click.option("--preview/--no-preview", default=None, help="Report preview rules too.")
@click.option(
    "--min-confidence",
    type=click.Choice(["low", "medium", "high"]),
    help="Report findings of at least this confidence.  [default: medium]",
)
@click.option("--config", type=_PATH, metavar="F", help="Read this configuration file.")
@click.option(
    "--extend-exclude",
    multiple=True,
    metavar="PATTERN",
    help="Skip files that match this gitignore pattern as well. May be repeated.",
)
@click.option(
    "--force-exclude/--no-force-exclude",
    default=None,
    help="Let excludes hold for files that are named as PATHS, too.",
)
@click.option(
    "--baseline",
    type=_PATH,
    metavar="F",
    help="Report only what this baseline does not hold; see `shapeguard baseline`.",
)
@click.option("--no-baseline", is_flag=True, help="Report what the baseline holds, too.")
@click.option(
    "--diff-base",
    metavar="REF",
    help="Report only findings with a step on a line that has changed since REF.",
)
@click.option("--fix", is_flag=True, help="Apply the fixes that keep what the program means.")
@click.option(
    "--unsafe-fixes", is_flag=True, help="Let --fix, --fix-only and --diff take all fixes."
)
@click.option("--fix-only", is_flag=True, help="Apply fixes, and report nothing of what is left.")
@click.option("--diff", is_flag=True, help="Print what fixes would change, and change nothing.")
@click.option(
    "--add-ignore",
    metavar="REASON",
    help="Put a comment that suppresses it, with this reason, beside every finding.",
)
@click.option("--watch", is_flag=True, help="Check again whenever a file changes.")
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Use that many processes.  [default: one for each processor]",
)
@click.option("--no-cache", is_flag=True, help="Neither use nor keep results of earlier checks.")
@click.option(
    "--cache-dir",
    type=_PATH,
    metavar="D",
    envvar="SHAPEGUARD_CACHE_DIR",
    show_envvar=True,
    help="Keep results there.  [default: .shapeguard_cache beside the configuration]",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if there are findings.")
@click.option("-q", "--quiet", is_flag=True, help="Print findings and errors, nothing else.")
@click.option("-v", "--verbose", is_flag=True, help="Say what is read and how long it takes.")
@click.option(
    "--statistics",
    is_flag=True,
    help="Count findings by rule, and functions that were analysed; name those that were not.",
)
@click.option("--show-files", is_flag=True, help="List the files to check, and stop.")
@click.option("--show-settings", is_flag=True, help="Print the settings in force, and stop.")
@click.option(
    "--stdin-filename",
    type=_PATH,
    metavar="F",
    help="Check standard input, given as the path -, in place of the file F.",
)
def check(**given: Any) -> int:  # noqa: ANN401 - click passes what the options above declare
    """Check the Python files in PATHS (default: the current directory) for shape hazards.

    Code is read, never executed. Exit status: 0 nothing found, 1 findings, 2 wrong usage or
    configuration, or a path that cannot be read.
    """
    from shapeguard.lint.memory import seldom_collected  # noqa: PLC0415 - --help loads no analysis

    with seldom_collected():
        from shapeguard.cli.checking import run_check  # noqa: PLC0415 - as above

        return run_check(CheckOptions(**given))
