"""``--diff-base``: what a review of a branch would show, told by a real git repository."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HAZARD = """\
import torch


def kept(xs):
    return [x for x in xs if x.numel() > 3]


def join(xs):
    chosen = kept(xs)
    return torch.cat(chosen)


def guarded(xs):
    chosen = [x for x in xs if x.dim() == 2]
    if not chosen:
        return None
    return torch.cat(chosen)
"""
JOIN = "SG103"


@pytest.fixture
def git(tmp_path):
    """Return a function that runs git in the repository, whatever the user has configured."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")

    def run(*arguments, cwd=tmp_path, check=True):
        done = subprocess.run(
            ["git", *identity, *arguments],
            cwd=cwd,
            env={**kept, "GIT_CONFIG_GLOBAL": os.devnull},
            capture_output=True,
            check=False,
        )
        assert not check or done.returncode == 0, done.stderr.decode()
        return done

    return run


@pytest.fixture
def repository(tmp_path, git):
    """Return a repository whose only commit, ``base``, holds one hazard."""
    (tmp_path / "shapeguard.toml").write_text("", "utf-8")
    (tmp_path / "a.py").write_text(HAZARD, "utf-8")
    git("init", "-q", "-b", "main")
    commit(git, "base")
    git("tag", "base")
    return tmp_path


def commit(git, message):
    git("add", "-A")
    git("commit", "-qm", message)


def check(directory, base="base", *arguments, cwd=None):
    done = subprocess.run(
        [
            *(sys.executable, "-m", "shapeguard", "check", "--output-format", "concise"),
            *("--diff-base", base, *arguments),
        ],
        cwd=cwd or directory,
        capture_output=True,
        check=False,
    )
    places = [line.rpartition(": SG")[0] for line in done.stdout.decode().splitlines()]
    return done.returncode, places, done.stderr.decode()


def change(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_a_hazard_on_lines_that_have_not_changed_is_not_shown(repository):
    change(repository / "a.py", "if x.dim() == 2", "if x.dim() == 3")
    status, places, errors = check(repository)
    assert (status, places) == (0, [])
    assert "1 finding on lines that are unchanged since base not shown" in errors
    assert check(repository, "base", "--quiet") == (0, [], "")


def test_a_changed_line_of_the_join(repository):
    change(
        repository / "a.py",
        "    return torch.cat(chosen)\n\n",
        "    return torch.cat(chosen, 0)\n\n",
    )
    assert check(repository)[:2] == (1, ["a.py:10:12"])


def test_a_changed_step_of_the_trace_shows_the_join_elsewhere(repository, git):
    (repository / "user.py").write_text(
        "from a import joined\n\n\ndef use(xs):\n    return joined(xs)\n", "utf-8"
    )
    change(
        repository / "a.py",
        "def guarded",
        "def joined(xs):\n    return torch.cat(xs)\n\n\ndef guarded",
    )
    commit(git, "a join that nobody calls with an empty list")
    assert check(repository, "HEAD")[:2] == (0, [])
    change(repository / "user.py", "joined(xs)", "joined([x for x in xs if x.numel() > 3])")
    assert check(repository, "HEAD")[:2] == (1, ["a.py:14:12"])


@pytest.mark.parametrize("staged", [True, False])
def test_what_is_staged_and_what_is_not(repository, git, staged):
    change(repository / "a.py", "x.numel() > 3", "x.numel() > 4")
    if staged:
        git("add", "-A")
    assert check(repository, "HEAD")[:2] == (1, ["a.py:10:12"])


def test_files_that_git_does_not_know_yet_are_new_in_every_line(repository, git):
    (repository / "new.py").write_text(HAZARD, "utf-8")
    assert check(repository)[1] == ["new.py:10:12"]
    git("add", "new.py")
    assert check(repository)[1] == ["new.py:10:12"]
    (repository / ".gitignore").write_text("new.py\n", "utf-8")
    git("rm", "-q", "--cached", "new.py")
    assert check(repository)[1] == []


def test_a_renamed_file_is_no_new_one(repository, git):
    git("mv", "a.py", "b.py")
    assert check(repository)[:2] == (0, [])
    change(repository / "b.py", "x.numel() > 3", "x.numel() > 4")
    assert check(repository)[:2] == (1, ["b.py:10:12"])


def test_a_removed_guard_shows_what_stands_beside_the_gap(repository):
    change(repository / "a.py", "    if not chosen:\n        return None\n", "")
    assert check(repository)[:2] == (1, ["a.py:15:12"])


def test_what_others_have_done_since_the_branch_began_is_not_shown(repository, git):
    git("switch", "-qc", "branch")
    change(repository / "a.py", "x.dim() == 2", "x.dim() == 3")
    commit(git, "mine")
    git("switch", "-q", "main")
    (repository / "theirs.py").write_text(HAZARD, "utf-8")
    commit(git, "theirs")
    git("switch", "-q", "branch")
    git("merge", "-q", "main")
    assert check(repository, "main")[:2] == (0, [])
    git("switch", "-q", "main")
    change(repository / "theirs.py", "x.numel() > 3", "x.numel() > 4")
    commit(git, "theirs again")
    git("switch", "-q", "branch")
    assert check(repository, "main")[:2] == (0, [])


def test_started_in_a_directory_below_the_root(repository, git):
    (repository / "pkg").mkdir()
    (repository / "pkg" / "b.py").write_text(HAZARD, "utf-8")
    commit(git, "pkg")
    change(repository / "pkg" / "b.py", "x.numel() > 3", "x.numel() > 4")
    assert check(repository, "HEAD", cwd=repository / "pkg")[:2] == (1, ["b.py:10:12"])


@pytest.mark.parametrize("name", ['quo"te.py', "new\nline.py", "ümläut.py", "tab\t.py", "a b.py"])
def test_names_that_git_writes_in_quotes(repository, git, name):
    (repository / name).write_text(HAZARD, "utf-8")
    commit(git, "odd")
    assert check(repository, "HEAD")[:2] == (0, [])
    change(repository / name, "x.numel() > 3", "x.numel() > 4")
    status, places, _ = check(repository, "HEAD")
    assert (status, len(places)) == (1, 1)


@pytest.mark.parametrize(
    "option",
    [
        ("diff.noprefix", "true"),
        ("diff.mnemonicPrefix", "true"),
        ("color.ui", "always"),
        ("diff.external", "false"),
        ("diff.renames", "false"),
        ("core.quotePath", "true"),
        ("diff.interHunkContext", "20"),
    ],
)
def test_what_is_configured_for_git_changes_nothing(repository, git, option):
    git("config", *option)
    git("mv", "a.py", "b.py")
    change(repository / "b.py", "x.dim() == 2", "x.dim() == 3")
    assert check(repository)[:2] == (0, [])
    change(repository / "b.py", "x.numel() > 3", "x.numel() > 4")
    assert check(repository)[:2] == (1, ["b.py:10:12"])


def test_lines_with_characters_that_only_look_like_line_ends(repository, git):
    text = "SEPARATORS = '\x0c \x1e \u2028 \x85'\n" + HAZARD
    (repository / "a.py").write_bytes(text.encode())
    commit(git, "separators")
    change(repository / "a.py", "if not chosen:", "if not chosen:  # \u2028 \x0c")
    assert check(repository, "HEAD")[:2] == (0, [])


# --- where it cannot work ---


def test_outside_of_a_repository(tmp_path):
    (tmp_path / "a.py").write_text(HAZARD, "utf-8")
    status, _, errors = check(tmp_path, "main")
    assert status == 2
    assert f"error: --diff-base: {tmp_path} is in no git repository" in errors


def test_without_commits(tmp_path, git):
    (tmp_path / "a.py").write_text(HAZARD, "utf-8")
    git("init", "-q")
    status, _, errors = check(tmp_path, "main")
    assert status == 2
    assert "error: --diff-base: the repository has no commits yet" in errors


@pytest.mark.parametrize("revision", ["nowhere", "--output=x", "HEAD^{tree}", ""])
def test_revisions_that_are_none(repository, revision):
    status, _, errors = check(repository, revision)
    assert status == 2
    assert f"error: --diff-base: git knows no revision {revision!r}" in errors
    assert not (repository / "x").exists()


def test_histories_without_a_common_commit(repository, git):
    git("switch", "-q", "--orphan", "other")
    (repository / "b.py").write_text(HAZARD, "utf-8")
    commit(git, "another beginning")
    status, _, errors = check(repository, "main")
    assert status == 2
    assert "'main' and HEAD have no commit in common" in errors
    assert "shallow" not in errors


def test_a_shallow_clone_that_does_not_reach_back_says_what_to_do(
    repository, git, tmp_path_factory
):
    for number in range(3):
        (repository / f"{number}.py").write_text("x = 1\n", "utf-8")
        commit(git, str(number))
    clone = tmp_path_factory.mktemp("clones") / "clone"
    git("clone", "-q", "--depth", "1", f"file://{repository}", str(clone))
    status, _, errors = check(clone, "base")
    assert status == 2
    assert "git knows no revision 'base'; this is a shallow clone" in errors
    assert "`git fetch --unshallow`" in errors
    git("fetch", "-q", "--depth", "1", "origin", "tag", "base", cwd=clone)
    status, _, errors = check(clone, "base")
    assert status == 2
    assert "'base' and HEAD have no commit in common; this is a shallow clone" in errors
    git("fetch", "-q", "--unshallow", cwd=clone)
    assert check(clone, "base")[:2] == (0, [])


def test_git_itself_is_missing(repository, monkeypatch):
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    status, _, errors = check(repository)
    assert status == 2
    assert "error: --diff-base: git is not installed" in errors
