from __future__ import annotations

import pytest

from shapeguard.errors import UsageError
from shapeguard.report import FORMATS, load_format, render


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_renders_whole_lines(name, finding, runtime_finding, view):
    assert callable(load_format(name).render)
    assert render([finding, runtime_finding], name, view).endswith("\n")


@pytest.mark.parametrize("name", FORMATS)
def test_order_of_findings_does_not_matter(name, finding, runtime_finding, view):
    there = render([finding, runtime_finding], name, view)
    assert render([runtime_finding, finding], name, view) == there


def test_unknown_format_names_the_nearest():
    with pytest.raises(UsageError, match=r"'jsn'; did you mean 'json'\? Formats: full, concise"):
        load_format("jsn")


def test_without_a_view_names_are_relative_to_the_working_directory(
    finding, view, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    assert render([finding], "full") == render([finding], "full", view)
