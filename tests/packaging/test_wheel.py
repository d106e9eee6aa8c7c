"""What users install: the wheel, and the wheel built from the sdist, away from the sources."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HAZARD = ROOT / "tests" / "rules" / "cases" / "sg101.py"


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with the sdist and the wheel built from it.

    ``python -m build`` without further options builds the wheel from the sdist, not from the tree.
    """
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT]
    done = run(*command, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="module")
def installed(distributions: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a fresh environment with the wheel and its core dependencies alone."""
    home = tmp_path_factory.mktemp("installed")
    assert run(sys.executable, "-m", "venv", home / "venv", cwd=home).returncode == 0
    wheel = next(distributions.glob("*.whl"))
    done = run(home / "venv/bin/pip", "install", "--quiet", wheel, "pytest", cwd=home)
    assert done.returncode == 0, done.stderr
    return home


def test_the_wheel_carries_the_rules_and_what_they_need(distributions: Path) -> None:
    with zipfile.ZipFile(next(distributions.glob("*.whl"))) as archive:
        names = set(archive.namelist())
    sources = [
        path.relative_to(base).as_posix()
        for base in (ROOT, ROOT / "rules")
        for package in ("shapeguard", "shapeguard_rules")
        for path in (base / package).rglob("*")
        if path.is_file() and path.suffix in {".py", ".typed", ".html", ".css", ".js", ".j2"}
    ]
    assert "shapeguard_rules/sg101.py" in sources
    assert set(sources) <= names
    assert not [name for name in names if name.startswith(("tests", "docs"))]


def test_the_sdist_carries_what_runners_of_hooks_and_of_actions_read(distributions: Path) -> None:
    with tarfile.open(next(distributions.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {".pre-commit-hooks.yaml", "action.yml"} <= names


def test_an_installed_hook_finds_the_hazard_without_torch(installed: Path) -> None:
    shutil.copy(HAZARD, installed / "hazard.py")
    tool = installed / "venv/bin/shapeguard"
    done = run(tool, "check", "hazard.py", "--output-format", "concise", cwd=installed)
    assert done.returncode == 1, done.stderr
    assert done.stdout.count("SG101") >= 8
    missing = run(installed / "venv/bin/python", "-c", "import torch", cwd=installed)
    assert missing.returncode == 1


def test_the_page_of_a_rule_comes_with_the_wheel(installed: Path) -> None:
    done = run(installed / "venv/bin/shapeguard", "rule", "SG101", cwd=installed)
    assert done.returncode == 0
    assert "What it does" in done.stdout


def test_the_case_files_hold_for_the_installed_wheel(installed: Path) -> None:
    shutil.copytree(ROOT / "tests" / "rules", installed / "rules", dirs_exist_ok=True)
    command = [installed / "venv/bin/python", "-I", "-m", "pytest", "-q", "rules/test_cases.py"]
    done = run(*command, cwd=installed)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("code", "extra"),
    [
        ("import shapeguard\nwith shapeguard.debug(): pass", "adapters"),
        ("from shapeguard import reference\nreference.install()", "adapters"),
        ("import shapeguard\n@shapeguard.contract\ndef f(x): ...", "runtime"),
    ],
    ids=["debug", "reference", "contract"],
)
def test_an_absent_library_is_one_sentence_with_its_extra(
    installed: Path, code: str, extra: str
) -> None:
    done = run(installed / "venv/bin/python", "-I", "-c", code, cwd=installed)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert f"(the extra `{extra}` of shapeguard)" in last
