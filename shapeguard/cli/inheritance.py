"""Contracts in the child processes of ``shapeguard run``: torchrun's workers, spawned and forked ones.

A child that is another interpreter finds ``children/sitecustomize.py`` on its path, which puts the
contracts in force and hands in what it finds (:mod:`shapeguard.cli.handing_in`). A forked one inherits
both.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from shapeguard.cli.handing_in import HandIn
from shapeguard.runtime import control, environment, switch

if TYPE_CHECKING:
    from collections.abc import Generator

DIRECTORY = "SHAPEGUARD_FINDINGS"
_CHILDREN = Path(__file__).parent / "children"


@contextmanager
def inherited(mode: str, level: str) -> Generator[HandIn]:
    """Let this process and its children enforce contracts; give what they hand in.

    A forked child may leave the block as well: it takes nothing away.
    """
    runner, directory = os.getpid(), tempfile.mkdtemp(prefix="shapeguard-")
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
        switch.begin_from_import(control.checked(mode, level))
        hand_in = HandIn(Path(directory))
        hand_in.watch()
        yield hand_in
    finally:
        if os.getpid() == runner:
            _restore(before)
            shutil.rmtree(directory, ignore_errors=True)  # a child that goes on may still write


def _restore(before: dict[str, str | None]) -> None:
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def inherit() -> None:
    """Let this process, a child, enforce the contracts of its parent and hand in what it finds."""
    directory, mode = os.environ.get(DIRECTORY), os.environ.get(environment.VARIABLE, "")
    if directory and mode in control.MODES:
        level = os.environ.get(environment.LEVEL) or control.DEFAULT.level
        switch.begin_from_import(control.checked(mode, level))
        HandIn(Path(directory)).watch()
