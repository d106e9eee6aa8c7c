from __future__ import annotations

import json
from pathlib import Path

import pytest

from shapeguard.cli.catalogue import find_page, rule_pages
from shapeguard.errors import UsageError

DOCS = Path(__file__).parents[2] / "docs" / "rules"
HEADINGS = (
    "What it does",
    "Why is this bad?",
    "Example",
    "Use instead",
    "Fix safety",
    "Known limits",
    "References",
)


@pytest.fixture(scope="module")
def pages():
    return rule_pages()


def test_page_of_a_rule(tool):
    done = tool("rule", "sg101")
    assert done.returncode == 0
    assert done.stdout.startswith("# SG101: ")
    for heading in HEADINGS:
        assert f"## {heading}\n" in done.stdout


def test_page_by_name_is_the_page_by_code(tool, pages):
    name = find_page("SG101", pages).name
    assert tool("rule", name).stdout == tool("rule", "SG101").stdout


@pytest.mark.parametrize("code", ["SG501", "sg601"])
def test_codes_of_running_programs_have_pages_too(tool, code):
    done = tool("rule", code)
    assert done.returncode == 0
    assert done.stdout.startswith(f"# {code.upper()}: ")
    assert "*error*" in done.stdout


def test_terminal_gets_the_page_laid_out(tool):
    text = tool("rule", "SG101", FORCE_COLOR="1", TERM="xterm-256color").stdout
    assert "\x1b[" in text
    assert "## What it does" not in text
    assert "What it does" in text


def test_list_and_all(tool, pages):
    listed = tool("rule").stdout.splitlines()
    assert [line.split()[0] for line in listed] == [page.code for page in pages]
    everything = tool("rule", "--all").stdout
    assert all(f"# {page.code}: {page.name}\n" in everything for page in pages)


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        (["SG110"], "unknown rule 'SG110'; nearest: SG"),
        (["???"], "unknown rule '???'; `shapeguard rule` lists all"),
        (["SG101", "--all"], "give a rule code or --all, not both"),
    ],
)
def test_wrong_usage_is_status_2(arguments, phrase, tool):
    done = tool("rule", *arguments)
    assert done.returncode == 2
    assert phrase in done.stderr


def test_unknown_rule_is_a_usage_error(pages):
    with pytest.raises(UsageError):
        find_page("", pages)


def test_every_reported_code_has_its_page(tool, project, pages):
    (project / "broken.py").write_text("def f(:\n", "utf-8")
    found = json.loads(tool("check", "--output-format", "json").stdout)
    assert {entry["code"] for entry in found} == {"SG101", "SG900"}
    for entry in found:
        page = find_page(entry["code"], pages)
        assert (page.name, page.severity.value) == (entry["name"], entry["severity"])


def test_codes_and_names_are_unique(pages):
    assert len({page.code for page in pages}) == len({page.name for page in pages}) == len(pages)


def test_every_rule_is_documented_under_the_same_headings(pages):
    for page in pages:
        found = [line[3:] for line in page.text.splitlines() if line.startswith("## ")]
        assert tuple(found) == HEADINGS, page.code
