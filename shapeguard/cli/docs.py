"""``python -m shapeguard.cli.docs DIRECTORY``: write the rule pages there.

With ``--check`` nothing is written; the exit status is 1 if a file would change.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from shapeguard.cli.catalogue import rule_pages
from shapeguard.cli.output import note, write_file
from shapeguard.report.pages import files


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--check", "only_check", is_flag=True, help="Write nothing; say what would change.")
def docs(directory: Path, *, only_check: bool) -> None:
    """Write the page of every built-in rule, and an index, to DIRECTORY."""
    wanted = files(page for page in rule_pages() if page.code.startswith("SG"))
    stale = changes(directory, wanted)
    for name in stale:
        note(f"{'stale' if only_check else 'written'}: {directory / name}")
    if only_check:
        sys.exit(1 if stale else 0)
    directory.mkdir(parents=True, exist_ok=True)
    for name in stale:
        if name in wanted:
            write_file(directory / name, wanted[name])
        else:
            (directory / name).unlink()


def changes(directory: Path, wanted: dict[str, str]) -> list[str]:
    """Return the names of pages that are missing, different, or of no rule."""
    present = {path.name: path.read_text("utf-8") for path in directory.glob("*.md")}
    names = sorted(wanted.keys() | present.keys())
    return [name for name in names if wanted.get(name) != present.get(name)]


if __name__ == "__main__":
    docs()
