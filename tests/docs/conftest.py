"""The documents of the project, and what they quote."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
from timeless import timeless

ROOT = Path(__file__).parents[2]
DOCUMENTS = (
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
)
FENCE = re.compile(r"^(`{3,})(\w*)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)


@pytest.fixture(params=DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def document(request) -> Path:
    return request.param


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def everything() -> str:
    return "\n".join(path.read_text("utf-8") for path in DOCUMENTS)


@pytest.fixture(scope="session")
def blocks():
    """Return a function that gives the fenced blocks of one language in a text."""

    def of(text: str, language: str) -> list[str]:
        return [body for _, found, body in FENCE.findall(text) if found == language]

    return of


@pytest.fixture(scope="session")
def quotes():
    """Return a function that says whether a quotation is what a source has, in order.

    Lines ``...`` stand for what was left out; between them nothing is. Indentation is not compared.
    """

    def check(quotation: str, source: str) -> bool:
        rest = [line.strip() for line in timeless(source).splitlines()]
        parts = re.split(r"^\s*\.\.\.\n", timeless(quotation), flags=re.MULTILINE)
        for part in parts:
            wanted = [line.strip() for line in part.strip("\n").splitlines()]
            start = next((i for i in range(len(rest)) if rest[i : i + len(wanted)] == wanted), None)
            if start is None:
                return False
            rest = rest[start + len(wanted) :]
        return True

    return check


@pytest.fixture(scope="session")
def adapters_1_1_0() -> Path:
    """Return the directory of the unpacked wheel, as the demo downloads it: once, never imported."""
    spec = importlib.util.spec_from_file_location("demo", ROOT / "docs" / "demo.py")
    assert spec is not None
    assert spec.loader is not None
    demo = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(demo)
    return demo.download().parent
