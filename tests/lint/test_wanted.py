"""What the settings of a file let through of what is found in it."""

from __future__ import annotations

import pytest

from shapeguard.lint import analyse
from shapeguard.lint.config import Settings
from shapeguard.lint.wanted import per_file_ignores

HAZARD = """\
import torch

def join(xs):
    kept = [x for x in xs if x.numel() > 3]
    return torch.cat(kept)
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return a function that writes files into the working directory and tells what is found."""
    monkeypatch.chdir(tmp_path)

    def found(files, *paths):
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, "utf-8")
        return [
            (each.span.filename, each.code, each.severity.value) for each in analyse(paths or ".")
        ]

    return found


def test_a_pattern_ignores_codes_in_the_files_that_match(project):
    settings = '[per-file-ignores]\n"tests/*" = ["SG1"]\n"!*.py" = ["ALL"]\n'
    files = {"shapeguard.toml": settings, "a.py": HAZARD, "tests/a.py": HAZARD}
    assert project(files) == [("a.py", "SG103", "error")]


def test_a_suppression_of_what_is_ignored_in_a_file_is_not_called_unused(project):
    text = HAZARD.replace("cat(kept)", "cat(kept)  # shapeguard: ignore[SG103] fine")
    files = {"shapeguard.toml": '[per-file-ignores]\n"a.py" = ["SG103"]', "a.py": text}
    assert project(files) == []


def test_findings_about_files_are_ignored_too(project):
    files = {"shapeguard.toml": "", "a.py": "x = ("}
    assert project(files) == [("a.py", "SG900", "error")]
    assert project({"shapeguard.toml": '[per-file-ignores]\n"*.py" = ["SG9"]'}) == []


def test_a_rule_is_as_severe_as_the_settings_say(project):
    settings = '[rules.SG103]\nseverity = "info"\n[rules.SG901]\nseverity = "error"\n'
    files = {
        "shapeguard.toml": settings,
        "a.py": HAZARD,
        "b.py": "x = 1  # shapeguard: ignore[SG101] no\n",
    }
    assert project(files) == [("a.py", "SG103", "info"), ("b.py", "SG901", "error")]


def test_how_sure_the_findings_of_one_rule_must_be(project):
    less_sure = """\
import torch

def stacked(x: torch.Tensor, y: torch.Tensor):
    return torch.stack([x[x > 0], y[y > 0]])
"""
    files = {"shapeguard.toml": "", "a.py": HAZARD, "b.py": less_sure}
    assert project(files) == [("a.py", "SG103", "error"), ("b.py", "SG102", "error")]
    assert project({"shapeguard.toml": '[rules.SG102]\nmin-confidence = "high"'}) == [
        ("a.py", "SG103", "error")
    ]
    assert project({"shapeguard.toml": 'min-confidence = "high"'}) == [("a.py", "SG103", "error")]
    settings = 'min-confidence = "high"\n[rules.SG102]\nmin-confidence = "low"'
    assert len(project({"shapeguard.toml": settings})) == 2


def test_each_part_of_a_tree_has_its_own_settings(project):
    files = {
        "shapeguard.toml": "",
        "a.py": HAZARD,
        "pkg/shapeguard.toml": 'ignore = ["SG103"]\nextend-exclude = ["gen"]',
        "pkg/a.py": HAZARD,
        "pkg/gen/b.py": "x = (",
    }
    assert project(files) == [("a.py", "SG103", "error")]
    assert project({}, "pkg", "pkg/a.py") == []


def test_a_reason_must_hold_what_the_settings_ask_for(project):
    cat = "return torch.cat(kept)"
    text = HAZARD.replace(cat, f"{cat}  # shapeguard: ignore[SG103] see #12")
    settings = 'extend-select = ["SG903"]\n[rules.SG903]\npattern = "#[0-9]{3}"\n'
    assert project({"shapeguard.toml": settings, "a.py": text}) == [("a.py", "SG903", "info")]
    assert project({"a.py": text.replace("#12", "#123")}) == []
    assert project({"a.py": text.replace("see #12", "")}) == [("a.py", "SG903", "info")]


def test_modules_are_found_below_the_directories_of_src(project):
    helper = "def kept(xs):\n    return [x for x in xs if x.numel() > 3]\n"
    user = "import torch\nfrom core.helper import kept\n\ndef join(xs):\n    return torch.cat(kept(xs))\n"
    files = {
        "shapeguard.toml": "",
        "python/core/helper.py": helper,
        "python/core/user.py": user,
    }
    assert project(files) == []
    assert project({"shapeguard.toml": 'src = ["python"]'}) == [
        ("python/core/user.py", "SG103", "error")
    ]


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("tests/*", "tests/a.py", True),
        ("tests/", "tests/deep/a.py", True),
        ("*_test.py", "src/x_test.py", True),
        ("/a.py", "src/a.py", False),
        ("!src/**", "src/a.py", False),
        ("!src/**", "tests/a.py", True),
    ],
)
def test_patterns_are_those_of_gitignore(tmp_path, pattern, name, matches):
    origin = tmp_path / "shapeguard.toml"
    settings = Settings(per_file_ignores={pattern: ("SG1",)}, origin=origin)
    assert list(per_file_ignores(settings, tmp_path / name)) == (["SG1"] if matches else [])
