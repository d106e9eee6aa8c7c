"""``--show-settings``: what it prints means what the files mean that it comes from."""

from __future__ import annotations

import tomllib

import pytest


@pytest.fixture
def family(project):
    """Return a directory with settings of its own, which extend those of the directory above."""
    (project / "shapeguard.toml").write_text(
        'extend-select = ["SG903"]\nexclude = ["/pkg/old"]\nextend-exclude = ["gen/"]\n'
        '[per-file-ignores]\n"pkg/a.py" = ["SG1"]\n"*_test.py" = ["ALL"]\n',
        "utf-8",
    )
    child = project / "pkg"
    for name in ("a.py", "b.py", "b_test.py", "old/c.py", "deep/gen/d.py", "own.py", "pkg/a.py"):
        (child / name).parent.mkdir(parents=True, exist_ok=True)
        (child / name).write_text((project / "hazard.py").read_text("utf-8"), "utf-8")
    (child / "shapeguard.toml").write_text(
        'extend = "../shapeguard.toml"\nextend-select = ["SG304"]\nextend-exclude = ["/own.py"]\n',
        "utf-8",
    )
    return child


def test_shown_settings_mean_the_same_where_they_extend_others(tool, project, family):
    shown = tool("check", "--show-settings", "pkg").stdout
    assert shown.startswith(
        f"# from {family / 'shapeguard.toml'}\n"
        f"# and {project / 'shapeguard.toml'}, which it extends\n"
    )
    assert "extend" not in tomllib.loads(shown)
    (family / "x.toml").write_text(shown, "utf-8")
    again = tool("check", "--show-settings", "--config", "pkg/x.toml").stdout
    assert tomllib.loads(again) == tomllib.loads(shown)
    short = ("check", "--output-format", "concise", "pkg")
    found = tool(*short).stdout
    assert [line.partition(":")[0] for line in found.splitlines()] == ["pkg/b.py", "pkg/pkg/a.py"]
    assert tool(*short, "--config", "pkg/x.toml").stdout == found


def test_a_pattern_that_matches_nothing_is_wrong_usage(tool):
    done = tool("check", "--extend-exclude", "[a")
    assert done.returncode == 2
    assert "error: --extend-exclude: expected a gitignore pattern, found '[a'" in done.stderr


def test_a_directory_of_src_that_is_not_there_is_a_warning(tool, project):
    (project / "shapeguard.toml").write_text('src = ["nothere", "clean.py", "."]\n', "utf-8")
    done = tool("check", "clean.py")
    start = f"warning: {project / 'shapeguard.toml'}: src: there is no directory {project}"
    assert done.stderr.splitlines()[:2] == [f"{start}/nothere", f"{start}/clean.py"]
    assert done.returncode == 0
    assert tool("check", "clean.py", "--quiet").stderr == ""


def test_each_of_several_settings_is_shown_once(tool, project, family):
    (project / "tests").mkdir()
    both = tool("check", "--show-settings", ".", "pkg", "tests", "pkg/deep/../a.py").stdout
    outer, inner = tool("check", "--show-settings"), tool("check", "--show-settings", "pkg/b.py")
    assert both == f"{outer.stdout}\n{inner.stdout}"
    assert inner.stdout.startswith(f"# from {family / 'shapeguard.toml'}\n")
    assert tomllib.loads(outer.stdout) != tomllib.loads(inner.stdout)
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(both)
    standard_input = ("--stdin-filename", "pkg/new.py", "-")
    assert tool("check", "--show-settings", *standard_input, text="").stdout == inner.stdout
    assert tool("check", "--show-settings", "pkg/../tests").stdout == outer.stdout


def test_shown_settings_are_toml_whatever_names_are_in_them(tool, project):
    odd = project / 'a\n"\\ \x7f'
    odd.mkdir()
    (odd / "shapeguard.toml").write_text('baseline = "b.json"\nsrc = ["\\u007f"]\n', "utf-8")
    shown = tool("check", "--show-settings", str(odd)).stdout
    assert tomllib.loads(shown)["baseline"] == str(odd / "b.json")
    assert tomllib.loads(shown)["src"] == [str(odd / "\x7f")]
