"""Patches: git and patch make of the old bytes exactly the new ones."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from shapeguard.cli.patches import for_terminal, patch

TEN = b"".join(b"line %d\n" % i for i in range(10))
CONTENTS = {
    "one line": (TEN, TEN.replace(b"4\n", b"four\n")),
    "far apart": (TEN * 9, TEN.replace(b"4", b"x") + TEN * 7 + TEN.replace(b"5", b"y")),
    "carriage returns": (
        TEN.replace(b"\n", b"\r\n"),
        TEN.replace(b"\n", b"\r\n").replace(b"4", b""),
    ),
    "mixed ends": (b"a\r\nb\nc\r\nd\n", b"a\r\nB\nc\r\nd\n"),
    "old ends": (b"a\rb\rc\r", b"a\rB\rc\r"),
    "no end": (b"a\nb", b"a\nB"),
    "end added": (b"a\nb", b"a\nb\n"),
    "end removed": (b"a\nb\n", b"a\nb"),
    "no end, change before": (b"a\nb\nc", b"A\nb\nc"),
    "Latin-1": (b"# coding: latin-1\n\xe4\n\xf6\n", b"# coding: latin-1\n\xe4\n\xfc\n"),
    "byte order mark": (b"\xef\xbb\xbfa\nb\n", b"\xef\xbb\xbfa\nB\n"),
    "nothing left": (b"a\n", b""),
    "form feed and separators": (
        b"a\x0cb\n\x1c\xe2\x80\xa8x\ny\n",
        b"a\x0cb\n\x1c\xe2\x80\xa8x\nz\n",
    ),
    "looks like a header": (b"-- a\n++ b\n@@ c\n", b"-- a\n++ b\n"),
}
NAMES = [
    "m.py",
    "dir/a b.py",
    "größe.py",
    "a'b.py",
    'a"b.py',
    "a\\b.py",
    "a\tb.py",
    "a\nb.py",
    "a\u202eb.py",
    " m.py",
    os.fsdecode(b"a\xffb.py"),
]


@pytest.fixture
def applied(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    def apply(command, name, before, after):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(before)
        text = patch(Path(name), before, after)
        done = subprocess.run(command, cwd=tmp_path, input=text, capture_output=True, check=False)
        assert done.returncode == 0, (done.stderr, text)
        return path.read_bytes()

    return apply


@pytest.mark.parametrize(("before", "after"), CONTENTS.values(), ids=CONTENTS)
@pytest.mark.parametrize("repository", [True, False])
def test_git_applies_it(tmp_path, applied, before, after, repository):
    if repository:
        subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    assert applied(["git", "apply"], "m.py", before, after) == after


@pytest.mark.skipif(shutil.which("patch") is None, reason="there is no patch")
@pytest.mark.parametrize(("before", "after"), CONTENTS.values(), ids=CONTENTS)
def test_patch_applies_it(applied, before, after):
    assert applied(["patch", "-s", "-p1"], "m.py", before, after) == after


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_names_are_those_that_git_reads(applied, name):
    assert applied(["git", "apply"], name, b"a\n", b"b\n") == b"b\n"


def test_nothing_changes():
    assert patch(Path("m.py"), TEN, TEN) == b""


def test_on_a_terminal_nothing_steers_it():
    text = patch(Path("m.py"), b"a\n", b"\x1b[2J\xff\xe2\x80\xae\n")
    assert for_terminal(text).endswith("\n-a\n+\\x1b[2J\\xff\\u202e\n")
