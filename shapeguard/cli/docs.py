"""``python -m shapeguard.cli.docs DIRECTORY``: write the pages that are generated from the code there.

With ``--check`` nothing is written; the exit status is 1 if a file would change.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from shapeguard.cli import op_models, schema
from shapeguard.cli.catalogue import rule_pages
from shapeguard.cli.output import note, write_file
from shapeguard.lint.configuring import installed
from shapeguard.report.pages import files

RULES = "rules"


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--check", "only_check", is_flag=True, help="Write nothing; say what would change.")
def docs(directory: Path, *, only_check: bool) -> None:
    """Write the pages of the built-in rules, the list of op models and the schema to DIRECTORY."""
    wanted = generated()
    stale = changes(directory, wanted)
    for name in stale:
        note(f"{'stale' if only_check else 'written'}: {directory / name}")
    if only_check:
        sys.exit(1 if stale else 0)
    (directory / RULES).mkdir(parents=True, exist_ok=True)
    for name in stale:
        if name in wanted:
            write_file(directory / name, wanted[name])
        else:
            (directory / name).unlink()


def generated() -> dict[str, str]:
    """Return every generated page, by its path below the directory of documents."""
    built_in = [page for page in rule_pages() if page.code.startswith("SG")]
    pages = {f"{RULES}/{name}": text for name, text in files(built_in).items()}
    declared = {kind.code: kind.declares for kind in installed() if kind.code.startswith("SG")}
    configuration = schema.text(declared)
    return {**pages, op_models.NAME: op_models.page(), schema.NAME: configuration}


def changes(directory: Path, wanted: dict[str, str]) -> list[str]:
    """Return the names of pages that are missing, different, or of no rule."""
    present = {f"{RULES}/{path.name}": path for path in (directory / RULES).glob("*.md")}
    present.update({name: directory / name for name in wanted if (directory / name).is_file()})
    texts = {name: path.read_text("utf-8") for name, path in present.items()}
    names = sorted(wanted.keys() | texts.keys())
    return [name for name in names if wanted.get(name) != texts.get(name)]


if __name__ == "__main__":
    docs()
