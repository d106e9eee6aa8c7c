"""Contracts in the child processes of ``shapeguard run``: torchrun's workers, spawned ones.

A child is another interpreter. It finds ``children/sitecustomize.py`` on its path, which puts the
contracts in force and, when the child ends, leaves what it found in a directory of the parent.
"""

from __future__ import annotations

import atexit
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from shapeguard.finding import Finding
from shapeguard.runtime import environment, violations

if TYPE_CHECKING:
    from collections.abc import Generator

DIRECTORY = "SHAPEGUARD_FINDINGS"
_CHILDREN = Path(__file__).parent / "children"


@contextmanager
def inherited(mode: str, level: str) -> Generator[Path]:
    """Let child processes enforce contracts; give the directory in which they leave what they found."""
    with tempfile.TemporaryDirectory(prefix="shapeguard-") as directory:
        path = os.pathsep.join(filter(None, [str(_CHILDREN), os.environ.get("PYTHONPATH", "")]))
        changes = {
            environment.VARIABLE: mode,
            environment.LEVEL: level,
            DIRECTORY: directory,
            "PYTHONPATH": path,
        }
        before = {name: os.environ.get(name) for name in changes}
        os.environ.update(changes)
        try:
            yield Path(directory)
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


def leave_at_exit() -> None:
    """Write what this process has found into the directory of its parent, when it ends."""
    directory = os.environ.get(DIRECTORY)
    if directory:
        atexit.register(_leave, Path(directory))


def _leave(directory: Path) -> None:
    found = violations()
    if found and directory.is_dir():
        (directory / f"{os.getpid()}.json").write_bytes(msgspec.json.encode(found))


def left_in(directory: Path) -> tuple[Finding, ...]:
    """Read what child processes have found."""
    files = sorted(directory.glob("*.json"))
    return tuple(
        finding
        for file in files
        for finding in msgspec.json.decode(file.read_bytes(), type=tuple[Finding, ...])
    )
