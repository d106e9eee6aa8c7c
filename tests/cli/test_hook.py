"""The hook as users have it: pre-commit builds its environment and refuses a commit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NO_INDEX = ("No matching distribution found", "Could not fetch URL", "ConnectionError")
CONFIG = """\
repos:
  - repo: {source}
    rev: {rev}
    hooks:
      - id: shapeguard
"""

pytestmark = pytest.mark.skipif(
    not (ROOT / ".pre-commit-hooks.yaml").is_file() or not (ROOT / ".git").exists(),
    reason="needs the project's own repository",
)


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """Return an environment in which only the hook's own installation of shapeguard is seen."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "PYTHON"))}
    path = os.pathsep.join([str(Path(sys.executable).parent), kept["PATH"]])
    identity = {"NAME": "A", "EMAIL": "a@example.org"}
    people = {f"GIT_{who}_{k}": v for who in ("AUTHOR", "COMMITTER") for k, v in identity.items()}
    return {**kept, **people, "PATH": path, "PRE_COMMIT_HOME": str(tmp_path / "home")}


@pytest.fixture
def run(environment):
    def run_in(directory, *command, check=True):
        done = subprocess.run(
            command, cwd=directory, env=environment, capture_output=True, text=True, check=False
        )
        output = done.stdout + done.stderr
        if any(phrase in output for phrase in NO_INDEX):
            pytest.skip("the hook's environment needs a package index")
        assert not check or done.returncode == 0, output
        return done.returncode, output

    return run_in


@pytest.fixture
def source(tmp_path, run):
    """Return a repository that holds the project as it stands in the working tree."""
    listed = run(ROOT, "git", "ls-files", "-co", "--exclude-standard", "-z")[1]
    target = tmp_path / "shapeguard"
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target / name)
    run(target, "git", "init", "-q")
    run(target, "git", "add", "-A")
    run(target, "git", "commit", "-qm", "state of the working tree")
    return target


def test_commit_with_a_hazard_is_refused(project, source, run):
    rev = run(source, "git", "rev-parse", "HEAD")[1].strip()
    (project / ".pre-commit-config.yaml").write_text(CONFIG.format(source=source, rev=rev), "utf-8")
    run(project, "git", "init", "-q")
    run(project, "git", "add", "-A")
    run(project, sys.executable, "-m", "pre_commit", "install")
    status, output = run(project, "git", "commit", "-m", "hazard", check=False)
    assert status == 1
    assert "hazard.py:16:16 in Layer.single" in output
    assert "- exit code: 1" in output

    (project / "hazard.py").write_text((project / "clean.py").read_text("utf-8"), "utf-8")
    run(project, "git", "add", "-A")
    _, output = run(project, "git", "commit", "-m", "corrected")
    assert "Passed" in output
