"""Run commands that file permissions hold for, even where the tests themselves run as root."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

_OVERRIDES = "-dac_override,-dac_read_search"


def bound_by_permissions(command: list[str]) -> list[str]:
    """Return ``command`` such that root, too, may only read what the mode of a file allows."""
    if os.geteuid() != 0:
        return command
    if shutil.which("setpriv") is None:
        pytest.skip("root reads everything, and there is no setpriv to give that up")
    dropped = ["setpriv", "--bounding-set", _OVERRIDES, "--inh-caps", _OVERRIDES]
    if subprocess.run([*dropped, "true"], capture_output=True, check=False).returncode:
        pytest.skip("root reads everything, and setpriv may not give that up here")
    return [*dropped, *command]
