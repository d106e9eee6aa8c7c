"""Files, directories and streams that a check meets in the world: locked, missing, full, odd."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from privileges import bound_by_permissions
from timeless import timeless

JOIN = "hazard.py:16:16: SG101 "
TOOL = [sys.executable, "-m", "shapeguard"]
CONCISE = ["check", "--output-format", "concise"]
BROKEN = b"a\xff\x1b.py"
"""The name of a file, not UTF-8."""
HAZARD = """\
import torch


def single(prefix, keys, sizes: list[int]):
    share = slice(sum(sizes[:1]), sum(sizes[:2]))
    keys = keys[share]
    if share.start < prefix.size(0):
        prefix = prefix[share]
    return torch.cat([prefix, keys], dim=2)
"""


def run(command, directory):
    return subprocess.run(
        command,
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture
def locked(project):
    """Return the project with an unreadable file, and a link into an unreadable directory."""
    secret = project.parent / f"{project.name}-secret"
    secret.mkdir()
    (secret / "a.py").write_text("x = 1\n", "utf-8")
    (project / "link.py").symlink_to(secret / "a.py")
    (project / "noread.py").write_text("x = 1\n", "utf-8")
    (project / "noread.py").chmod(0)
    secret.chmod(0)
    yield project
    secret.chmod(0o700)


def test_what_may_not_be_read_keeps_nothing_else_from_being_checked(locked):
    done = run(bound_by_permissions([*TOOL, *CONCISE]), locked)
    assert done.returncode == 2
    assert done.stdout.startswith(JOIN)
    assert f"error: {locked / 'link.py'}: Permission denied\n" in done.stderr
    assert "error: noread.py: cannot be read: Permission denied\n" in done.stderr
    assert done.stderr.count("\n") == 4


def test_named_paths_that_may_not_be_read_are_problems(locked):
    named = ["noread.py", "link.py", "hazard.py"]
    done = run(bound_by_permissions([*TOOL, *CONCISE, *named]), locked)
    assert done.returncode == 2
    assert done.stdout.startswith(JOIN)
    problems = "error: noread.py: permission denied\nerror: link.py: permission denied\n"
    assert done.stderr.startswith(problems)


def test_a_directory_that_can_be_listed_but_not_entered_is_a_problem(project):
    (project / "sub").mkdir()
    (project / "sub" / "a.py").write_text("x = 1\n", "utf-8")
    (project / "sub").chmod(0o400)
    done = run(bound_by_permissions([*TOOL, *CONCISE]), project)
    named = run(bound_by_permissions([*TOOL, *CONCISE, "sub", "hazard.py"]), project)
    (project / "sub").chmod(0o700)
    assert (done.returncode, named.returncode) == (2, 2)
    assert done.stdout.startswith(JOIN)
    assert named.stdout.startswith(JOIN)
    assert f"error: {project / 'sub' / 'a.py'}: Permission denied\n" in done.stderr
    assert "error: sub: permission denied\n" in named.stderr


def test_a_named_pipe_is_not_opened(project):
    os.mkfifo(project / "pipe.py")
    done = run([*TOOL, *CONCISE], project)
    assert done.returncode == 1
    assert done.stdout.startswith(JOIN)
    assert timeless(done.stderr).startswith("Found 1 finding in 1 file (2 files checked).\n")
    done = run([*TOOL, *CONCISE, "pipe.py", "hazard.py"], project)
    assert done.returncode == 2
    assert done.stdout.startswith(JOIN)
    assert "error: pipe.py: neither a regular file nor a directory\n" in done.stderr


@pytest.fixture
def undecodable(project):
    """Return the project with one hazard, in a file whose name is not UTF-8."""
    (project / "hazard.py").unlink()
    try:
        (project / os.fsdecode(BROKEN)).write_text(HAZARD, "utf-8")
    except OSError:
        pytest.skip("this file system knows UTF-8 names only")
    return project


@pytest.mark.parametrize("name", ["full", "concise", "json", "html", "markdown"])
def test_a_file_name_that_is_not_utf_8_is_printed_escaped(name, undecodable):
    done = run([*TOOL, "check", "--output-format", name], undecodable)
    assert done.returncode == 1, done.stderr
    text = json.loads(done.stdout)[0]["filename"] if name == "json" else done.stdout
    assert "a\\udcff\\x1b.py" in text
    assert "\x1b" not in done.stdout + done.stderr


def test_a_deleted_working_directory_is_told_in_one_sentence(tmp_path):
    script = (
        f'mkdir gone && cd gone && rmdir ../gone && exec "{sys.executable}" -m shapeguard check'
    )
    done = run(["sh", "-c", script], tmp_path)
    assert done.returncode == 2
    assert done.stderr == "error: the working directory cannot be used: No such file or directory\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
@pytest.mark.parametrize("arguments", ["check", "rule", "rule SG101", "--version", "--help"])
def test_a_full_disk_is_told_in_one_sentence(arguments, project):
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [*TOOL, *arguments.split()],
            cwd=project,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert done.stderr.endswith("No space left on device\n")
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_nowhere_to_tell_of_a_full_disk_keeps_the_exit_status(project):
    done = run(["sh", "-c", f'"{sys.executable}" -m shapeguard check >/dev/full 2>&1'], project)
    assert done.returncode == 2


def test_closed_streams(project):
    tool = f'"{sys.executable}" -m shapeguard check'
    done = run(["sh", "-c", f"{tool} >&-"], project)
    assert done.returncode == 2
    assert done.stderr == "error: standard output cannot be written: it is closed\n"
    done = run(["sh", "-c", f"{tool} --output-file c.txt >&- 2>&-"], project)
    assert done.returncode == 1
    assert "SG101" in (project / "c.txt").read_text("utf-8")
