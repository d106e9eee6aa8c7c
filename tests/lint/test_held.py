"""Trees are dropped when much text is held as trees, and nothing that is found depends on that."""

from __future__ import annotations

from shapeguard.finding import Confidence
from shapeguard.lint import held, parsing
from shapeguard.lint.config import Settings
from shapeguard.lint.engine import check
from tests.rules.test_released_packages import unpacked

EVERYONE = Settings(preview=True, min_confidence=Confidence.LOW)


def findings(home):
    paths = sorted((home / "adapters/methods").rglob("*.py"))
    return check(paths, EVERYONE, root=home).findings


def test_what_is_found_does_not_depend_on_when_trees_are_dropped(monkeypatch):
    home, parsed = unpacked("adapters", "1.3.0"), []
    parse = parsing.cst.parse_module

    def counted(text):
        parsed.append(text)
        return parse(text)

    monkeypatch.setattr(parsing.cst, "parse_module", counted)
    kept = findings(home)
    once = len(parsed)
    monkeypatch.setattr(held, "MOST", 20_000)
    assert findings(home) == kept
    assert len(parsed) - once > 2 * once
