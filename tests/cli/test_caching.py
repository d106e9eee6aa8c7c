"""The cache on the command line: where it is, how to do without, and what is loaded with it."""

from __future__ import annotations

import re

import pytest


def test_a_second_check_loads_neither_rules_nor_libcst(tool, project, loaded):
    assert {"libcst", "shapeguard_rules"} <= loaded(status=1)
    assert loaded(status=1).isdisjoint({"libcst", "shapeguard_rules", "torch", "rich", "jinja2"})
    assert loaded("--output-format", "sarif", status=1).isdisjoint({"libcst", "shapeguard_rules"})
    (project / "clean.py").write_text("x = 1\n", "utf-8")
    assert "libcst" in loaded(status=1)
    assert tool("check").stdout == tool("check", "--no-cache").stdout != ""


def test_it_is_beside_the_configuration(tool, project):
    (project / "deep").mkdir()
    (project / "deep" / "a.py").write_text("x = 1\n", "utf-8")
    assert tool("check", "deep").returncode == 0
    assert (project / ".shapeguard_cache" / "results.sqlite").is_file()
    assert "results.sqlite" not in tool("check", "--show-files").stdout


def test_without_it(tool, project):
    assert tool("check", "--no-cache").returncode == 1
    assert not (project / ".shapeguard_cache").exists()


@pytest.mark.parametrize("by", ["option", "environment"])
def test_somewhere_else(tool, project, tmp_path_factory, by):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    if by == "option":
        tool("check", "--cache-dir", str(elsewhere))
    else:
        tool("check", SHAPEGUARD_CACHE_DIR=str(elsewhere))
    assert (elsewhere / "results.sqlite").is_file()
    assert not (project / ".shapeguard_cache").exists()


def test_verbose_says_what_came_of_it(tool, project):
    path = project / ".shapeguard_cache" / "results.sqlite"
    assert f"cache: 0 results from {path}" in tool("check", "--verbose").stderr
    assert f"cache: 2 results from {path}" in tool("check", "--verbose").stderr
    path.write_bytes(b"no database" * 1000)
    done = tool("check", "--verbose")
    assert done.returncode == 1
    assert re.search(
        rf"^cache: {path}: .*; the next check makes it anew$", done.stderr, re.MULTILINE
    )
    assert "makes it anew" not in tool("check").stderr
    assert f"cache: 2 results from {path}" in tool("check", "--verbose").stderr


def test_a_project_without_tensors(tool, project):
    (project / "plain").mkdir()
    (project / "plain" / "shapeguard.toml").write_text("", "utf-8")
    (project / "plain" / "long.py").write_text("answer = 42\n" * 10_000, "utf-8")
    for hits in ("0 texts", "1 text"):
        done = tool("check", "--verbose", "--cache-dir", "kept", "plain")
        assert f"cache: {hits} from {project / 'kept' / 'texts.sqlite'}" in done.stderr
    assert (project / "kept" / "texts.sqlite").is_file()
    assert tool("cache", "clean", "kept").returncode == 0
    assert not (project / "kept").exists()


def test_a_broken_pack_is_told_every_time(tool, project):
    (project / "broken").mkdir()
    (project / "broken" / "broken-1.dist-info").mkdir()
    (project / "broken" / "broken-1.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: broken\nVersion: 1\n", "utf-8"
    )
    (project / "broken" / "broken-1.dist-info" / "entry_points.txt").write_text(
        "[shapeguard.rules]\nbroken = broken_pack:RULES\n", "utf-8"
    )
    for _ in range(2):
        done = tool("check", "clean.py", PYTHONPATH=str(project / "broken"))
        assert done.returncode == 2
        assert "pack 'broken' (broken_pack:RULES)" in done.stderr
