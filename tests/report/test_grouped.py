from __future__ import annotations

from dataclasses import replace

from shapeguard.report import render


def test_findings_stand_below_the_name_of_their_file(finding, runtime_finding, view):
    other = replace(finding, span=replace(finding.span, filename="pkg/split.py"))
    assert render([finding, other, runtime_finding], "grouped", view) == (
        "pkg/join.py:\n"
        "  4:1   SG501 compose: idx describes 2 rows, found 3 layer 1, adapter c [high]\n"
        "  7:12  SG101 `prefix` keeps 2 rows where `state.keys` has 0 [high]\n"
        "\n"
        "pkg/split.py:\n"
        "  7:12  SG101 `prefix` keeps 2 rows where `state.keys` has 0 [high]\n"
        "\n"
    )


def test_one_file_has_one_group_whatever_it_is_called(finding, view, tmp_path):
    absolute = replace(finding, span=replace(finding.span, filename=str(tmp_path / "pkg/join.py")))
    assert render([finding, absolute], "grouped", view).count("pkg/join.py:") == 1


def test_colour(finding, view, monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[1;31mSG101\x1b[0m" in render([finding], "grouped", replace(view, colour=True))


def test_nothing_found_is_nothing_said(view):
    assert render([], "grouped", view) == ""
