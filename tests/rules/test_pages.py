"""The page of a rule: its headings, and its examples, which the rule itself judges."""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path

import pytest
import shapeguard_rules

from shapeguard.lint.config import Settings
from shapeguard.lint.engine import check
from shapeguard.lint.packs import load_rules

ROOT = Path(__file__).parents[2]
HEADINGS = [
    "What it does",
    "Why is this bad?",
    "Example",
    "Use instead",
    "Fix safety",
    "Known limits",
    "References",
]
BUILT_IN = [rule for rule in load_rules() if rule.__module__.startswith("shapeguard_rules.")]
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
every_rule = pytest.mark.parametrize("rule", BUILT_IN, ids=lambda rule: rule.code)


def page(rule):
    return inspect.getdoc(sys.modules[rule.__module__])


def section(rule, heading):
    return page(rule).split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def codes_found(rule, heading, directory):
    (code,) = BLOCK.findall(section(rule, heading))[:1]
    path = directory / "example.py"
    path.write_text(code if "import torch" in code else f"import torch\n\n\n{code}", "utf-8")
    outcome = check([path], Settings(), root=directory, rules=[rule])
    assert not outcome.problems
    assert not outcome.not_analysed
    return {each.code for each in outcome.findings}


@every_rule
def test_a_page_has_its_headings_in_their_order(rule):
    assert re.findall(r"^## (.+)$", page(rule), re.MULTILINE) == HEADINGS


@every_rule
def test_a_page_begins_with_a_sentence_and_ends_with_addresses(rule):
    first = page(rule).splitlines()[0]
    assert first.endswith(".")
    assert len(first) <= 100
    assert re.search(r"\]\(https://[^)]+\)", section(rule, "References"))


@every_rule
def test_the_example_is_flagged(rule, tmp_path):
    assert codes_found(rule, "Example", tmp_path) == {rule.code}


@every_rule
def test_what_to_use_instead_is_silent(rule, tmp_path):
    assert codes_found(rule, "Use instead", tmp_path) == set()


@every_rule
def test_a_rule_says_what_reports_need(rule):
    assert re.fullmatch(r"SG[1-4]\d\d", rule.code)
    assert rule.__module__ == f"shapeguard_rules.{rule.code.lower()}"
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)+", rule.name)
    assert rule.since == "0.1.0"
    assert rule.__doc__


def test_names_and_files_are_each_of_one_rule():
    names = [rule.name for rule in BUILT_IN]
    assert len(set(names)) == len(names)
    files = {path.stem for path in Path(shapeguard_rules.__file__).parent.glob("sg*.py")}
    assert files == {rule.code.lower() for rule in BUILT_IN}
    cases = {path.stem for path in Path(__file__).parent.joinpath("cases").glob("sg*.py")}
    assert cases == files


@every_rule
def test_the_changelog_and_the_list_of_rules_name_it(rule):
    wanted = f"  - {rule.code} `{rule.name}`: what it flags"
    line = re.search(rf"^ +- {rule.code} `{rule.name}`( \(preview\))?:", changelog(), re.MULTILINE)
    assert line, f"CHANGELOG.md lacks a line such as {wanted!r}"
    assert bool(line[1]) == rule.preview
    index = (ROOT / "docs" / "rules" / "index.md").read_text("utf-8")
    assert f"| [{rule.code}]({rule.code}.md) | {rule.name} |" in index


def changelog():
    return (ROOT / "CHANGELOG.md").read_text("utf-8")
