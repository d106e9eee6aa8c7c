"""What the official validator says of a SARIF report, the rules of GitHub included.

It comes from npm and runs by itself.
"""

from __future__ import annotations

import errno
import functools
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from npm_packages import HERE, package

_SYSTEM = {"linux": "linux", "darwin": "darwin", "win32": "win32"}[sys.platform]

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
    tool = package(f"@microsoft/sarif-multitool-{_SYSTEM}")
    program = tool / ("Sarif.Multitool.exe" if _SYSTEM == "win32" else "Sarif.Multitool")
    program.chmod(0o755)
    return program


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
                *("--config", HERE / "multitool.xml"),
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
