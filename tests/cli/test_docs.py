"""The generated documents say what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shapeguard.cli.docs import changes, generated
from shapeguard.lint.flow.models import MODELS

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def wanted():
    return generated()


@pytest.mark.skipif(not DOCS.is_dir(), reason="the documentation is not in the wheel")
def test_documentation_is_what_the_code_says(wanted):
    assert changes(DOCS, wanted) == [], "run: make docs"


def test_drift_is_noticed(tmp_path, wanted):
    (tmp_path / "rules").mkdir()
    for name, text in wanted.items():
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "written-by-hand.md").write_text("of no interest", "utf-8")
    assert changes(tmp_path, wanted) == []
    (tmp_path / "rules/SG101.md").write_text("old", "utf-8")
    (tmp_path / "rules/SG999.md").write_text("of no rule", "utf-8")
    (tmp_path / "rules/index.md").unlink()
    (tmp_path / "op-models.md").write_text("old", "utf-8")
    stale = ["op-models.md", "rules/SG101.md", "rules/SG999.md", "rules/index.md"]
    assert changes(tmp_path, wanted) == stale


def test_every_op_model_is_listed_once_with_what_it_says(wanted):
    page = wanted["op-models.md"]
    rows = [line for line in page.splitlines() if re.match(r"\| [A-Z]\w+ \| [A-Z]", line)]
    listed = [name for row in rows for name in re.findall(r"`([^`]+)`", row.split(" | ")[2])]
    assert sorted(listed) == sorted(model.name for model in MODELS)
    assert f"{len(MODELS)} names" in page
    assert "| Repeats | Tiles the axes by the given factors. | `.repeat` `.tile` |" in rows
