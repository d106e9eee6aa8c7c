"""``shapeguard cache``: what is kept of checks, on several machines."""

from __future__ import annotations

from pathlib import Path

import click

from shapeguard.cli.output import write

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group(short_help="Merge what several machines keep of their checks.")
def cache() -> None:
    """Work with the files in which results of checks are kept."""


@cache.command(short_help="Merge cache files into one.")
@click.argument("into", type=_FILE)
@click.argument("files", type=_FILE, nargs=-1, required=True)
def merge(into: Path, files: tuple[Path, ...]) -> int:
    """Merge the cache files FILES into the cache file INTO, which is made if there is none."""
    from shapeguard.lint import merging  # noqa: PLC0415 - only where it is used

    done = merging.merge(into, files)
    write(
        f"{into}: projects copied: {done.copied}, joined: {done.joined},"
        f" with different files, of which the later state is kept: {done.left_out}\n"
    )
    return 0
