"""``--add-ignore``, as a user runs it."""

from __future__ import annotations

import subprocess

import pytest

COMMENT = "  # shapeguard: ignore[SG101] the caller checks it"


@pytest.fixture
def add(tool):
    return lambda *paths: tool("check", "--add-ignore", " the caller checks it ", *paths)


def test_comments_are_put_beside_what_would_be_reported(tool, project, add):
    path = project / "hazard.py"
    before = path.read_text("utf-8")
    path.chmod(0o640)
    clean = (project / "clean.py").stat()
    done = add()
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "Added 1 suppression to 1 file.\n"
    assert path.read_text("utf-8") == before.replace("dim=2)", "dim=2)" + COMMENT)
    assert path.stat().st_mode & 0o777 == 0o640
    assert (project / "clean.py").stat().st_mtime_ns == clean.st_mtime_ns
    done = tool("check", "--extend-select", "SG903", "--statistics")
    assert (done.returncode, done.stdout) == (0, "")
    assert "1  findings suppressed" in done.stderr
    done = add()
    assert (done.returncode, done.stderr) == (0, "Added 0 suppressions to 0 files.\n")
    assert path.read_text("utf-8") == before.replace("dim=2)", "dim=2)" + COMMENT)


def test_what_is_not_reported_is_not_suppressed(tool, project, add):
    before = (project / "hazard.py").read_bytes()
    assert tool("check", "--add-ignore", "why", "--ignore", "SG101").returncode == 0
    assert tool("baseline", "write").returncode == 0
    held = tool("check", "--add-ignore", "why", "--baseline", "shapeguard-baseline.json")
    assert held.returncode == 0
    assert (project / "hazard.py").read_bytes() == before


def test_lines_that_have_not_changed_get_no_comment(tool, project, add):
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "x"]):
        subprocess.run(["git", *command], cwd=project, check=True)
    new = project / "new.py"
    new.write_bytes((project / "hazard.py").read_bytes())
    done = tool("check", "--add-ignore", "why", "--diff-base", "HEAD")
    assert (done.returncode, done.stderr) == (0, "Added 1 suppression to 1 file.\n")
    assert b"ignore[SG101] why" in new.read_bytes()
    assert b"ignore" not in (project / "hazard.py").read_bytes()


def test_findings_about_files_are_left_and_said(tool, project, add):
    (project / "unused.py").write_text("x = 1  # shapeguard: ignore[SG101] why\n", "utf-8")
    (project / "broken.py").write_text("def f(:\n", "utf-8")
    done = add()
    assert done.returncode == 0
    first, second, last = done.stderr.splitlines()
    why = "a comment cannot suppress it; `ignore` in the configuration can"
    assert first == f"not suppressed: broken.py:1:7: SG900: {why}"
    assert second == f"not suppressed: unused.py:1:29: SG901: {why}"
    assert last == "Added 1 suppression to 1 file."
    assert (project / "unused.py").read_text("utf-8").endswith("# shapeguard: ignore[SG101] why\n")
    done = tool("check", "--add-ignore", "why", "--quiet")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        ("", "it is empty"),
        ("  ", "it is empty"),
        ("a # b", "# may only stand before a number in it"),
        ("a\nimport os", "it has 2 lines, and one is wanted"),
        ("a\rb\rc", "it has 3 lines, and one is wanted"),
        ("a\u202eb", "U+202E (RIGHT-TO-LEFT OVERRIDE) in it cannot be seen"),
        ("a\x1bb", "U+001B (a control character) in it cannot be seen"),
        ("a\tb", "U+0009 (a control character) in it cannot be seen"),
    ],
)
def test_what_is_no_reason_is_wrong_usage(tool, project, reason, why):
    before = (project / "hazard.py").read_bytes()
    done = tool("check", "--add-ignore", reason)
    assert done.returncode == 2
    assert f"error: --add-ignore: {reason!r} is no reason: {why}\n" in done.stderr
    assert (project / "hazard.py").read_bytes() == before


@pytest.mark.parametrize(
    "reason", ["[x] ]", "#794", "coding: latin-1", "shapeguard: ignore[SG304]", '"""']
)
def test_an_odd_reason_does_no_harm(tool, project, reason):
    before = (project / "hazard.py").read_text("utf-8")
    assert tool("check", "--add-ignore", reason).returncode == 0
    comment = f"  # shapeguard: ignore[SG101] {reason}"
    assert (project / "hazard.py").read_text("utf-8") == before.replace(
        "dim=2)", "dim=2)" + comment
    )
    assert tool("check").returncode == 0


def test_what_cannot_be_written_is_status_2(project, add):
    path = project / "hazard.py"
    before = path.read_bytes()
    path.chmod(0o444)
    (project / "other.py").write_bytes(before)
    done = add()
    assert done.returncode == 2
    assert "error: hazard.py: cannot be written: it is read-only\n" in done.stderr
    assert done.stderr.endswith("Added 1 suppression to 1 file.\n")
    assert path.read_bytes() == before
    assert COMMENT in (project / "other.py").read_text("utf-8")
    assert len([path for path in project.iterdir() if path.name != ".shapeguard_cache"]) == 4


def test_paths_that_are_not_there_are_status_2(project, add):
    done = add("gone.py", "hazard.py")
    assert done.returncode == 2
    assert "Added 1 suppression to 1 file." in done.stderr
