"""The terminal: places and codes that lead somewhere, and fixes as diffs."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.text import Text

from shapeguard.finding import Applicability, Edit, Fix, Position, Span
from shapeguard.report import FORMATS as ALL
from shapeguard.report import View, render
from shapeguard.report.sources import Sources

# OSC 8: an identifier, the address, the text, and the end of the link.
LINK = re.compile(r"\x1b\]8;[^;\x1b]*;([^\x1b]+)\x1b\\(.*?)\x1b\]8;;\x1b\\")
FORMATS = ("full", "concise", "grouped")


@pytest.fixture(autouse=True)
def terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")


def linked(view):
    return replace(view, colour=True, links=True)


def links_of(text):
    return [(address, Text.from_ansi(shown).plain) for address, shown in LINK.findall(text)]


@pytest.mark.parametrize("name", FORMATS)
def test_links_stand_only_where_they_are_wanted(name, finding, view):
    assert "\x1b" not in render([finding], name, view)
    assert "\x1b]" not in render([finding], name, replace(view, colour=True))


@pytest.mark.parametrize("name", sorted({*ALL} - {*FORMATS, "html"}))
def test_reports_for_programs_have_no_links(name, finding, view):
    assert render([finding], name, linked(view)) == render([finding], name, view)


@pytest.mark.parametrize("colour", [True, False])
@pytest.mark.parametrize("name", FORMATS)
def test_links_change_no_text(name, colour, finding, view):
    shown = replace(finding, url="https://example.org/SG101")
    text = render([shown], name, replace(view, colour=colour, links=True))
    without = LINK.sub(r"\2", text)
    assert without != text
    assert ("\x1b" in without) is colour
    lines = Text.from_ansi(without).plain.split("\n")
    assert [line.rstrip() for line in lines] == render([shown], name, view).split("\n")


def test_places_lead_to_files_and_codes_to_pages(finding, view, tmp_path):
    shown = replace(finding, url="https://example.org/SG101")
    join, split = ((tmp_path / "pkg" / name).as_uri() for name in ("join.py", "split.py"))
    assert links_of(render([shown], "concise", linked(view))) == [
        (join, "pkg/join.py:7:12"),
        ("https://example.org/SG101", "SG101"),
    ]
    assert links_of(render([shown], "grouped", linked(view))) == [
        (join, "pkg/join.py"),
        ("https://example.org/SG101", "SG101"),
    ]
    assert links_of(render([shown], "full", linked(view))) == [
        ("https://example.org/SG101", "error[SG101]"),
        (join, "pkg/join.py:7:12"),
        (split, "pkg/split.py:2:13"),
        (join, "pkg/join.py:5:8"),
        (join, "pkg/join.py:7:12"),
        ("https://example.org/SG101", "https://example.org/SG101"),
    ]
    assert join.startswith("file:///")


def test_an_address_holds_nothing_that_could_end_it(finding, tmp_path):
    name = "a b\x1b]8;;;\u202e\u4e2d#?%.py"
    (tmp_path / name).write_text("x\n")
    place = Span(name, Position(1, 1), Position(1, 2))
    evil = replace(finding, span=place, trace=(), url="https://example.org/\x1b\\ a")
    text = render([evil], "concise", linked(View(Sources(tmp_path))))
    ((address, _),) = links_of(text)
    assert address == (Path(tmp_path) / name).as_uri()
    assert address.isascii()
    assert not {*address} & {*" \x1b#?;"}
    assert set(re.findall(r"\x1b[^m\\]*[m\\]", LINK.sub(r"\2", text))) <= {
        "\x1b[1m",
        "\x1b[0m",
        "\x1b[1;31m",
    }


def test_what_cannot_be_opened_is_no_link(finding, view, tmp_path):
    nowhere = replace(finding, span=replace(finding.span, filename="<string>"), trace=())
    assert links_of(render([nowhere], "full", linked(view))) == []
    relative = linked(View(Sources(Path())))
    assert links_of(render([finding], "full", relative)) == []


@pytest.fixture
def fixed(finding):
    argument = Span("pkg/join.py", Position(7, 23), Position(7, 29))
    condition = Span("pkg/join.py", Position(5, 1), Position(6, 9))
    edits = (Edit(argument, "first"), Edit(condition, "    "))
    return replace(finding, fix=Fix(Applicability.UNSAFE, "slice `always`", edits))


DIFF = """\
  fix: slice `always` (unsafe fix)
    --- a/pkg/join.py
    +++ b/pkg/join.py
    @@ -3,6 +3,5 @@

     def compose(prefix, state, idx):
    -    if idx.start < prefix.size(0):
    -        prefix = prefix[idx]
    -    keys = torch.cat([prefix, state.keys], dim=2)
    +    prefix = prefix[idx]
    +    keys = torch.cat([first, state.keys], dim=2)
         return keys
  help: shapeguard rule SG101
"""


def test_a_fix_is_shown_as_a_diff(fixed, view):
    assert DIFF in render([fixed], "full", view)


def test_a_diff_is_coloured(fixed, view):
    text = render([fixed], "full", replace(view, colour=True))
    assert "\x1b[31m-        prefix = prefix[idx]\x1b[0m" in text
    assert "\x1b[32m+    prefix = prefix[idx]\x1b[0m" in text
    assert "\x1b[36m@@ -3,6 +3,5 @@\x1b[0m" in text
    assert "\x1b[1m--- a/pkg/join.py\x1b[0m" in text


def test_a_long_fix_is_shown_whole(finding, view):
    content = "".join(f"    line_{number} = {'x' * 300}\n" for number in range(200))
    insertion = Span("pkg/join.py", Position(5, 1), Position(5, 1))
    fix = Fix(Applicability.SAFE, "spell it out", (Edit(insertion, content),))
    text = render([replace(finding, fix=fix)], "full", view)
    for line in content.splitlines():
        assert f"    +{line}\n" in text


def test_a_fix_of_a_file_that_is_gone_is_told_without_a_diff(fixed, tmp_path):
    text = render([fixed], "full", View(Sources(tmp_path)))
    assert "  fix: slice `always` (unsafe fix)\n  help: shapeguard rule SG101\n" in text
