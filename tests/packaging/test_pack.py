"""A pack of somebody else, in its own distribution, installed beside shapeguard."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACK = Path(__file__).parent / "pack"
CODE = """\
import ragged


def glued(rows):
    kept = [row for row in rows if row.valid]
    return ragged.glue(kept)


def guarded(rows):
    kept = [row for row in rows if row.valid]
    return ragged.glue(kept) if kept else None
"""


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with an environment that has shapeguard and the pack."""
    home = tmp_path_factory.mktemp("pack")
    assert run(sys.executable, "-m", "venv", home / "venv", cwd=home).returncode == 0
    for source in (ROOT, PACK):
        command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", home]
        done = run(*command, source, cwd=home)
        assert done.returncode == 0, done.stdout + done.stderr
    done = run(home / "venv/bin/pip", "install", "--quiet", *home.glob("*.whl"), cwd=home)
    assert done.returncode == 0, done.stderr
    (home / "code.py").write_text(CODE, "utf-8")
    return home


def checked(home: Path, *options: str) -> tuple[list[dict[str, object]], str, int]:
    command = [home / "venv/bin/shapeguard", "check", "code.py", "--output-format", "json"]
    done = run(*command, *options, cwd=home)
    return json.loads(done.stdout), done.stderr, done.returncode


def test_the_rule_of_a_pack_speaks_about_the_operation_of_its_model(home: Path) -> None:
    found, _, status = checked(home, "--select", "RG")
    assert [(each["code"], each["function"]) for each in found] == [("RG101", "glued")]
    assert status == 1


def test_its_page_is_shown_beside_the_others(home: Path) -> None:
    shown = run(home / "venv/bin/shapeguard", "rule", "RG101", cwd=home)
    assert "glue-of-nothing" in shown.stdout
    assert "cannot tell the rank of nothing" in shown.stdout


def test_when_the_pack_breaks_it_is_named_with_its_line_and_the_rest_runs(home: Path) -> None:
    (module,) = home.glob("venv/lib/python*/site-packages/shapeguard_ragged/rules.py")
    kept = module.read_text("utf-8")
    shutil.copy(ROOT / "tests" / "rules" / "cases" / "sg101.py", home / "code.py")
    try:
        module.write_text(kept.replace("code = ", "code: "), "utf-8")
        found, errors, status = checked(home)
        assert {each["code"] for each in found} == {"SG101"}
        assert status == 2
        assert f"error: pack 'ragged' (shapeguard_ragged.rules:RULES): {module}:" in errors
        line = next(number for number, text in enumerate(kept.splitlines(), 1) if "code = " in text)
        module.write_text(kept.replace("assert isinstance(event, Join)", "event.missing"), "utf-8")
        (home / "code.py").write_text(CODE, "utf-8")
        found, errors, status = checked(home)
        assert ({each["code"] for each in found}, status) == ({"SG103"}, 2)
        assert (
            f"error: rule RG101 (shapeguard_ragged.rules) failed: {module}:{line + 8}: " in errors
        )
    finally:
        module.write_text(kept, "utf-8")
        (home / "code.py").write_text(CODE, "utf-8")
