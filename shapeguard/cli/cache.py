"""``shapeguard cache``: what is kept of checks, merged or deleted."""

from __future__ import annotations

from pathlib import Path

import click

from shapeguard.cli.output import write
from shapeguard.lint.cache_file import RESULTS, TEXTS

_FILE = click.Path(path_type=Path, dir_okay=False)
_OWN = {
    "CACHEDIR.TAG",
    ".gitignore",
    *(f"{name}{suffix}" for name in (RESULTS, TEXTS) for suffix in ("", "-wal", "-shm")),
}


@click.group(short_help="Merge or delete what is kept of checks.")
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


@cache.command(short_help="Delete a cache directory.")
@click.argument(
    "directory", type=click.Path(path_type=Path, file_okay=False), default=".shapeguard_cache"
)
def clean(directory: Path) -> int:
    """Delete the cache directory DIRECTORY, if nothing else is in it."""
    from shapeguard.errors import UsageError  # noqa: PLC0415 - only where it is used

    tag = directory / "CACHEDIR.TAG"
    if directory.is_symlink() or not tag.is_file() or b"shapeguard" not in tag.read_bytes():
        message = f"{directory}: no cache directory of shapeguard"
        raise UsageError(message)
    found = sorted(directory.iterdir())
    for path in found:
        if path.name not in _OWN or path.is_dir():
            message = f"{path}: not a file of the cache, so nothing is deleted"
            raise UsageError(message)
    for path in found:
        path.unlink(missing_ok=True)
    directory.rmdir()
    return 0
