"""Texts of projects without tensors that are known to be Python, and need not be looked at again."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import pytest
from privileges import bound_by_permissions

from shapeguard.lint import texts as kept
from shapeguard.lint.config import Hierarchy
from shapeguard.lint.engine import check
from shapeguard.lint.texts import Texts
from shapeguard.lint.unexamined import FEW

LONG = f"x = {'1' * 40}\n" * (FEW // 40)
BROKEN = LONG + "def (\n"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "shapeguard.toml").write_text("", "utf-8")
    return tmp_path


def checked(directory):
    """Check all files; return what is said of them, and how many were known, and look the same up."""
    texts = Texts(directory / ".shapeguard_cache" / "texts.sqlite")
    files = sorted(directory.glob("*.py"))
    outcome = check(files, Hierarchy(directory), root=directory, texts=lambda: texts)
    assert outcome == check(files, Hierarchy(directory), root=directory)
    return [(each.span.filename, each.code) for each in outcome.findings], texts


def hits(directory):
    found, texts = checked(directory)
    assert texts.trouble == ""
    return found, texts.hits


def test_a_text_is_known_wherever_it_stands(project):
    (project / "a.py").write_text(LONG, "utf-8")
    assert hits(project) == ([], 0)
    assert hits(project) == ([], 1)
    (project / "a.py").rename(project / "b.py")
    assert hits(project) == ([], 1)
    (project / "b.py").write_text(LONG + "y = 1\n", "utf-8")
    assert hits(project) == ([], 0)


def test_a_directory_that_can_only_be_read_tells_what_is_known(project):
    (project / "a.py").write_text(LONG, "utf-8")
    hits(project)
    directory = project / ".shapeguard_cache"
    code = f"""
        from pathlib import Path
        from shapeguard.lint.texts import Texts
        texts = Texts(Path({str(directory / "texts.sqlite")!r}))
        print(texts.has(Path({str(project / "a.py")!r}).read_bytes()), repr(texts.trouble))
        """
    directory.chmod(0o555)
    command = bound_by_permissions([sys.executable, "-c", textwrap.dedent(code)])
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    directory.chmod(0o755)
    assert (done.stdout, done.stderr) == ("True ''\n", "")


def test_what_is_no_python_is_said_each_time(project):
    (project / "a.py").write_text(BROKEN, "utf-8")
    (project / "b.py").write_bytes(b"\xff" + LONG.encode())
    said = [("a.py", "SG900"), ("b.py", "SG900")]
    assert hits(project) == (said, 0)
    assert hits(project) == (said, 0)


def test_few_bytes_are_sooner_looked_at(project):
    (project / "a.py").write_text("x = 1\n", "utf-8")
    assert hits(project) == ([], 0)
    assert hits(project) == ([], 0)
    assert not (project / ".shapeguard_cache").exists()


def test_the_oldest_are_forgotten(tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "KEPT", 2)
    texts = Texts(tmp_path / "texts.sqlite")
    for data in (b"a", b"b", b"c"):
        texts.add(data)
        texts.save()
    assert [texts.has(data) for data in (b"a", b"b", b"c")] == [False, True, True]
    texts.save()


def test_another_python_knows_nothing_of_it(tmp_path, monkeypatch):
    texts = Texts(tmp_path / "texts.sqlite")
    texts.add(b"a")
    texts.save()
    assert texts.has(b"a")
    monkeypatch.setattr("sys.version", "another one")
    assert not texts.has(b"a")
    texts.save()


def test_a_file_that_is_no_cache_is_made_anew(project):
    (project / "a.py").write_text(LONG, "utf-8")
    (project / ".shapeguard_cache").mkdir()
    (project / ".shapeguard_cache" / "texts.sqlite").write_bytes(os.urandom(8192))
    found, texts = checked(project)
    assert (found, texts.hits) == ([], 0)
    assert "makes it anew" in texts.trouble
    assert hits(project) == ([], 0)
    assert hits(project) == ([], 1)


def test_a_place_where_no_directory_can_be(project):
    (project / "a.py").write_text(LONG, "utf-8")
    (project / ".shapeguard_cache").write_text("a file", "utf-8")
    found, texts = checked(project)
    assert (found, texts.hits) == ([], 0)
    assert texts.trouble
