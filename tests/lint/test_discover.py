from __future__ import annotations

import os
import subprocess
import sys

import pytest
from privileges import bound_by_permissions

from shapeguard.lint.config import Settings
from shapeguard.lint.discover import discover


def git(directory, *arguments):
    subprocess.run(["git", "-C", directory, *arguments], check=True, capture_output=True)


def tree(directory, *names):
    for name in names:
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", "utf-8")


def found(directory, *paths, settings=None):
    result = discover(paths or (".",), settings or Settings(), directory)
    assert list(result.files) == sorted(set(result.files))
    return [path.relative_to(directory).as_posix() for path in result.files]


@pytest.fixture(params=["git", "plain"])
def project(request, tmp_path):
    """The same tree, known to git and not: both must give the same files."""
    if request.param == "git":
        git(tmp_path, "init", "-q")
    return tmp_path


def test_python_files_only(project):
    tree(project, "a.py", "b/c.pyi", "b/d.txt", "e.ipynb", "b/f.PY")
    assert found(project) == ["a.py", "b/c.pyi"]


def test_named_file_is_taken_whatever_its_suffix(project):
    tree(project, "script", "a.py")
    assert found(project, "script", "a.py", "./a.py") == ["a.py", "script"]


def test_gitignore_is_respected_at_every_level(project):
    tree(
        project, "a.py", "gen/x.py", "sub/b.py", "sub/c_pb2.py", "sub/keep_pb2.py", "deep/gen/y.py"
    )
    (project / ".gitignore").write_text("gen/\n", "utf-8")
    (project / "sub" / ".gitignore").write_text("*_pb2.py\n!keep_pb2.py\n", "utf-8")
    assert found(project) == ["a.py", "sub/b.py", "sub/keep_pb2.py"]


def test_hidden_and_installed_directories_are_skipped(project):
    tree(
        project,
        "a.py",
        ".hidden/b.py",
        "node_modules/c.py",
        "venv/d.py",
        "lib/site-packages/e.py",
        "my-env/pyvenv.cfg",
        "my-env/lib/f.py",
        ".g.py",
    )
    assert found(project) == [".g.py", "a.py"]


@pytest.mark.parametrize("where", [".venv/lib/site-packages/pkg", ".venv", "lib/site-packages"])
def test_named_directory_is_read_whatever_hides_it(project, where):
    (project / ".gitignore").write_text(".venv/\n", "utf-8")
    tree(project, f"{where}/a.py", f"{where}/sub/b.py", f"{where}/.tox/c.py")
    assert found(project, where) == [f"{where}/a.py", f"{where}/sub/b.py"]
    assert found(project) == []


def test_lines_of_a_gitignore_that_are_no_patterns_are_passed_over(project):
    tree(project, "a.py", "gen/b.py", "c.py")
    (project / ".gitignore").write_text("!\n[z-a]\n[a\n# gen\n\ngen/\n\\\n/\nc.py\n", "utf-8")
    assert found(project) == ["a.py"]


def test_gitignore_inside_a_named_ignored_directory_still_holds(project):
    (project / ".gitignore").write_text("cache/\n", "utf-8")
    tree(project, "cache/pkg/a.py", "cache/pkg/gen.py")
    (project / "cache" / "pkg" / ".gitignore").write_text("gen.py\n", "utf-8")
    assert found(project, "cache/pkg") == ["cache/pkg/a.py"]


def test_excludes_are_relative_to_the_configuration(project):
    tree(project, "a.py", "tests/data/b.py", "tests/c.py", "sub/tests/data/d.py")
    settings = Settings(extend_exclude=("/tests/data",), origin=project / "shapeguard.toml")
    assert found(project, settings=settings) == ["a.py", "sub/tests/data/d.py", "tests/c.py"]
    assert found(project, "tests", settings=settings) == ["tests/c.py"]
    assert found(project, "tests/data", settings=settings) == ["tests/data/b.py"]


def test_exclude_replaces_the_defaults(project):
    tree(project, "venv/a.py", "b.py")
    assert found(project, settings=Settings(exclude=("b.py",))) == ["venv/a.py"]


def test_force_exclude_holds_for_named_paths(project):
    tree(project, "a.py", "gen/b.py", ".venv/c.py")
    settings = Settings(extend_exclude=("gen",), force_exclude=True)
    assert found(project, "a.py", "gen/b.py", ".venv", settings=settings) == ["a.py"]
    assert found(project, "gen/b.py", settings=Settings(extend_exclude=("gen",))) == ["gen/b.py"]


def test_missing_path_is_a_problem_and_the_rest_is_found(project):
    tree(project, "a.py")
    (project / "dangling.py").symlink_to("nowhere")
    result = discover(["no.py", "a.py", "dangling.py"], Settings(), project)
    assert [path.name for path in result.files] == ["a.py"]
    assert result.problems == (
        "no.py: no such file or directory",
        "dangling.py: no such file or directory",
    )


PROBLEMS = """
import sys
from pathlib import Path
from shapeguard.lint.config import Settings
from shapeguard.lint.discover import discover
print(*discover(sys.argv[1:], Settings(), Path.cwd()).problems, sep="\\n")
"""


def problems(directory, *paths):
    """Return what an unprivileged user is told."""
    command = bound_by_permissions([sys.executable, "-c", PROBLEMS, *paths])
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_unreadable_path_is_a_problem(project):
    tree(project, "a.py", "b/c.py")
    (project / "link.py").symlink_to("b/c.py")
    (project / "a.py").chmod(0)
    (project / "b").chmod(0)
    named = problems(project, "a.py", "b", "link.py")
    found_below = problems(project, ".")
    (project / "b").chmod(0o700)
    assert named == [f"{name}: permission denied" for name in ("a.py", "b", "link.py")]
    assert f"{project / 'link.py'}: Permission denied" in found_below


def test_unreadable_ignore_file_is_a_problem(tmp_path):
    tree(tmp_path, "a.py")
    (tmp_path / ".gitignore").write_text("b.py", "utf-8")
    (tmp_path / ".gitignore").chmod(0)
    assert problems(tmp_path, ".") == [f"{tmp_path / '.gitignore'}: Permission denied"]


def test_pipe_is_no_file(project):
    tree(project, "a.py")
    os.mkfifo(project / "pipe.py")
    assert found(project) == ["a.py"]
    result = discover(["pipe.py"], Settings(), project)
    assert result.problems == ("pipe.py: neither a regular file nor a directory",)


def test_directory_without_python_is_a_warning(project):
    tree(project, "docs/a.md")
    result = discover(["docs"], Settings(), project)
    assert result.files == ()
    assert result.problems == ()
    assert result.warnings == ("docs: no Python files here (ignored ones are not counted)",)


def test_linked_file_is_checked_once_and_linked_directories_are_not_followed(project):
    tree(project, "a.py", "d/b.py")
    (project / "link.py").symlink_to("a.py")
    (project / "d" / "up").symlink_to(project)
    assert found(project) == ["a.py", "d/b.py"]


def test_nested_repository_is_part_of_the_tree(tmp_path):
    git(tmp_path, "init", "-q")
    tree(tmp_path, "a.py", "vendored/b.py", "vendored/gen.py")
    (tmp_path / "vendored" / ".gitignore").write_text("gen.py\n", "utf-8")
    git(tmp_path / "vendored", "init", "-q")
    assert found(tmp_path) == ["a.py", "vendored/b.py"]


def test_tracked_file_that_was_deleted_is_no_file(tmp_path):
    git(tmp_path, "init", "-q")
    tree(tmp_path, "a.py", "b.py")
    git(tmp_path, "add", ".")
    (tmp_path / "b.py").unlink()
    assert found(tmp_path) == ["a.py"]


def test_the_environment_of_a_git_hook_does_not_mislead(tmp_path, monkeypatch):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    git(tmp_path / "one", "init", "-q")
    git(tmp_path / "two", "init", "-q")
    tree(tmp_path, "two/a.py")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "one" / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "one" / ".git" / "index"))
    assert found(tmp_path, "two") == ["two/a.py"]


def test_without_git_the_ignore_files_are_read(tmp_path, monkeypatch):
    tree(tmp_path, "a.py", "b.py")
    git(tmp_path, "init", "-q")
    (tmp_path / ".gitignore").write_text("b.py\n", "utf-8")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert found(tmp_path) == ["a.py"]
