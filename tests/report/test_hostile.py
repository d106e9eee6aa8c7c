"""What every format makes of text and names that nobody vouches for.

For each format stands here how a reader of it takes the report apart, and what must come out: as many
findings as went in, and their text as text. ``EXPECTED`` must name every format there is.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest
from markdown_it import MarkdownIt
from report_schemas import github, gitlab, junit, rdjson, strict_json
from sarif_validation import complaints, schema

from shapeguard.finding import (
    Applicability,
    Edit,
    Fix,
    Operand,
    Position,
    Span,
    Step,
    Suppressed,
    Suppressor,
    Witness,
)
from shapeguard.report import FORMATS, View, render
from shapeguard.report.sources import Sources, encodable, printable
from shapeguard.report.words import one_line

ATTACKS = {
    "markup": "</script><script>alert(1)</script><img src=x onerror=alert(2)>",
    "terminal": "\x1b[31m\x1b]8;;https://example.org\x07\x9b2J\x08\x7f",
    "command": "\n::error file=x,line=1::forged\n  ::stop-commands::x\r::add-mask::a",
    "old command": "##[error]x ##[add-mask]y ###[z]",
    "command first": "::warning file=x::forged",
    "properties": "a,file=x,line=1::b: %0A%3A%25 100%",
    "xml": "]]><failure/>&amp;<![CDATA[ &#0; \ufffe\uffff\x00\x0b",
    "json": '"},{"a":\\u0000\\"[',
    "direction": "\u202eabc\u2066\u200f\u200b\ufeff",
    "line ends": "a\nb\r\nc\x85d\u2028e\u2029f\x0cg",
    "surrogates": "\udcff \ud83d \ude00\ud83d",
    "wide": "\U0001f600\u4e2de\u0301\t|",
    "blank": " \t\n",
    "markdown": "`a` ```\n# b | c [d](https://example.org) @e #1 <!-- ",
}


def hostile(finding, attack, tmp_path):
    """Return a finding that consists of ``attack``, in a file that does, too; and its view."""
    # A file system takes all of these but NUL and most surrogates; a slash makes a directory.
    name = "x" + re.sub("[\0\ud800-\udc7f\ude00]", "", re.sub("/+", "/", attack)) + ".py"
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(f"{attack}\nx = '{attack}'\n".encode("utf-8", "surrogatepass"))
    place = Span(name, Position(2, 1), Position(2, 9))
    return replace(
        finding,
        name=attack,
        message=attack,
        function=attack,
        span=place,
        trace=(Step(place, attack), Step(replace(place, start=Position(1, 1)), attack)),
        witness=Witness(
            ((attack, (2, 0)),),
            (Operand(attack, (2, 4), (attack, attack)), Operand("k", (0, 4), ("a", "b"))),
            f"w {attack}",
        ),
        fix=Fix(Applicability.SAFE, attack, (Edit(place, attack),)),
        url=f"https://example.org/{attack}",
        fingerprint="",
    )


def view_of(finding, attack, tmp_path):
    suppressed = Suppressed(finding, Suppressor.COMMENT, attack)
    return View(Sources(tmp_path), checked=1, problems=(attack,), suppressed=(suppressed,))


def lines_of_text(text):
    """Return the lines of what a terminal or a log shows: none steers it, none is a command."""
    assert all(character.isprintable() or character == "\n" for character in text)
    lines = text.split("\n")
    assert not any(line.lstrip().startswith("::") or "##[" in line for line in lines)
    return lines


def full(text, finding):
    lines = lines_of_text(text)
    assert sum(line.startswith("error[SG101]") for line in lines) == 1
    assert sum(line.startswith(" --> ") for line in lines) == 1
    assert sum(line.startswith("  help: shapeguard rule SG101") for line in lines) == 1
    assert sum(line.startswith("  fix: ") for line in lines) == 1


def concise(text, finding):
    first, end = lines_of_text(text)
    assert end == ""
    assert ":2:1: SG101 " in first
    assert first.endswith(" [high]")


def grouped(text, finding):
    name, first, blank, end = lines_of_text(text)
    assert name.endswith(".py:")
    assert first.startswith("  2:1  SG101 ")
    assert blank == end == ""


def json(text, finding):
    (entry,) = strict_json(text)
    assert entry["message"] == encodable(finding.message)
    assert entry["filename"].isprintable()
    assert entry["fix"]["edits"][0]["content"] == encodable(finding.message)


def json_lines(text, finding):
    assert text.count("\n") == 1
    json(f"[{text}]", finding)


class Page(HTMLParser):
    """Counts the elements of a page, and the attributes that would run something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            assert not name.startswith("on"), (tag, name)
            assert "javascript:" not in (value or "")


def html(text, finding):
    text.encode("utf-8")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    tags = Page(text).tags
    nothing = Page(render([], "html", View(Sources(Path())))).tags
    for tag in ("script", "style", "img", "meta"):
        assert tags.count(tag) == nothing.count(tag)


def markdown(text, finding):
    lines_of_text(text)
    page = Page(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))
    assert page.tags.count("details") == 1
    assert not {"script", "img", "h1"} & {*page.tags}


def sarif(text, finding):
    log = strict_json(text)
    jsonschema.validate(log, schema())
    (run,) = log["runs"]
    reported, suppressed = run["results"]
    assert "suppressions" not in reported
    assert suppressed["suppressions"][0]["kind"] == "inSource"
    assert reported["message"]["text"].isprintable() or "\n" in reported["message"]["text"]
    assert reported["message"]["text"].count("](") == 0
    assert run["invocations"][0]["executionSuccessful"] is False


def in_github(text, finding):
    problem, (level, properties, message) = github(text)
    assert problem[:2] == ("error", {"title": "shapeguard did not check everything"})
    assert level == "error"
    assert [*properties] == ["title", "file", "line", "endLine", "col", "endColumn"]
    assert properties["title"] == one_line(f"SG101 {finding.name}")
    assert properties["file"] == printable(finding.span.filename)
    assert message.startswith(f"{printable(finding.span.filename)}:2:1: ")
    lines = message.split("\n")
    assert all(line.isprintable() for line in lines)


def in_gitlab(text, finding):
    (issue,) = gitlab(text)
    assert issue["location"]["path"] == encodable(finding.span.filename)
    assert issue["description"].isprintable()
    assert issue["location"]["positions"]["begin"] == {"line": 2, "column": 1}


def in_rdjson(text, finding):
    (diagnostic,) = rdjson(text)["diagnostics"]
    assert diagnostic["location"]["path"] == encodable(finding.span.filename)
    assert all(line.isprintable() for line in diagnostic["message"].split("\n"))
    suggested = [each["text"] for each in diagnostic.get("suggestions", ())]
    message = finding.message
    assert suggested == ([message] if encodable(message) == message else [])


def in_junit(text, finding):
    root = junit(text)
    (failure,) = root.iter("failure")
    (error,) = root.iter("error")
    assert failure.attrib["message"] == one_line(finding.message)
    assert error.attrib["message"] == printable(finding.message)
    lines_of_text(failure.text or "")


EXPECTED = {
    "full": full,
    "concise": concise,
    "grouped": grouped,
    "json": json,
    "json-lines": json_lines,
    "html": html,
    "markdown": markdown,
    "sarif": sarif,
    "github": in_github,
    "gitlab": in_gitlab,
    "rdjson": in_rdjson,
    "junit": in_junit,
}


def test_every_format_has_an_expectation():
    assert [*EXPECTED] == [*FORMATS]


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
@pytest.mark.parametrize("name", FORMATS)
def test_hostile_text_stays_text(name, attack, finding, tmp_path):
    found = hostile(finding, attack, tmp_path)
    EXPECTED[name](render([found], name, view_of(found, attack, tmp_path)), found)


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
@pytest.mark.parametrize("name", ["full", "concise", "grouped"])
def test_a_terminal_is_sent_no_escape_but_those_of_styles_and_links(
    name, attack, finding, tmp_path, monkeypatch
):
    monkeypatch.setenv("TERM", "xterm-256color")
    found = hostile(finding, attack, tmp_path)
    view = replace(view_of(found, attack, tmp_path), colour=True, links=True)
    text = render([found], name, view)
    link = r"\x1b\]8;[^;\x1b]*;(?:(?:file|https)://[!-~]*)?\x1b\\"
    plain = re.sub(rf"{link}|\x1b\[[0-9;]*m", "", text)
    lines_of_text(plain)
    # What a log of GitHub Actions sees is the line with its escapes.
    assert not any(line.lstrip().startswith("::") or "##[" in line for line in text.split("\n"))


@pytest.mark.parametrize("filename", ["\ud83d.py", "a\0b.py", "/\ud83d.py", "x" * 5000, ""])
@pytest.mark.parametrize("name", FORMATS)
def test_names_that_no_file_can_have(name, filename, finding, tmp_path):
    place = replace(finding.span, filename=filename)
    found = replace(finding, span=place, trace=(Step(place, "here"),))
    view = View(Sources(tmp_path), colour=True, links=True)
    text = render([found], name, view)
    text.encode("utf-8")
    assert finding.code in text
    if name in {"json", "sarif", "gitlab", "rdjson"}:
        strict_json(text)


def test_the_official_validator_is_content_with_all_of_it(finding, tmp_path):
    found = [hostile(finding, attack, tmp_path) for attack in ATTACKS.values()]
    views = [view_of(each, each.message, tmp_path) for each in found]
    view = replace(
        views[0],
        problems=tuple(each.problems[0] for each in views),
        suppressed=tuple(each.suppressed[0] for each in views),
    )
    assert complaints(render(found, "sarif", view)) == []
