from __future__ import annotations

import importlib
import sys

import pytest

from shapeguard.errors import PackError
from shapeguard.lint.config import Settings
from shapeguard.lint.engine import check
from shapeguard.lint.packs import load_models, load_rules

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
        _forget()

    yield add
    for name in [name for name in sys.modules if name.startswith("xy_pack")]:
        del sys.modules[name]
    _forget()


def _forget():
    load_rules.cache_clear()
    load_models.cache_clear()


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


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("import absent_library\n", "ModuleNotFoundError: No module named 'absent_library'"),
        ("def f(:\n", "SyntaxError: "),
        ("1 / 0\n", "ZeroDivisionError: division by zero"),
        ("OTHER = ()\n", "AttributeError: "),
        ("RULES = []\n", "expected a tuple, found list"),
        ("RULES = (int,)\n", "<class 'int'> is not a Rule class"),
        ("RULES = ('XY101',)\n", "'XY101' is not a Rule class"),
        (f"{RULE}\nRULES = (OwnJoin(),)\n", "is not a Rule class"),
        (f"{RULE}\nRULES = (OwnJoin, OwnJoin)\n", "XY101 is defined twice"),
        (f"{RULE}\nOwnJoin.code = 'SG101'\n", "SG101 is defined twice"),
    ],
)
def test_a_broken_pack_of_rules_is_named_with_its_reason(install, source, why):
    install("xy_pack", source, rules="RULES")
    with pytest.raises(PackError) as caught:
        load_rules()
    assert str(caught.value).startswith("pack 'own' (xy_pack:RULES): ")
    assert why in str(caught.value)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("import absent_library\n", "No module named 'absent_library'"),
        ("MODELS = {}\n", "expected a tuple, found dict"),
        ("MODELS = (3,)\n", "3 is not an op model"),
        (f"{MODEL}MODELS = (MODEL, MODEL)\n", "own.glue is declared twice"),
    ],
)
def test_a_broken_pack_of_models_is_named_with_its_reason(install, source, why):
    install("xy_pack", source, models="MODELS")
    with pytest.raises(PackError) as caught:
        load_models()
    assert str(caught.value).startswith("pack 'own' (xy_pack:MODELS): ")
    assert why in str(caught.value)


def test_a_pack_may_say_otherwise_than_the_built_in_models(install):
    built_in = load_models()["torch.cat"]
    install("xy_pack", f"{MODEL}MODELS = (vocabulary.Keeps('torch.cat'),)\n", models="MODELS")
    assert built_in != load_models()["torch.cat"]
    assert type(load_models()["torch.cat"]).__name__ == "Keeps"


def test_two_packs_that_declare_one_name_clash(install):
    install("xy_pack", f"{MODEL}MODELS = (MODEL,)\n", models="MODELS")
    install("xy_pack_too", f"{MODEL}MODELS = (MODEL,)\n", models="MODELS")
    with pytest.raises(PackError) as caught:
        load_models()
    assert str(caught.value) == (
        "pack 'own' (xy_pack_too:MODELS): own.glue is declared by pack 'own' (xy_pack:MODELS) too"
    )


def test_a_broken_pack_stops_the_check(install, tmp_path):
    install("xy_pack", "RULES = None\n", rules="RULES")
    (tmp_path / "a.py").write_text("x = 1\n", "utf-8")
    with pytest.raises(PackError):
        check([tmp_path / "a.py"], Settings(), root=tmp_path)
