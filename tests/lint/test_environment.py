"""What counts as another version of what finds: its files, its packs."""

from __future__ import annotations

import importlib
import sys

import pytest

from shapeguard.lint.environment import environment

ENTRY = "[shapeguard.rules]\nown = {}:RULES\n"


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Return a function that installs a pack for the length of a test."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def install(module, text):
        path = tmp_path / f"{module.replace('.', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        info = tmp_path / "own-1.dist-info"
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: own\nVersion: 1\n", "utf-8")
        (info / "entry_points.txt").write_text(ENTRY.format(module), "utf-8")
        importlib.invalidate_caches()  # directories are only looked at again when their time differs
        return path

    return install


def test_it_is_the_same_until_something_changes():
    assert environment() == environment()


@pytest.mark.parametrize("module", ["own_pack_module", "own_pack.rules"])
def test_a_pack_that_is_edited_is_another_one(installed, module):
    before = environment()
    path = installed(module, "RULES = ()\n")
    if "." in module:
        (path.parent / "__init__.py").write_text("", "utf-8")
    first = environment()
    assert first != before
    path.write_text("RULES = ()  # edited\n", "utf-8")
    assert environment() not in {before, first}
    assert module.partition(".")[0] not in sys.modules
