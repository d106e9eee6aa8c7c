"""The project as others get it, and what else tests need that install it from there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NO_INDEX = (
    "No matching distribution found",
    "Could not fetch URL",
    "ConnectionError",
    "Failed to fetch",
    "Failed to download",
    "error sending request",
)
HAZARD = """\
import torch


def join(prefix, keys, share):
    keys = keys[share]
    if share.start < prefix.size(0):
        prefix = prefix[share]
    return torch.cat([prefix, keys], dim=2)
"""
"""The pattern of adapter-hub/adapters#794 in one function; the join is at 8:12."""
CLEAN = HAZARD.replace("    if share.start < prefix.size(0):\n        ", "    ")
WHO = {"NAME": "A", "EMAIL": "a@example.org"}


def surroundings(**variables: str) -> dict[str, str]:
    """Return an environment in which a new installation of shapeguard is the only one.

    The programs beside this interpreter are found; settings of git and of Python are not.
    """
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "PYTHON", "PREK_"))}
    people = {f"GIT_{who}_{k}": v for who in ("AUTHOR", "COMMITTER") for k, v in WHO.items()}
    path = os.pathsep.join([str(Path(sys.executable).parent), kept["PATH"]])
    return {**kept, **people, "GIT_CONFIG_GLOBAL": os.devnull, "PATH": path, **variables}


def run(
    *command: str | Path, cwd: Path, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command and return what it says, both streams as one.

    Skips the test if the command needs a package index and reaches none.
    """
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=env or surroundings(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    if done.returncode and any(phrase in done.stdout for phrase in NO_INDEX):
        pytest.skip("needs a package index")
    return done


def git(directory: Path, *arguments: str) -> str:
    """Run git and return its output. Fails the test if git fails."""
    done = run("git", *arguments, cwd=directory)
    assert done.returncode == 0, done.stdout
    return done.stdout.strip()


def commit(directory: Path, **files: str) -> str:
    """Write files, whose names end in ``.py``, commit everything and return the commit."""
    for name, text in files.items():
        (directory / f"{name}.py").write_text(text, "utf-8")
    git(directory, "add", "--all")
    git(directory, "commit", "--quiet", "--no-verify", "--message", "state")
    return git(directory, "rev-parse", "HEAD")


def check_out(target: Path) -> str:
    """Make a repository of the project as it stands in the working tree; return its commit."""
    listed = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target / name)
    git(target, "init", "--quiet")
    return commit(target)
