"""Patterns that go up: what one file says holds as it is said in another."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest
from pathspec import GitIgnoreSpec

from shapeguard.lint.config import placed
from shapeguard.lint.config.patterns import rebased

ABOVE = Path("/x")
HERE = Path("/x/pkg/core")
PATTERNS = [
    *("a.py", "*.py", "gen", "gen/", "**", "**/", "/**", "/a.py", "/pkg", "/pkg/", "pkg/*"),
    *("pkg/core/a.py", "*/core", "**/core/a.py", "pkg/**/a.py", "/*", "p?g/c[a-z]re/", "\\!a.py"),
    *("\\#a.py", "a\\ ", "[!a]*", "/pkg/core/deep/**", "**/deep/**/a.py", "/**/a.py"),
]
FILES = [
    *("a.py", "b.pyi", "gen/a.py", "deep/gen/b.py", "deep/er/a.py", "pkg/core/a.py", "core/a.py"),
    *("!a.py", "#a.py", "a ", "deep/a b.py"),
]
OUTSIDE = [*("a.py", "gen/a.py", "pkg/a.py", "core/a.py", "pkg/cores/deep/a.py", "#a.py")]


def matches(pattern, directory, path):
    """Say whether a pattern in a file in a directory matches, as the check reads it."""
    root, own = placed(pattern, directory)
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
    return GitIgnoreSpec.from_lines([own]).match_file(PurePosixPath(name))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_of_a_directory_above_matches_the_same_files(pattern):
    moved = rebased(pattern, ABOVE, HERE)
    assert moved.startswith("../../")
    for path in [*(HERE / name for name in FILES), *(ABOVE / name for name in OUTSIDE)]:
        assert matches(moved, HERE, path) is matches(pattern, ABOVE, path), (moved, path)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_goes_through_directories_as_it_goes_at_once(pattern):
    middle = HERE.parent
    assert rebased(rebased(pattern, ABOVE, middle), middle, HERE) == rebased(pattern, ABOVE, HERE)
    assert rebased(pattern, HERE, HERE) == pattern


@pytest.mark.parametrize(
    ("pattern", "old", "moved"),
    [
        ("gen", "/x", "../../**/gen"),
        ("**/gen", "/x", "../../**/gen"),
        ("!gen/", "/x/pkg", "!../**/gen/"),
        ("/gen", "/", "../../../gen"),
        ("../gen", "/x/pkg", "../../gen"),
        ("../pkg/core/a.py", "/x/pkg", "../../pkg/core/a.py"),
        ("*.py", "/x/shared", "*.py"),
        ("**/*.py", "/x/shared", "**/*.py"),
        ("/a.py", "/x/shared", "../../shared/a.py"),
        ("!tests/*", "/x/[a] *", "!../../\\[a] \\*/tests/*"),
        ("*.py", "/x/pkg/core/base", "*.py"),
        ("/a.py", "/x/pkg/core/base", "/base/a.py"),
        ("../a.py", "/x/pkg/core/base", "/a.py"),
        ("../../a.py", "/x/pkg/core/base", "../a.py"),
    ],
)
def test_what_a_pattern_becomes(pattern, old, moved):
    assert rebased(pattern, Path(old), HERE) == moved


def test_names_that_would_be_patterns_stand_for_themselves():
    odd = Path("/x/[a] *\\")
    moved = rebased("/gen/", odd, HERE)
    assert matches(moved, HERE, odd / "gen" / "a.py")
    assert not matches(moved, HERE, Path("/x/a b/gen/a.py"))


def test_no_pattern_goes_up_from_the_top():
    assert placed("../../../a.py", Path("/x")) == (Path("/"), "/a.py")
