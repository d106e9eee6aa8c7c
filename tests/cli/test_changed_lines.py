"""``--diff-base``: what a review of a branch would show, told by a real git repository."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from shapeguard.cli.group import invoke

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


def check(directory, base="base", *arguments, cwd=None, text=None):
    """Check as a user does, but in this process: what git says is what takes time here."""
    out, errors = io.TextIOWrapper(io.BytesIO(), newline=""), io.StringIO()
    command = ["check", "--output-format", "concise", "--diff-base", base, *arguments]
    given = io.TextIOWrapper(io.BytesIO((text or "").encode()))
    before, sys.stdin = sys.stdin, given
    try:
        with chdir(cwd or directory), redirect_stdout(out), redirect_stderr(errors):
            status = invoke(command)
    finally:
        sys.stdin = before
    out.seek(0)
    places = [line.rpartition(": SG")[0] for line in out.read().splitlines()]
    return status, places, errors.getvalue()


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


@pytest.mark.parametrize("attribute", ["-diff", "binary"])
def test_a_file_whose_changes_git_does_not_show_is_changed_in_every_line(
    repository, git, attribute
):
    (repository / ".gitattributes").write_text(f"*.py {attribute}\n", "utf-8")
    commit(git, "attributes")
    assert check(repository, "HEAD")[:2] == (0, [])
    change(repository / "a.py", "x.dim() == 2", "x.dim() == 3")
    assert check(repository, "HEAD")[:2] == (1, ["a.py:10:12"])


def test_lines_between_two_changes_have_not_changed(repository, git):
    git("config", "diff.interHunkContext", "20")
    change(repository / "a.py", "import torch\n", "import torch  # first\n")
    change(repository / "a.py", "x.dim() == 2", "x.dim() == 3")
    assert check(repository)[:2] == (0, [])


def test_a_link_to_another_file_than_before(repository, git):
    (repository / "other.py").write_text(HAZARD, "utf-8")
    (repository / "link.py").symlink_to("a.py")
    commit(git, "link")
    assert check(repository, "HEAD")[:2] == (0, [])
    (repository / "link.py").unlink()
    (repository / "link.py").symlink_to("other.py")
    assert check(repository, "HEAD", "link.py")[:2] == (1, ["link.py:10:12"])


# --- standard input ---


def test_standard_input_is_compared_and_not_the_file_on_disk(repository):
    given = ("--stdin-filename", "a.py", "-")
    assert check(repository, "base", *given, text=HAZARD)[:2] == (0, [])
    changed = HAZARD.replace("x.numel() > 3", "x.numel() > 4")
    assert check(repository, "base", *given, text=changed)[:2] == (1, ["a.py:10:12"])
    elsewhere = HAZARD.replace("x.dim() == 2", "x.dim() == 3")
    assert check(repository, "base", *given, text=f"# new\n{elsewhere}")[:2] == (0, [])
    (repository / "a.py").write_text(changed, "utf-8")
    assert check(repository, "base", *given, text=HAZARD)[:2] == (0, [])


def test_standard_input_that_is_fixed_is_compared_as_it_is_then(repository):
    needless = "return None  # shapeguard: ignore[SG101] why"
    given = ("--fix", "--stdin-filename", "a.py", "-")
    text = HAZARD.replace("return None", needless)
    assert check(repository, "base", *given[1:], text=text)[:2] == (1, ["a.py:16:43"])
    status, _, errors = check(repository, "base", *given, text=text)
    assert status == 0
    assert "1 fixed, 0 remaining" in errors


def test_standard_input_in_the_place_of_a_renamed_file_and_of_a_new_one(repository, git):
    git("mv", "a.py", "b.py")
    given = ("--stdin-filename", "b.py", "-")
    assert check(repository, "base", *given, text=HAZARD)[:2] == (0, [])
    new = ("--stdin-filename", "no/where/new.py", "-")
    assert check(repository, "base", *new, text=HAZARD)[:2] == (1, ["no/where/new.py:10:12"])


def test_standard_input_with_the_line_ends_of_the_working_tree(repository, git):
    (repository / ".gitattributes").write_text("*.py text eol=crlf\n", "utf-8")
    commit(git, "line ends")
    given = ("--stdin-filename", "a.py", "-")
    assert check(repository, "HEAD", *given, text=HAZARD.replace("\n", "\r\n"))[:2] == (0, [])


# --- what lies outside of what git tracks here ---


@pytest.fixture
def other(tmp_path_factory, git):
    """Return another repository, whose only commit holds one hazard."""
    directory = tmp_path_factory.mktemp("others") / "other"
    directory.mkdir()
    (directory / "lib.py").write_text(HAZARD, "utf-8")
    git("init", "-q", "-b", "main", cwd=directory)
    git("add", "-A", cwd=directory)
    git("commit", "-qm", "one", cwd=directory)
    return directory


def test_an_ignored_file_that_is_named_is_new_in_every_line(repository, git):
    (repository / ".gitignore").write_text("made.py\n", "utf-8")
    commit(git, "ignore")
    (repository / "made.py").write_text(HAZARD, "utf-8")
    assert check(repository, "HEAD", "made.py", "a.py")[:2] == (1, ["made.py:10:12"])


def test_a_file_in_no_repository_is_new_in_every_line(repository, tmp_path_factory):
    path = tmp_path_factory.mktemp("nowhere") / "a.py"
    path.write_text(HAZARD, "utf-8")
    assert check(repository, "base", str(path))[:2] == (1, [f"{path}:10:12"])


def test_a_submodule_is_compared_with_the_commit_that_the_base_has_for_it(repository, git, other):
    allowed = ("-c", "protocol.file.allow=always")
    git(*allowed, "submodule", "add", "-q", str(other), "sub [x]")
    module = repository / "sub [x]"
    assert check(repository, "HEAD", "sub [x]")[:2] == (1, ["sub [x]/lib.py:10:12"])
    commit(git, "submodule")
    git("tag", "with")
    assert check(repository, "with", "sub [x]")[:2] == (0, [])
    change(module / "lib.py", "x.dim() == 2", "x.dim() == 3")
    git("commit", "-qam", "elsewhere", cwd=module)
    commit(git, "newer submodule")
    assert check(repository, "with", "sub [x]")[:2] == (0, [])
    change(module / "lib.py", "x.numel() > 3", "x.numel() > 4")
    assert check(repository, "with", "sub [x]")[:2] == (1, ["sub [x]/lib.py:10:12"])
    git("commit", "-qam", "there", cwd=module)
    commit(git, "newest submodule")
    assert check(repository, "with", "sub [x]")[:2] == (1, ["sub [x]/lib.py:10:12"])
    assert check(repository, "HEAD", "sub [x]")[:2] == (0, [])
    assert check(module, "HEAD~1")[:2] == (1, ["lib.py:10:12"])


def test_a_submodule_that_lacks_the_commit_says_how_to_get_it(repository, git, other):
    allowed = ("-c", "protocol.file.allow=always")
    git(*allowed, "submodule", "add", "-q", str(other), "sub")
    git("update-index", "--cacheinfo", f"160000,{'1' * 40},sub")
    git("commit", "-qm", "a commit that nobody has")
    status, _, errors = check(repository, "HEAD", "sub")
    assert status == 2
    assert f"error: --diff-base: the submodule sub lacks {'1' * 40}, which " in errors
    assert f"`git -C {repository / 'sub'} fetch origin {'1' * 40}` brings it" in errors


def test_another_repository_is_asked_what_the_revision_is_there(repository, git, other):
    git("clone", "-q", str(other), "nested")
    for directory in (repository / "nested", other):
        path = directory / "lib.py"
        status, _, errors = check(repository, "base", str(path))
        assert status == 2
        assert f"error: --diff-base: git knows no revision 'base' in {directory}" in errors
        git("tag", "base", cwd=directory)
        assert check(repository, "base", str(path))[:2] == (0, [])
        change(path, "x.numel() > 3", "x.numel() > 4")
        assert check(repository, "base", str(path))[0] == 1


def test_a_repository_that_git_refuses_is_not_called_none(repository):
    (repository / ".git" / "HEAD").write_text("broken", "utf-8")
    status, _, errors = check(repository)
    assert status == 2
    assert f"error: --diff-base: git does not work in {repository}; `git -C" in errors


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


@pytest.mark.parametrize("revision", ["origin/main", "origin/main~1", "refs/remotes/origin/main"])
def test_the_advice_for_a_shallow_clone_of_one_branch_helps(
    repository, git, tmp_path_factory, revision
):
    (repository / "b.py").write_text("x = 1\n", "utf-8")
    commit(git, "b")
    git("switch", "-qc", "feature/one")
    for number in range(3):
        (repository / f"{number}.py").write_text(HAZARD, "utf-8")
        commit(git, str(number))
    clone = tmp_path_factory.mktemp("clones") / "clone"
    shallow = ("--depth", "1", "-b", "feature/one", f"file://{repository}")
    git("clone", "-q", *shallow, str(clone))
    status, _, errors = check(clone, revision)
    assert status == 2
    assert f"git knows no revision {revision!r}; this is a shallow clone" in errors
    command = "git fetch --unshallow origin main:refs/remotes/origin/main"
    assert f"`{command}`, or `fetch-depth: 0`" in errors
    git("fetch", "-q", "--depth", "1", "origin", "main:refs/remotes/origin/main", cwd=clone)
    if "~" not in revision:
        status, _, errors = check(clone, revision)
        assert status == 2
        assert f"{revision!r} and HEAD have no commit in common; this is a shallow" in errors
        assert f"`{command}`, or `fetch-depth: 0`" in errors
    git(*command.split()[1:], cwd=clone)
    assert check(clone, revision)[1] == [f"{number}.py:10:12" for number in range(3)]


def test_the_advice_for_a_branch_that_a_clone_does_not_have(repository, git, tmp_path_factory):
    git("switch", "-qc", "feature")
    clone = tmp_path_factory.mktemp("clones") / "clone"
    git("clone", "-q", "--single-branch", f"file://{repository}", str(clone))
    status, _, errors = check(clone, "origin/main")
    assert status == 2
    command = "git fetch origin main:refs/remotes/origin/main"
    assert f"git knows no revision 'origin/main'; if origin has it, `{command}` brings it" in errors
    git(*command.split()[1:], cwd=clone)
    assert check(clone, "origin/main")[:2] == (0, [])
    status, _, errors = check(clone, "main")
    assert status == 2
    assert "git knows no revision 'main'; did you mean 'origin/main'?" in errors


def test_the_advice_for_the_name_of_a_branch_in_a_shallow_clone(repository, git, tmp_path_factory):
    git("switch", "-qc", "feature")
    (repository / "b.py").write_text(HAZARD, "utf-8")
    commit(git, "b")
    clone = tmp_path_factory.mktemp("clones") / "clone"
    git("clone", "-q", "--depth", "1", f"file://{repository}", str(clone))
    _, _, errors = check(clone, "main")
    command = "git fetch --unshallow origin main:refs/remotes/origin/main"
    assert f"if it is a branch, `{command}` does, under the name 'origin/main'" in errors
    git(*command.split()[1:], cwd=clone)
    assert check(clone, "origin/main")[1] == ["b.py:10:12"]


def test_git_itself_is_missing(repository, monkeypatch):
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    status, _, errors = check(repository)
    assert status == 2
    assert "error: --diff-base: git is not installed" in errors
