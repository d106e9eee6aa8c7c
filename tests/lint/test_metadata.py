"""What a project says of its dependencies."""

from __future__ import annotations

import pytest

from shapeguard.lint.metadata import all_below, required


@pytest.mark.parametrize(
    ("line", "versions"),
    [
        ("adapters<1.1.1", "<1.1.1"),
        ("adapters == 1.1.0  # pinned", "== 1.1.0"),
        ("Adapters[sklearn]>=1,<1.1 ; python_version > '3.9'", ">=1,<1.1"),
        ("adapters", ""),
        ("adapters-extra==1.0", ""),
        ("-r other.txt", ""),
    ],
)
def test_a_line_of_requirements(tmp_path, line, versions):
    tmp_path.joinpath("requirements-dev.txt").write_text(f"torch\n{line}\n", "utf-8")
    assert required(tmp_path, "adapters") == versions


def test_dependencies_of_a_project_above_its_package(tmp_path):
    text = '[project]\ndependencies = ["torch", "adapters<1.1.1"]\n'
    tmp_path.joinpath("pyproject.toml").write_text(text, "utf-8")
    package = tmp_path / "src" / "package"
    package.mkdir(parents=True)
    assert required(package, "adapters") == "<1.1.1"


def test_optional_dependencies(tmp_path):
    text = '[project]\n[project.optional-dependencies]\nnlp = ["adapters~=1.0.1"]\n'
    tmp_path.joinpath("pyproject.toml").write_text(text, "utf-8")
    assert required(tmp_path, "adapters") == "~=1.0.1"


@pytest.mark.parametrize("text", ["[project", "project = 3", "[project]\ndependencies = 3", ""])
def test_what_cannot_be_read_says_nothing(tmp_path, text):
    tmp_path.joinpath("pyproject.toml").write_text(text, "utf-8")
    assert required(tmp_path, "adapters") == ""


def test_a_bound_keeps_versions_below_a_limit():
    assert all_below(">=0.1,<1.1.1", (1, 1, 1))
    assert all_below("==1.0.*", (1, 1, 1))
    assert not all_below("==1.1.*", (1, 1, 1))
    assert not all_below(">=0.1", (1, 1, 1))
    assert not all_below("<2", (1, 1, 1))
