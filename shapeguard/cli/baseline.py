"""``shapeguard baseline``: accept what is there, so that only what is new is reported."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import click

from shapeguard.cli.check import CheckOptions, check

_OF_CHECK: Final = frozenset(
    {
        "paths",
        "select",
        "ignore",
        "extend_select",
        "preview",
        "min_confidence",
        "config",
        "extend_exclude",
        "force_exclude",
        "jobs",
        "no_cache",
        "cache_dir",
    }
)
"""The parameters that say what is checked; they are those of ``check``."""


def _with_options(command: click.Command) -> click.Command:
    """Give a command what says which files are checked for what, and its own options."""
    command.params = [
        *(each for each in check.params if each.name in _OF_CHECK),
        click.Option(
            ["--baseline"],
            type=click.Path(path_type=Path, readable=False),
            metavar="F",
            help="The file, where it is not the one that the configuration names.  "
            "[default: shapeguard-baseline.json beside the configuration]",
        ),
        click.Option(["-q", "--quiet"], is_flag=True, help="Print errors, nothing else."),
        click.Option(["-v", "--verbose"], is_flag=True, help="Name the entries that change."),
    ]
    return command


def _options(given: dict[str, Any]) -> CheckOptions:
    """Return the options of a check that was given these and no others."""
    others = check.make_context("check", []).params
    return CheckOptions(**{**others, **given})


@click.group(short_help="Keep what was found before out of the report.")
def baseline() -> None:
    """Keep what was found before in a file, so that `shapeguard check` reports only what is new."""


@_with_options
@baseline.command(short_help="Put all present findings into the baseline.")
def write(**given: Any) -> int:  # noqa: ANN401 - click passes what the options declare
    """Check PATHS (default: the current directory) and put all findings into the baseline.

    Accepted entries are kept; so is what is known of other files. Stale entries are removed. Exit
    status: 0 written, 2 wrong usage or configuration, or a path that cannot be read.
    """
    from shapeguard.cli.baselining import run_baseline  # noqa: PLC0415 - --help loads no analysis

    return run_baseline(_options(given), adding=True)


@_with_options
@baseline.command(short_help="Remove stale entries from the baseline.")
def prune(**given: Any) -> int:  # noqa: ANN401 - as above
    """Check PATHS (default: the current directory) and remove entries whose findings are gone.

    Nothing is added. Exit status: 0 done, 2 wrong usage or configuration, or a path that cannot be
    read.
    """
    from shapeguard.cli.baselining import run_baseline  # noqa: PLC0415 - as above

    return run_baseline(_options(given), adding=False)
