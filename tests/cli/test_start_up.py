"""What must not be imported, and the proof that the probe would notice."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "torch",
    "libcst",
    "jaxtyping",
    "beartype",
    "jinja2",
    "pygments",
    "rich",
    "numpy",
    "adapters",
)
PROBE = """
import sys
from shapeguard.cli import main
try:
    main(sys.argv[1:])
except SystemExit as stop:
    status = stop.code
print("loaded:", *sorted({name.partition(".")[0] for name in sys.modules}))
sys.exit(status)
"""


def loaded(code: str, *arguments: str) -> set[str]:
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(done.stdout.rpartition("loaded:")[2].split())


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["check", "--help"],
        ["rule", "--help"],
        ["run", "--help"],
        ["probe", "--help"],
        ["probe", "--list"],
    ],
    ids=" ".join,
)
def test_help_loads_nothing_heavy(arguments):
    assert loaded(PROBE, *arguments).isdisjoint(HEAVY)


def test_checking_a_file_loads_no_runtime(tmp_path):
    (tmp_path / "a.py").write_text("x = 1\n", "utf-8")
    runtime = {"torch", "jaxtyping", "beartype", "numpy", "jinja2", "rich"}
    assert loaded(PROBE, "check", str(tmp_path)).isdisjoint(runtime)


@pytest.mark.parametrize("module", ["libcst", "jinja2", "rich"])
def test_the_probe_can_fail(module):
    assert module in loaded(f"import {module}\n{PROBE}", "check", "--help")


def test_importing_the_package_loads_nothing():
    code = (
        "import sys, shapeguard, shapeguard.cli, shapeguard.report; print('loaded:', *sys.modules)"
    )
    assert loaded(code).isdisjoint({*HEAVY, "click", "msgspec", "pathspec"})
