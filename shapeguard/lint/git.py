"""What git knows of a directory: the only place that runs git."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def list_by_git(directory: Path) -> list[str] | None:
    """Return tracked and untracked, not ignored entries; ``None`` where git has no say.

    git has no say outside a work tree, without git, and in a directory that is itself ignored.
    """
    if git(directory, "check-ignore", "--quiet", ".") != (1, b""):
        return None
    status, output = git(directory, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return [os.fsdecode(name) for name in output.split(b"\0") if name] if status == 0 else None


def git(directory: Path, *arguments: str) -> tuple[int, bytes]:
    """Run git there and return its status and output; status 128 stands for every way to fail."""
    import subprocess  # noqa: PLC0415 - a check of named files asks nothing of git

    # Inside a hook, GIT_DIR and GIT_INDEX_FILE speak of another repository or another index.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    command = ["git", "-C", os.fspath(directory), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, check=False, env=environment)  # noqa: S603 - fixed program, no shell
    except OSError:
        return (128, b"")
    return (done.returncode, done.stdout)
