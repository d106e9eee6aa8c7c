"""Documents and code agree: codes, names, commands, extras and files."""

from __future__ import annotations

import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import click
import pytest

import shapeguard
from shapeguard.cli.catalogue import rule_pages
from shapeguard.cli.group import COMMANDS
from shapeguard.cli.group import shapeguard as group
from shapeguard.contracts.hazards import HAZARDS

EXAMPLE = "SG199"
"""The rule that CONTRIBUTING writes."""

KNOWN = {each.code: each.name for each in (*rule_pages(), *HAZARDS)}
FOREIGN = {"adapter_layer_base.py"}
"""Files of adapters that the architecture speaks about."""


def commands(text: str, blocks) -> list[list[str]]:
    """Return what stands after the prompts, in words; comments and what follows a pipe are cut."""
    prompts = [
        line.removeprefix("$ ")
        for language in ("console", "text")
        for block in blocks(text, language)
        for line in block.splitlines()
        if line.startswith("$ ")
    ]
    return [shlex.split(line.partition(" | ")[0], comments=True) for line in prompts]


def refuse(words: list[str], root: Path) -> None:
    """Raise for a command of shapeguard or make that does not exist in this form."""
    program, *arguments = words
    match Path(program).name:
        case "shapeguard":
            with click.Context(group) as context:
                found = group.get_command(context, arguments[0])
                assert found is not None, f"no subcommand {arguments[0]!r}"
                found.make_parser(click.Context(found, **found.context_settings)).parse_args(
                    arguments[1:]
                )
        case "make":
            command = ["make", "--dry-run", *arguments]
            subprocess.run(command, cwd=root, check=True, capture_output=True)
        case _:
            pass


def test_quoted_commands_exist(document, blocks, root):
    for words in commands(document.read_text("utf-8"), blocks):
        refuse(words, root)


def test_the_readme_quotes_commands(blocks, root):
    quoted = commands((root / "README.md").read_text("utf-8"), blocks)
    assert ["make", "demo"] in quoted
    assert ["make", "test"] in quoted
    assert {words[1] for words in quoted if words[0] == "shapeguard"} >= {"check", "run"}


@pytest.mark.parametrize(
    "words",
    [
        ["shapeguard", "nothing"],
        ["shapeguard", "check", "--nothing"],
        ["make", "nothing"],
    ],
    ids=" ".join,
)
def test_a_command_that_does_not_exist_is_noticed(words, root):
    with pytest.raises((AssertionError, click.NoSuchOption, subprocess.CalledProcessError)):
        refuse(words, root)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_subcommand_is_documented(command, everything):
    assert f"shapeguard {command}" in everything


@pytest.mark.parametrize("code", KNOWN)
def test_every_code_is_in_the_changelog_with_its_name(code, root):
    assert f"{code} `{KNOWN[code]}`" in (root / "CHANGELOG.md").read_text("utf-8")


def test_every_code_in_a_document_exists(document):
    mentioned = set(re.findall(r"\bSG\d{3}\b", document.read_text("utf-8")))
    example = {EXAMPLE} if document.name == "CONTRIBUTING.md" else set()
    assert mentioned - example <= set(KNOWN)


def test_the_example_of_a_rule_is_no_rule():
    assert EXAMPLE not in KNOWN


@pytest.mark.parametrize("name", shapeguard.__all__)
def test_every_public_name_is_documented(name, everything):
    assert re.search(rf"`(?:shapeguard\.)?{name}\b", everything)


def test_every_extra_in_a_document_exists(document, root):
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    named = re.findall(r"(?:shapeguard|\.)\[([a-z,]+)\]'", document.read_text("utf-8"))
    extras = {extra for each in named for extra in each.split(",")}
    assert extras <= set(project["optional-dependencies"])


def test_no_document_installs_by_the_name_that_another_project_has(document):
    text = document.read_text("utf-8")
    assert re.findall(r"pip install (?:-\S+ )*['\"]?shapeguard(?!\[\w+\] @)[^`\n]*", text) in (
        [],
        ["pip install shapeguard"] if document.name == "README.md" else [],
    )


@pytest.mark.parametrize("page", ["docs/architecture.md", "CONTRIBUTING.md"])
def test_every_file_that_is_named_exists(page, root):
    text = (root / page).read_text("utf-8")
    named = set(re.findall(r"`([\w/]+\.py)`", text)) - FOREIGN
    tracked = [
        f"/{path.relative_to(root).as_posix()}"
        for top in ("shapeguard", "rules", "tests", "docs")
        for path in (root / top).rglob("*.py")
    ]
    assert named
    missing = {name for name in named if not any(path.endswith(f"/{name}") for path in tracked)}
    assert {name for name in missing if EXAMPLE.lower() not in name} == set()
