"""A check of a project that uses no tensor library: what it says, and what it does not load."""

from __future__ import annotations

import json

import pytest

UNUSED = (
    *("libcst", "torch", "numpy", "rich", "jinja2", "unidiff", "pathspec", "sqlite3", "tomllib"),
    *("importlib.metadata", "subprocess", "tempfile", "multiprocessing", "shapeguard_rules"),
    *("shapeguard.lint.flow", "shapeguard.lint.api", "shapeguard.lint.examination"),
    *("shapeguard.lint.project", "shapeguard.lint.outline", "shapeguard.lint.cache"),
    *("shapeguard.lint.environment", "shapeguard.lint.suppressing", "shapeguard.lint.ranking"),
    *("shapeguard.lint.fixing", "shapeguard.lint.settling", "shapeguard.lint.changes"),
    *("shapeguard.lint.baseline", "shapeguard.cli.fixing", "shapeguard.cli.crash"),
)
PLAIN = "def first(batch, sizes):\n    return batch[: sizes[0]].max(dim=0)\n"


@pytest.fixture
def hazard(project):
    """Return the text of a file with one finding."""
    return (project / "hazard.py").read_text("utf-8")


@pytest.fixture
def plain(project, hazard):
    """Return a project that imports no tensor library."""
    assert "import torch" in hazard
    (project / "shapeguard.toml").unlink()
    (project / "pyproject.toml").write_text("[project]\nname = 'plain'\n", "utf-8")
    (project / ".git").mkdir()
    (project / "hazard.py").write_text(PLAIN, "utf-8")
    (project / "clean.py").write_text("import re\n", "utf-8")
    return project


@pytest.mark.parametrize("options", [(), ("-q", "--force-exclude"), ("--no-cache",)])
def test_nothing_is_loaded_that_is_not_used(plain, loaded, options):
    assert loaded(*options, "hazard.py").isdisjoint(UNUSED)
    assert not (plain / ".shapeguard_cache").exists()


@pytest.mark.parametrize(
    ("text", "module"),
    [
        ("import torch\n", "shapeguard.lint.examination"),
        ("x = 1  # shapeguard: ignore-file[SG903] why\n", "shapeguard.lint.suppressing"),
    ],
)
def test_the_probe_can_fail(plain, loaded, text, module):
    (plain / "hazard.py").write_text(text, "utf-8")
    assert module in loaded("--exit-zero", "hazard.py")


def test_verbose_and_statistics_say_so(tool, plain):
    done = tool("check", "--verbose", "--statistics")
    assert done.returncode == 0
    assert "not examined: 2 files, since their projects use no tensor library\n" in done.stderr
    assert "2  files not examined (no tensor library)\n" in done.stderr
    assert "No findings (2 files checked)" in done.stderr
    one = tool("check", "--verbose", "clean.py").stderr
    assert "not examined: 1 file, since its project uses no tensor library\n" in one
    assert "not examined" not in tool("check").stderr
    (plain / "clean.py").write_text("import torch\n", "utf-8")
    done = tool("check", "--verbose", "--statistics")
    assert "not examined" not in done.stderr


def test_reports_are_those_of_files_without_findings(tool, plain):
    assert json.loads(tool("check", "--output-format", "json").stdout) == []
    sarif = json.loads(tool("check", "--output-format", "sarif").stdout)
    assert sarif["runs"][0]["results"] == []


def test_standard_input_decides_with_what_it_says(tool, plain, hazard):
    assert (plain / "hazard.py").read_text("utf-8") == PLAIN
    given = ("check", "-q", "--output-format", "concise", "--stdin-filename", "hazard.py", "-")
    assert tool(*given, text=PLAIN).returncode == 0
    syntax = tool(*given, text="def f(:\n")
    assert (syntax.returncode, "SG900" in syntax.stdout) == (1, True)
    assert "SG101" in tool(*given, text=hazard).stdout
    assert tool(*given, text=hazard.replace("import torch\n", "")).stdout == ""


def test_a_syntax_error_and_a_suppression_are_reported(tool, plain):
    (plain / "clean.py").write_text("x = 1  # shapeguard: ignore[SG101] outlived\n", "utf-8")
    (plain / "hazard.py").write_text("def f(:\n", "utf-8")
    for _ in range(2):
        done = tool("check", "--output-format", "concise")
        assert done.returncode == 1
        assert "clean.py:1:30: SG901" in done.stdout or "SG901" in done.stdout
        assert "clean.py:1:29: SG901 " in done.stdout
        assert "hazard.py:1:7: SG900 " in done.stdout


def test_fixes_of_suppressions_are_applied(tool, plain):
    (plain / "clean.py").write_text("x = 1  # shapeguard: ignore[SG101] outlived\n", "utf-8")
    assert tool("check", "--fix").returncode == 0
    assert (plain / "clean.py").read_text("utf-8") == "x = 1\n"


def test_a_file_that_cannot_be_read_is_trouble(tool, plain):
    done = tool("check", "gone.py", "clean.py")
    assert done.returncode == 2
    assert "error: gone.py: no such file or directory" in done.stderr


def test_wrong_codes_are_refused_all_the_same(tool, plain):
    assert "unknown rule code 'SG000'" in tool("check", "--select", "SG000").stderr
    (plain / "pyproject.toml").write_text("[tool.shapeguard]\nignore = ['SG000']\n", "utf-8")
    done = tool("check")
    assert done.returncode == 2
    assert "ignore: unknown rule code 'SG000'" in done.stderr
    (plain / "pyproject.toml").write_text("not TOML, and nothing of ours\n", "utf-8")
    assert tool("check").returncode == 0
