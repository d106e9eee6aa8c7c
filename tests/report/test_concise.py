from __future__ import annotations

from dataclasses import replace

from shapeguard.report import render


def test_one_line_a_finding_in_order_of_place(finding, runtime_finding, view):
    assert render([finding, runtime_finding], "concise", view) == (
        "pkg/join.py:4:1: SG501 compose: idx describes 2 rows, found 3 layer 1, adapter c [high]\n"
        "pkg/join.py:7:12: SG101 `prefix` keeps 2 rows where `state.keys` has 0 [high]\n"
    )


def test_colour(finding, view, monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    text = render([finding], "concise", replace(view, colour=True))
    assert "\x1b[1;31mSG101\x1b[0m" in text


def test_nothing_found_is_nothing_said(view):
    assert render([], "concise", view) == ""
