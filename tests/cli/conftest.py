from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from pathlib import Path

HAZARD = """\
import torch


class Layer:
    def compose(self, sizes, prefix, keys):
        outputs = []
        for i in range(len(sizes)):
            share = slice(sum(sizes[:i]), sum(sizes[: i + 1]))
            outputs.append(self.single(prefix, keys, share))
        return torch.cat(outputs, dim=0)

    def single(self, prefix, keys, share):
        keys = keys[share]
        if share.start < prefix.size(0):
            prefix = prefix[share]
        return torch.cat([prefix, keys], dim=2)
"""
"""The pattern of adapter-hub/adapters#794 in one file; the join is at 16:16."""

CLEAN = HAZARD.replace(
    "        if share.start < prefix.size(0):\n            prefix = prefix[share]\n",
    "        prefix = prefix[share]\n",
)


PROBE = """
import sys
from shapeguard.cli import main
try:
    main(sys.argv[1:])
except SystemExit as stop:
    status = stop.code
print("loaded:", *sorted(sys.modules))
sys.exit(status)
"""


class Loaded(Protocol):
    def __call__(self, *arguments: str, status: int = 0) -> set[str]: ...


class Tool(Protocol):
    def __call__(
        self,
        *arguments: str,
        text: str | None = None,
        **variables: str,
    ) -> subprocess.CompletedProcess[str]: ...


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a directory with one hazard, one clean file and its own configuration."""
    (tmp_path / "shapeguard.toml").write_text("", "utf-8")
    (tmp_path / "hazard.py").write_text(HAZARD, "utf-8")
    (tmp_path / "clean.py").write_text(CLEAN, "utf-8")
    return tmp_path


@pytest.fixture
def tool(project: Path) -> Tool:
    """Return a function that runs ``shapeguard`` in ``project``, as a user does."""

    def run(
        *arguments: str,
        text: str | None = None,
        **variables: str,
    ) -> subprocess.CompletedProcess[str]:
        kept = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "FORCE_COLOR"}}
        return subprocess.run(
            [sys.executable, "-m", "shapeguard", *arguments],
            cwd=project,
            env={**kept, **variables},
            input=text,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run


@pytest.fixture
def loaded(project: Path) -> Loaded:
    """Return a function that checks ``project`` and returns the names of the modules then loaded."""

    def run(*arguments: str, status: int = 0) -> set[str]:
        done = subprocess.run(
            [sys.executable, "-c", PROBE, "check", *arguments],
            cwd=project,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stderr
        return set(done.stdout.rpartition("loaded:")[2].split())

    return run
