from __future__ import annotations

import importlib
import sys

import pytest

from shapeguard.lint.config import Settings
from shapeguard.lint.engine import check
from shapeguard.lint.packs import forget, load_models, load_rules, pack_problems

RULE = '''
"""A list joined by a library of our own."""

from shapeguard.lint.api import (
    Confidence, Consequence, Diagnosis, Event, Join, Rule, Severity, vocabulary,
)


class OwnJoin(Rule):
    """Says every join that the model of this pack describes."""

    code = "XY101"
    name = "own-join"
    severity = Severity.WARNING
    since = "1.0"
    listens_to = (Join,)

    def check(self, event: Event):
        if event.operation == "own.glue":
            yield Diagnosis(f"{len(event.operands)} glued", Confidence.HIGH, Consequence.SILENT)


RULES = (OwnJoin,)
MODELS = (vocabulary.Joins("own.glue", vocabulary.Parameter("dim", 1, 0)),)
'''
MODEL = """
from shapeguard.lint.api import vocabulary

MODEL = vocabulary.Joins("own.glue", vocabulary.Parameter("dim", 1, 0))
"""
JOIN = """
import torch


def g(prefix, state, index: slice):
    keys = state[index]
    if index.start < prefix.size(0):
        prefix = prefix[index]
    return torch.cat([prefix, keys], dim=1)
"""
CODE = "import own\n\n\ndef f(x, y):\n    return own.glue([x, y, x])\n"


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Return a function that installs a distribution: one module and its entry points."""
    monkeypatch.syspath_prepend(tmp_path)

    def add(module, source, **groups):
        (tmp_path / f"{module}.py").write_text(source, "utf-8")
        info = tmp_path / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n", "utf-8"
        )
        lines = (f"[shapeguard.{group}]\nown = {module}:{name}\n" for group, name in groups.items())
        (info / "entry_points.txt").write_text("\n".join(lines), "utf-8")
        importlib.invalidate_caches()
        forget()

    yield add
    for name in [name for name in sys.modules if name.startswith("xy_pack")]:
        del sys.modules[name]
    forget()


def test_the_built_in_rules_come_in_by_the_door_for_all():
    codes = [rule.code for rule in load_rules()]
    assert "SG101" in codes
    assert codes == sorted(codes)
    assert {"torch.cat", ".repeat"} <= load_models().keys()


def test_a_pack_of_rules_and_models_is_used(install, tmp_path):
    install("xy_pack", RULE, rules="RULES", models="MODELS")
    path = tmp_path / "code" / "a.py"
    path.parent.mkdir()
    path.write_text(CODE, "utf-8")
    (finding,) = check([path], Settings(), root=path.parent).findings
    assert (finding.code, finding.name, finding.message) == ("XY101", "own-join", "3 glued")
    assert (finding.span.start.row, finding.span.start.column) == (5, 12)
    assert check([path], Settings(ignore=("XY",)), root=path.parent).findings == ()


def test_without_its_model_the_rule_of_a_pack_sees_nothing(install, tmp_path):
    install("xy_pack", RULE, rules="RULES")
    path = tmp_path / "a.py"
    path.write_text(CODE, "utf-8")
    assert check([path], Settings(), root=tmp_path).findings == ()


BROKEN = [
    ("import absent_library\n", "1: ModuleNotFoundError: No module named 'absent_library'"),
    ("X = 1\ndef f(:\n", "2: SyntaxError: "),
    ("\n1 / 0\n", "2: ZeroDivisionError: division by zero"),
    ("def f():\n    return 1 / 0\n\nf()\n", "2: ZeroDivisionError: division by zero"),
    ("OTHER = ()\n", "AttributeError: "),
    ("X = 1\nRULES = []\n", "2: expected a tuple, found list"),
    ("RULES: tuple = (int,)\n", "1: <class 'int'> is not a Rule class"),
    ("RULES = ('XY101',)\n", "1: 'XY101' is not a Rule class"),
    (f"{RULE}\nRULES = (OwnJoin(),)\n", "26: <"),
    (f"{RULE}\nRULES = (OwnJoin, OwnJoin)\n", "9: XY101 is defined twice"),
    (f"{RULE}\nOwnJoin.code = 'SG101'\n", "9: SG101 is defined twice"),
    (f"{RULE}\ndel OwnJoin.since\n", "9: OwnJoin lacks `since`"),
    (
        f"{RULE}\nOwnJoin.listens_to = ('Join',)\n",
        "9: `listens_to` or `shown_by` of OwnJoin is no good",
    ),
    (f"{RULE}\nOwnJoin.shown_by = None\n", "9: `listens_to` or `shown_by` of OwnJoin is no good"),
    (f"{RULE}\nOwnJoin = Rule\nRULES = (Rule,)\n", "Rule lacks `code`"),
]


@pytest.mark.parametrize(("source", "why"), BROKEN)
def test_a_broken_pack_of_rules_is_named_and_the_rest_is_used(install, source, why):
    install("xy_pack", source, rules="RULES")
    assert "SG101" in [rule.code for rule in load_rules()]
    assert "XY101" not in [rule.code for rule in load_rules()]
    (problem,) = pack_problems()
    assert problem.startswith("pack 'own' (xy_pack:RULES): ")
    assert why in problem
    assert why[0] not in "123456789" or f"xy_pack.py:{why}" in problem


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("import absent_library\n", "1: ModuleNotFoundError: No module named 'absent_library'"),
        ("MODELS = {}\n", "1: expected a tuple, found dict"),
        ("MODELS = (3,)\n", "1: 3 is not an op model"),
        (f"{MODEL}MODELS = (MODEL, MODEL)\n", "5: own.glue is declared twice"),
    ],
)
def test_a_broken_pack_of_models_is_named_and_the_rest_is_used(install, source, why):
    install("xy_pack", source, models="MODELS")
    assert "torch.cat" in load_models()
    assert "own.glue" not in load_models()
    (problem,) = pack_problems()
    assert problem.startswith("pack 'own' (xy_pack:MODELS): ")
    assert f"xy_pack.py:{why}" in problem


def test_a_pack_may_say_otherwise_than_the_built_in_models(install):
    built_in = load_models()["torch.cat"]
    install("xy_pack", f"{MODEL}MODELS = (vocabulary.Keeps('torch.cat'),)\n", models="MODELS")
    assert built_in != load_models()["torch.cat"]
    assert type(load_models()["torch.cat"]).__name__ == "Keeps"


def test_of_two_packs_that_declare_one_name_the_second_is_left_out(install, tmp_path):
    install("xy_pack", f"{MODEL}MODELS = (MODEL,)\n", models="MODELS")
    install("xy_pack_too", f"{MODEL}MODELS = (MODEL,)\n", models="MODELS")
    assert "own.glue" in load_models()
    assert pack_problems() == (
        (
            f"pack 'own' (xy_pack_too:MODELS): {tmp_path / 'xy_pack_too.py'}:5: "
            "own.glue is declared by pack 'own' (xy_pack:MODELS) too"
        ),
    )


def test_a_broken_pack_and_a_broken_rule_are_problems_of_the_check(install, tmp_path):
    raising = RULE.replace(
        "if event.operation", "raise TypeError('no')\n        if event.operation"
    )
    install("xy_pack", raising, rules="RULES", models="MODELS")
    install("xy_pack_none", "RULES = None\n", rules="RULES")
    path = tmp_path / "code" / "a.py"
    path.parent.mkdir()
    path.write_text(f"{CODE}{JOIN}", "utf-8")
    outcome = check([path], Settings(), root=path.parent)
    assert outcome.problems == (
        (
            f"pack 'own' (xy_pack_none:RULES): {tmp_path / 'xy_pack_none.py'}:1: "
            "expected a tuple, found NoneType"
        ),
        f"rule XY101 (xy_pack) failed: {tmp_path / 'xy_pack.py'}:19: TypeError: no",
    )
    assert [finding.code for finding in outcome.findings] == ["SG101"]
    assert outcome.checked == 1
