"""Reports of a sweep: the summary, Markdown, JSON and the heat map, made of plain outcomes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from shapeguard.outcome import Outcome, Relation, Verdict
from shapeguard.report import sweep

VERSIONS = {"adapters": "1.3.0"}
RIGHT = Outcome(
    method="lora",
    family="bert",
    attention="eager",
    padding="padded",
    composition="a",
    group="single",
    text="'a'",
    verdict=Verdict.CORRECT,
)
WRONG = replace(
    RIGHT,
    composition="a+b 2 1",
    group="split",
    text="BatchSplit('a', 'b', batch_sizes=[2, 1])",
    verdict=Verdict.WRONG,
    relation=Relation.ALONE,
    wrong_rows=(0, 2),
    difference=1.5,
    smallest="BatchSplit('a', batch_sizes=[1]) on rows [0]",
    test="def test_it():\n    assert a < b",
)
LOST = replace(WRONG, family="gpt2", difference=None, smallest="", test="")
CRASHED = replace(
    RIGHT,
    family="gpt2",
    verdict=Verdict.ERROR,
    error="RuntimeError: sizes differ",
    place="adapters/methods/lora.py:9",
)
HOSTILE = '</script><script>alert(1)</script> | `x` \x1b[31m\u202e [a](http://evil) & "quoted"'


def made(*outcomes):
    return sweep.Sweep(outcomes, VERSIONS)


def rendered(name, *outcomes):
    return sweep.load_format(name).render(made(*outcomes))


class Page(HTMLParser):
    """What a browser would see of scripts, links and text."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.scripts, self.tags, self.text, self._inside = [], [], "", ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._inside = tag
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag):
        self._inside = ""

    def handle_data(self, data):
        if self._inside == "script":
            self.scripts[-1] += data
        elif self._inside != "style":
            self.text += data


def data(text):
    """Read the cases out of a page, by the names of their fields."""
    raw = json.loads(Page(text).scripts[0])
    texts, fields = raw["texts"], raw["fields"]
    numbers = len(fields) - 2
    return [
        {
            name: texts[value] if i < numbers else value
            for i, (name, value) in enumerate(zip(fields, case, strict=True))
        }
        for case in raw["cases"]
    ]


def test_the_summary_counts_by_method_and_shows_each_failure_once():
    lines = sweep.summary(made(RIGHT, WRONG, LOST, CRASHED)).splitlines()
    assert lines[0].split() == [
        "method",
        "correct",
        "refused",
        "wrong",
        "error",
        "accepted",
        "unjudged",
    ]
    assert lines[1].split() == ["lora", "1", "0", "2", "1", "0", "0"]
    assert "2 distinct failures:" in lines
    assert "wrong: lora: the row alone (2 cases, 1 method, 2 families)" in lines
    assert "    rows 0, 2 differ by up to 1.5; compared with the row alone" in lines
    assert "    smallest case: BatchSplit('a', batch_sizes=[1]) on rows [0]" in lines
    assert "    RuntimeError: sizes differ at adapters/methods/lora.py:9" in lines


def test_rows_that_were_lost_have_no_amount():
    assert "rows 0, 2 lost, or of another shape" in sweep.summary(made(LOST))


def test_the_summary_shows_all_cases_when_it_is_asked_to():
    outcomes = [replace(CRASHED, place=f"adapters/x.py:{line}") for line in range(20)]
    brief, whole = (sweep.summary(made(*outcomes), verbose=verbose) for verbose in (False, True))
    assert "and 12 more of obscure error; -v shows all" in brief
    assert "x.py:19" not in brief
    assert "x.py:19" in whole
    assert "  also lora, gpt2" in sweep.summary(made(WRONG, LOST), verbose=True)


def test_nothing_wrong_is_said():
    refused = replace(CRASHED, verdict=Verdict.REFUSED)
    assert "Every case is right or clearly refused." in sweep.summary(made(RIGHT, refused))


def test_before_and_after():
    after = replace(WRONG, code="reference", verdict=Verdict.CORRECT, relation=None)
    text = sweep.summary(made(WRONG, after))
    assert text.splitlines()[1].split() == [
        "lora",
        "0",
        "->",
        "1",
        "0",
        "1",
        "->",
        "0",
        "0",
        "0",
        "0",
    ]
    assert "Every case with the reference is right" in text
    assert "0/1 W1 → 1" in rendered("markdown", WRONG, after)
    page = rendered("html", WRONG, after)
    assert "before: 1" in page
    assert [case["code"] for case in data(page)] == ["plain", "reference"]


def test_colour_is_for_terminals_that_want_it():
    assert "\x1b" not in sweep.summary(made(WRONG))
    assert "\x1b[1mwrong: lora" in sweep.summary(made(WRONG), colour=True)


def test_json_holds_every_field_of_every_case():
    report = json.loads(rendered("json", RIGHT, WRONG))
    assert report["versions"] == VERSIONS
    assert report["counts"] == {"plain": {"correct": 1, "wrong": 1}}
    assert report["outcomes"][1]["relation"] == "the row alone"
    assert report["outcomes"][1]["wrong_rows"] == [0, 2]
    assert json.loads(rendered("json", LOST))["outcomes"][0]["difference"] is None


def test_the_markdown_matrix_has_a_table_for_each_family():
    text = rendered("markdown", RIGHT, WRONG, CRASHED)
    assert "### bert\n\n| method | single | split |\n|---|---|---|\n| lora | 1 | 0/1 W1 |" in text
    assert "### gpt2\n\n| method | single |\n|---|---|\n| lora | 0/1 E1 |" in text


def test_hostile_text_stays_text_in_markdown():
    hostile = replace(CRASHED, error=HOSTILE, text=HOSTILE, place=HOSTILE, family=HOSTILE)
    text = rendered("markdown", hostile)
    html = MarkdownIt("commonmark").enable("table").render(text)
    assert "<script" not in html
    assert "<a " not in html
    assert "\x1b" not in text
    rows = [line for line in text.splitlines() if line.startswith("| lora")]
    assert rows == ["| lora | 0/1 E1 |"]


def test_hostile_text_stays_text_in_the_heat_map():
    hostile = replace(
        CRASHED,
        **dict.fromkeys(("error", "text", "place", "method", "composition", "test"), HOSTILE),
    )
    page = Page(text := rendered("html", hostile))
    assert len(page.scripts) == 2
    assert {tag for tag, _ in page.tags if tag in {"a", "img", "iframe"}} == {"a"}
    assert all(attrs["href"].startswith("#") for tag, attrs in page.tags if tag == "a")
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "</script><script>alert(1)" in data(text)[0]["error"]


def test_hostile_text_does_not_steer_a_terminal():
    text = sweep.summary(made(replace(CRASHED, error=HOSTILE, text=HOSTILE, method=HOSTILE)))
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_the_heat_map_needs_no_network_and_runs_nothing_but_its_own_script():
    text = rendered("html", RIGHT, WRONG)
    assert "http://" not in text
    assert "https://" not in text
    policy = next(
        attrs["content"]
        for tag, attrs in Page(text).tags
        if "http-equiv" in attrs and tag == "meta"
    )
    assert "default-src 'none'" in policy
    assert re.search(r"script-src 'sha256-[\w+/=]+'", policy)
    assert "prefers-color-scheme: dark" in text


def test_the_heat_map_shows_failures_without_a_script():
    text = Page(rendered("html", WRONG, LOST)).text
    for part in (
        "wrong: lora: the row alone",
        "smallest case:",
        "assert a < b",
        "By kind of composition",
    ):
        assert part in text
    assert "Every case is right or clearly refused." in Page(rendered("html", RIGHT)).text


def test_the_same_outcomes_give_the_same_page():
    assert rendered("html", RIGHT, WRONG) == rendered("html", RIGHT, WRONG)


@pytest.mark.parametrize("name", ["json", "markdown", "html"])
def test_a_sweep_without_cases_can_be_reported(name):
    assert rendered(name).endswith("\n")


def test_without_the_extra_one_sentence_says_what_to_install():
    code = (
        "import sys; sys.modules['jinja2'] = None\n"
        "from shapeguard.report import sweep\n"
        "from shapeguard.errors import MissingExtraError\n"
        "try: sweep.load_format('html')\n"
        "except MissingExtraError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'shapeguard[report]'" in done.stdout
