"""The examples of the page about the reference run, one after another, with the reference installed."""

from __future__ import annotations

import contextlib
import io

import pytest

from shapeguard import reference
from shapeguard.reference.models.attention import JUDGED_FAMILIES

pytestmark = pytest.mark.adapters


def test_the_examples_run(root, blocks):
    page = (root / "docs/reference.md").read_text("utf-8")
    _, *examples = blocks(page, "python")
    said = io.StringIO()
    names: dict[str, object] = {}
    with reference.installed(), contextlib.redirect_stdout(said):
        for example in examples:
            exec(compile(example, "reference.md", "exec"), names)  # noqa: S102 - the page itself
    for example in examples:
        for line in example.splitlines():
            if "  # ... " in line:
                assert line.partition("  # ... ")[2] in said.getvalue()


def test_the_families_of_the_page_are_those_that_are_judged(root):
    page = (root / "docs/reference.md").read_text("utf-8")
    listed = page.partition("families are judged for batches with different prefixes: ")[
        2
    ].partition(". ")[0]
    names = listed.replace(" and ", ", ").split(", ")
    assert len(names) == len(JUDGED_FAMILIES)
    assert f"{len(names)} families are judged" in page
