"""The tests in docs/upstream: each fails with adapters as it is, and passes with the reference."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.adapters

UPSTREAM = Path(__file__).parents[2] / "docs" / "upstream"
PAGES = {
    path.stem: path.read_text("utf-8")
    for path in sorted(UPSTREAM.glob("*.md"))
    if path.stem != "index"
}
SECTIONS = ["What happens", "Why", "The change", "A test that fails"]
BLOCK = re.compile(r"^## A test that fails\n\n```python\n(.*)^```\n\Z", re.MULTILINE | re.DOTALL)
CONFTEST = """
import pytest
from shapeguard import reference


@pytest.fixture(autouse=True)
def corrected():
    with reference.installed():
        yield
"""
WITHOUT = ["-p", "no:shapeguard", "-p", "no:shapeguard_rows"]
"""Nothing of shapeguard in the run without the reference, its pytest plugins neither."""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    directory = tmp_path_factory.mktemp("upstream")
    shutil.copy(UPSTREAM / "tiny.py", directory)
    for page, text in PAGES.items():
        (directory / f"test_{module(page)}.py").write_text(block(text), "utf-8")
    return directory


@pytest.fixture(scope="module")
def before(project):
    return run(project, *WITHOUT)


@pytest.fixture(scope="module")
def after(project, before):
    (project / "conftest.py").write_text(CONFTEST, "utf-8")
    return run(project)


def module(page):
    return page.replace("-", "_")


def block(text):
    found = BLOCK.search(text)
    assert found is not None
    return found[1]


def run(project, *options):
    """Run the tests of all pages, and return how each of them ended: a set for each page."""
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "--tb=short", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, *options, "--rootdir", project, project],
        capture_output=True,
        text=True,
        check=False,
        cwd=project,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"},
    )
    ends = re.findall(r"^([A-Z]+) test_(\w+)\.py(?:::| |$)", done.stdout, re.MULTILINE)
    assert {page for _, page in ends} == {module(page) for page in PAGES}, done.stdout + done.stderr
    return {page: {end for end, name in ends if name == module(page)} for page in PAGES}


@pytest.mark.parametrize("page", PAGES)
def test_it_fails_before_and_passes_after(before, after, page):
    assert before[page] == {"FAILED"}
    assert after[page] == {"PASSED"}


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_all_sections(page):
    assert re.findall(r"^## (.+)$", PAGES[page], re.MULTILINE) == SECTIONS


@pytest.mark.parametrize("page", PAGES)
def test_a_test_stands_alone(page):
    names = re.findall(r"^(?:from|import) (\w+)", block(PAGES[page]), re.MULTILINE)
    assert set(names) <= {"adapters", "pytest", "tiny", "torch", "transformers"}


def test_the_index_lists_every_page():
    index = (UPSTREAM / "index.md").read_text("utf-8")
    listed = re.findall(r"^\| \[\d+\]\(([\w-]+)\.md\) \| (.+?) \|", index, re.MULTILINE)
    titles = {page: text.partition("\n")[0].removeprefix("# ") for page, text in PAGES.items()}
    assert dict(listed) == titles
