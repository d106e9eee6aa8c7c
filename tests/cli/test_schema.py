"""The schema for editors accepts what shapeguard accepts, and refuses what it refuses."""

from __future__ import annotations

import json
import tomllib

import pytest
from jsonschema import Draft202012Validator

from shapeguard.cli.catalogue import rule_pages
from shapeguard.cli.schema import text
from shapeguard.errors import UsageError
from shapeguard.lint.configuring import configure, installed

CODES = [page.code for page in rule_pages()]
SCHEMA = json.loads(text({kind.code: kind.declares for kind in installed()}))
GOOD = [
    "",
    'select = ["SG1", "SG304"]\nignore = ["SG101"]\nextend-select = ["ALL"]',
    'select = ["S", "SG", "SG10", "SG304"]',
    'exclude = ["!a", "../b", "\\\\#c"]\n[per-file-ignores]\n"!../a" = ["SG1"]\n" a" = []',
    'exclude = ["build/"]\nextend-exclude = ["a/**"]\nforce-exclude = true',
    'min-confidence = "low"\npreview = true\nempty-axes = ["batch"]',
    'baseline = "known.json"\nsrc = ["python"]',
    '[per-file-ignores]\n"tests/*" = ["SG1"]\n"!src/**" = ["ALL", "SG304"]',
    '[rules.SG304]\nseverity = "info"\nmin-confidence = "high"',
    '[rules.SG903]\npattern = "[A-Z]+-[0-9]+"',
]
BAD = [
    'select = ["SG999"]',
    'ignore = ["SG9999"]',
    'extend-select = ["SGX"]',
    'exclude = [""]',
    'extend-exclude = ["!"]',
    'extend-exclude = ["#a"]',
    '[per-file-ignores]\n"" = ["SG1"]',
    '[per-file-ignores]\n"!" = ["SG1"]',
    '[per-file-ignores]\n"!#a" = ["SG1"]',
    '[per-file-ignores]\n"!!a" = ["SG1"]',
    "selct = []",
    'select = "SG1"',
    "select = [1]",
    'ignore = ["sg101"]',
    'min-confidence = "sure"',
    "preview = 1",
    'origin = "x"',
    'per-file-ignores = ["a"]',
    '[per-file-ignores]\n"tests/*" = "SG1"',
    '[per-file-ignores]\n"tests/*" = ["sg1"]',
    'extend = ""',
    'extend = ["a.toml"]',
    'baseline = ["a"]',
    "baseline = ''",
    'src = "python"',
    'empty-axes = ["two words"]',
    'rules = ["SG101"]',
    "[rules]\nSG101 = 1",
    '[rules.SG101]\nseverity = "fatal"',
    "[rules.SG101]\npattern = 'a'",
    "[rules.SG903]\npattern = 3",
    "[rules.SG199]\nseverity = 'info'",
]


def agreed(source, tmp_path):
    """Return whether the schema accepts a configuration, and whether shapeguard does."""
    path = tmp_path / "shapeguard.toml"
    path.write_text(source, "utf-8")
    try:
        configure(path, tmp_path)
    except UsageError:
        loads = False
    else:
        loads = True
    return Draft202012Validator(SCHEMA).is_valid(tomllib.loads(source)), loads


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("source", GOOD)
def test_what_is_right_is_accepted_by_both(source, tmp_path):
    assert agreed(source, tmp_path) == (True, True)


@pytest.mark.parametrize("source", BAD)
def test_what_is_wrong_is_refused_by_both(source, tmp_path):
    assert agreed(source, tmp_path) == (False, False)


def test_every_built_in_code_and_every_key_is_offered():
    offered = SCHEMA["properties"]["select"]["items"]["anyOf"][0]["enum"]
    assert set(CODES) <= set(offered)
    assert all(value["description"] for value in SCHEMA["properties"].values())
