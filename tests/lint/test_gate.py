"""The gate loses nothing: with every function executed from all its callers the findings are the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from shapeguard.finding import Confidence
from shapeguard.lint import examination
from shapeguard.lint.config import Settings
from shapeguard.lint.engine import check
from shapeguard.lint.gate import Gate
from shapeguard.lint.gating import signs_of
from shapeguard.lint.marks import EVERYTHING, SUBSCRIPT
from shapeguard.lint.packs import load_models, load_rules
from tests.rules.test_released_packages import unpacked

CASES = Path(__file__).parents[1] / "rules" / "cases"
EVERYONE = Settings(preview=True, min_confidence=Confidence.LOW)


def found(paths, root):
    outcome = check(paths, EVERYONE, root=root)
    assert not outcome.problems
    return outcome.findings, outcome.analysed


def found_without_gate(paths, root, monkeypatch):
    opened = Gate(frozenset({EVERYTHING}))
    with monkeypatch.context() as patched:
        patched.setattr(examination, "joined", lambda _signs: opened)
        return found(paths, root)


@pytest.mark.parametrize("path", sorted(CASES.glob("*.py")), ids=lambda path: path.stem)
def test_a_case_file_has_the_same_findings_with_and_without_gate(path, tmp_path, monkeypatch):
    copy = Path(shutil.copy(path, tmp_path))
    assert found([copy], tmp_path)[0] == found_without_gate([copy], tmp_path, monkeypatch)[0]


@pytest.mark.parametrize(
    ("package", "version", "part"),
    [
        ("pytorch-metric-learning", "2.9.0", "."),
        ("adapters", "1.3.0", "adapters/methods"),
        ("adapters", "1.3.0", "adapters/heads"),
    ],
)
def test_a_released_package_has_the_same_findings_with_and_without_gate(
    package, version, part, monkeypatch
):
    home = unpacked(package, version)
    paths = sorted((home / part).rglob("*.py"))
    findings, executed = found(paths, home)
    without, all_executed = found_without_gate(paths, home, monkeypatch)
    assert findings == without
    assert executed < all_executed


def test_no_built_in_rule_admits_every_function():
    for rule in load_rules():
        assert EVERYTHING not in signs_of(load_models(), rule).alone, rule.code


def test_a_rule_without_signs_is_admitted_by_what_its_events_need():
    (plain,) = (rule for rule in load_rules() if rule.code == "SG203")
    assert SUBSCRIPT in signs_of(load_models(), plain).alone
