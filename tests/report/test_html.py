from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from shapeguard.finding import (
    Applicability,
    Edit,
    Fix,
    Position,
    Severity,
    Span,
    Suppressed,
    Suppressor,
)
from shapeguard.report import View, render
from shapeguard.report.pages import RulePage, page_without_rule
from shapeguard.report.sources import Sources

if TYPE_CHECKING:
    from shapeguard.finding import Finding

VOID = {"meta", "br", "input"}
DRAWN = {"rect", "line", "circle", "path"}


class Reader(HTMLParser):
    """Collects what a browser would see, and checks that tags are balanced."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.policy = ""
        self.text = ""
        self.stack: list[str] = []
        self.feed(text)
        assert self.stack == []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given[a] or "" for a in ("href", "src") if a in given]
        assert not any(name.startswith("on") for name in given)
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"] or ""
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        assert tag in DRAWN

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def handle_data(self, data):
        if self.stack and self.stack[-1] in {"script", "style"}:
            (self.scripts if self.stack[-1] == "script" else self.styles).append(data)
        else:
            self.text += data


def read(findings: list[Finding], view) -> Reader:
    return Reader(render(findings, "html", view))


def test_overview_findings_and_steps(finding, runtime_finding, view):
    page = read([finding, runtime_finding], view)
    assert "2 findings in 1 file" in page.text
    assert "2 files checked" in page.text
    anchors = ["f1", "f1-1", "f2", "f2-1", "f2-2", "f2-3"]
    assert [i for i in page.ids if re.fullmatch(r"f\d+(-\d+)?", i)] == anchors
    assert "prefix keeps 2 rows where state.keys has 0" in page.text
    assert "1 suppressed" not in page.text
    assert "def compose(prefix, state, idx):" in page.text
    assert "return [state[: sum(sizes[:i])] for i in range(len(sizes))]" in page.text


def test_every_link_within_the_page_leads_somewhere(finding, runtime_finding, view):
    page = read([finding, runtime_finding], view)
    assert page.links
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_witness_shows_empty_and_unequal_extents(finding, view):
    text = render([finding], "html", view)
    assert '<span class="cell conflict"><b>2</b><i>share</i></span>' in text
    assert '<span class="cell empty"><b>0</b><i>share</i></span>' in text
    assert '<span class="cell unknown">…</span>' in text
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", text)
    assert captions == [
        "sizes = [2, 0]: 2 shares, 2 in all <b>share 1 is empty</b>",
        "axis 0 (share): prefix has 2, state.keys has 0 <b>2 ≠ 0</b>",
    ]


def test_a_fix_is_a_diff(finding, view):
    edit = Edit(Span("pkg/join.py", Position(5, 1), Position(6, 1)), "")
    fix = Fix(Applicability.UNSAFE, "drop the `if`", (edit,))
    text = render([replace(finding, fix=fix)], "html", view)
    assert '<span class="d del">-    if idx.start &lt; prefix.size(0):\n</span>' in text
    assert "drop the <code>if</code>" in text
    assert "<small>unsafe</small>" in text


def test_rule_help_stands_once_and_holds_no_html_of_its_author(finding, view):
    help_text = (
        "Joins of `x`.\n\n## Example\n\n<b>bold</b> [a](javascript:alert(1)) [b](https://e.org/x)"
        " ![i](https://e.org/i.png) &#x202e;\n\n```python\nif x: pass\n```\n"
    )
    page = RulePage("SG101", "join", Severity.ERROR, "0.1", preview=False, text=help_text)
    text = render([finding, finding], "html", replace(view, pages={"SG101": page}))
    assert text.count("<h3>Example</h3>") == 1
    assert "&lt;b&gt;bold" in text
    assert 'href="javascript:' not in text
    assert '<a href="https://e.org/x" rel="noreferrer">b</a>' in text
    assert "<img" not in text
    assert "\u202e" not in text
    assert '<span class="ke">if</span> x' in text
    assert text.count('href="#r1"') == 2


def test_a_rule_without_a_page_is_helped_by_its_hazard(runtime_finding, view):
    page = read([runtime_finding], view)
    assert page_without_rule(runtime_finding).summary in page.text


def test_suppressed_findings_and_problems_are_told(finding, view):
    quiet = (
        Suppressed(finding, Suppressor.COMMENT, "sizes are <checked>"),
        Suppressed(finding, Suppressor.BASELINE),
    )
    page = read([], replace(view, suppressed=quiet, problems=("gone.py: not found",)))
    assert "2 suppressed findings: 1 by a comment in the source, 1 by the baseline" in page.text
    assert "sizes are <checked>" in page.text
    assert "none given" in page.text
    assert "Not everything was checked: 1 problem" in page.text


def test_counts_by_rule_file_severity_and_confidence(finding, runtime_finding, view):
    text = render([finding, runtime_finding], "html", view)
    facets = re.findall(r'data-kind="(\w+)" data-value="([^"]*)".*?class="count">(\d+)<', text)
    assert facets == [
        ("severity", "error", "1"),
        ("severity", "warning", "1"),
        ("confidence", "high", "2"),
        ("consequence", "crash", "1"),
        ("consequence", "no consequence", "1"),
        ("rule", "SG101", "1"),
        ("rule", "SG501", "1"),
        ("file", "pkg/join.py", "2"),
    ]


def test_exactly_the_span_of_a_step_is_marked(finding, view):
    text = render([replace(finding, trace=())], "html", view)
    marked = "".join(re.findall(r"<mark>(.*?)</mark>", text))
    plain = re.sub(r"<[^>]*>", "", marked)
    assert plain == "torch.cat([prefix, state.keys], dim=2)"


def test_long_spans_are_cut(finding, tmp_path):
    (tmp_path / "long.py").write_text("x = 1\n" * 500, "utf-8")
    place = Span("long.py", Position(10, 1), Position(400, 3))
    text = render([replace(finding, span=place, trace=())], "html", View(Sources(tmp_path)))
    assert 10 < text.count("data-n=") < 25


def test_hostile_text_stays_text(finding, tmp_path):
    attack = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'{{7*7}}"
    name = "<b>`a`.py"
    (tmp_path / name).write_text(f"# {attack}\x00\n", "utf-8")
    place = Span(name, Position(1, 1), Position(1, 9))
    hostile = replace(
        finding, span=place, trace=(), message=attack, function=attack, name=attack, url="#f1"
    )
    page = read([hostile], View(Sources(tmp_path)))
    assert len(page.scripts) == 1
    assert page.text.count("<script>alert(1)") >= 4
    assert "{{7*7}}" in page.text
    assert "\x00" not in page.text


def test_policy_allows_only_the_pages_own_style_and_script(finding, view):
    page = read([finding], view)
    for kind, (content,) in (("style", page.styles), ("script", page.scripts)):
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in page.policy
    assert "default-src 'none'" in page.policy


def test_page_needs_no_network_and_adapts(finding, view):
    text = render([finding], "html", view)
    assert "http://" not in text
    assert "https://" not in text
    assert "prefers-color-scheme: dark" in text
    assert "width=device-width" in text


def test_nothing_found(view):
    page = read([], view)
    assert "No findings" in page.text
    assert not [i for i in page.ids if i.startswith(("f1", "r1", "o-"))]


def test_same_findings_same_page(finding, view):
    assert render([finding], "html", view) == render([finding], "html", view)


def test_without_the_extra_one_sentence_says_what_to_install():
    code = (
        "import sys; sys.modules['jinja2'] = None\n"
        "from shapeguard.report import render\n"
        "from shapeguard.errors import MissingExtraError\n"
        "try: render([], 'html')\n"
        "except MissingExtraError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    said = "pip install 'jinja2>=3.1' 'pygments>=2.17' (the extra `report` of shapeguard)"
    assert said in done.stdout
    assert "jinja2" in done.stdout
