from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from shapeguard.finding import (
    Applicability,
    Confidence,
    Edit,
    Fix,
    Position,
    Severity,
    Span,
    Step,
    Witness,
)
from shapeguard.report import View, render
from shapeguard.report.markdown_text import block, code, element, escaped, prose
from shapeguard.report.pages import RulePage
from shapeguard.report.sources import Sources, printable

EXPECTED = """\
### shapeguard: 1 finding in 1 file

2 files checked.

| code | name | findings | severity |
|---|---|---:|---|
| SG101 | join-of-unequal-extents | 1 | error |

<details>
<summary><b>SG101</b> join-of-unequal-extents <code>pkg/join.py:7:12</code></summary>

**error**: `prefix` keeps 2 rows where `state.keys` has 0

In `compose` · crash: the program stops with an error · confidence high

```python
5 |     if idx.start < prefix.size(0):
6 |         prefix = prefix[idx]
7 |     keys = torch.cat([prefix, state.keys], dim=2)
  |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
8 |     return keys
```

**Trace**, from source to sink:

1. `pkg/split.py:2:13` a size may be 0
2. `pkg/join.py:5:8` the slice is applied under this condition
3. `pkg/join.py:7:12` the extents meet

**Witness**: The last share starts at 2, which is not below 2.

| operand | axis 0 | axis 1 | axis 2 |
|---|---|---|---|
| `prefix` | **share=2** | heads=4 | … |
| `state.keys` | **share=0** | heads=4 | seq=7 |

**Help**: `shapeguard rule SG101`

</details>
"""
ATTACKS = [
    "</code></summary></details><script>alert(1)</script><img src=x onerror=alert(2)>",
    "a | b | c\\|d || \\",
    "`x` and ``` and `<b>``c|d`<i>",
    "@octocat closes #123, owner/repo#1, GH-12, a@example.org",
    "https://example.org www.example.org [a](https://example.org) ![a](x) <https://a.b>",
    "*a* _b_ __c__ ~~d~~ $e$ # f\n\n# g\n- h\n> i\n```\nj",
    "\x1b[31m \u202e ]]> \x00 \u2028 \U0001f600",
    "&lt;script&gt; &#64;octocat &amp;",
    "",
]
TAGS = {
    *("details", "summary", "b", "code", "strong", "p", "pre", "ol", "li", "h3"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


class Reader(HTMLParser):
    """Collects what a reader sees, and checks that tags are balanced and among those expected."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.prose = ""
        page = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
        self.feed(page.render(markdown))
        assert self.stack == []

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self.links.append(dict(attrs)["href"])
        assert tag in {*TAGS, "a"}
        assert {name for name, _ in attrs} <= {"class", "style", "href"}
        self.stack.append(tag)
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def handle_data(self, data):
        self.text += data
        if not {"code", "pre"} & {*self.stack}:
            self.prose += data

    @property
    def shown(self) -> str:
        return self.text.replace("\u200b", "")


def test_a_finding(finding, view):
    page = RulePage("SG101", "", Severity.ERROR, "", preview=False, text="")
    assert render([finding], "markdown", replace(view, pages={"SG101": page})) == EXPECTED


def test_a_violation_of_a_contract_has_its_hint(runtime_finding, view):
    text = render([runtime_finding], "markdown", replace(view, checked=None))
    assert "checked" not in text
    assert "Trace" not in text
    assert "Witness" not in text
    assert "**warning**: compose: idx describes 2 rows, found 3 layer 1, adapter c\n" in text
    assert "slice both under the same condition. Contract violations at run time. Seen" in text


def test_the_address_of_a_rule_is_a_link(finding, view):
    text = render([replace(finding, url="https://example.org/a_b")], "markdown", view)
    assert Reader(text).links == ["https://example.org/a_b"]
    for url in ("javascript:alert(1)", "#f1", "https://a.b/>x", "https://[", "//a.b", None):
        assert Reader(render([replace(finding, url=url)], "markdown", view)).links == []


def test_rules_are_counted(finding, runtime_finding, view):
    text = render([finding, runtime_finding, finding], "markdown", view)
    assert "### shapeguard: 3 findings in 1 file\n" in text
    assert "| SG101 | join-of-unequal-extents | 2 | error |\n" in text
    assert "| SG501 | contract-broken | 1 | warning |\n" in text


def test_nothing_found_is_one_sentence(view):
    said = "No finding is no proof that all sizes work."
    assert render([], "markdown", view) == f"**shapeguard** found nothing in 2 files. {said}\n"
    text = render([], "markdown", replace(view, checked=None, problems=("gone.py: missing",)))
    assert text.startswith("**shapeguard** found nothing. ")
    assert "**Not everything was checked**: 1 problem, named in the log of the run.\n" in text


def test_a_fix_is_a_diff_of_every_file(finding, view):
    argument = Span("pkg/join.py", Position(7, 23), Position(7, 29))
    condition = Span("pkg/join.py", Position(5, 1), Position(6, 9))
    other = Span("pkg/split.py", Position(1, 5), Position(1, 10))
    edits = (Edit(argument, "first"), Edit(condition, "    "), Edit(other, "parts"))
    fix = Fix(Applicability.UNSAFE, "slice `always`", edits)
    text = render([replace(finding, fix=fix)], "markdown", view)
    assert "**Fix** (unsafe): slice `always`\n" in text
    _, _, diff = text.partition("```diff\n")
    assert diff.partition("```\n")[0].splitlines() == [
        "--- a/pkg/join.py",
        "+++ b/pkg/join.py",
        "@@ -3,6 +3,5 @@",
        " ",
        " def compose(prefix, state, idx):",
        "-    if idx.start < prefix.size(0):",
        "-        prefix = prefix[idx]",
        "-    keys = torch.cat([prefix, state.keys], dim=2)",
        "+    prefix = prefix[idx]",
        "+    keys = torch.cat([first, state.keys], dim=2)",
        "     return keys",
        "--- a/pkg/split.py",
        "+++ b/pkg/split.py",
        "@@ -1,2 +1,2 @@",
        "-def split(state, sizes):",
        "+def parts(state, sizes):",
        "     return [state[: sum(sizes[:i])] for i in range(len(sizes))]",
    ]


def test_a_fix_of_a_file_that_is_gone_is_told_without_a_diff(finding, view):
    place = replace(finding.span, filename="gone.py")
    fix = Fix(Applicability.SAFE, "slice always", (Edit(place, "x"),))
    text = render([replace(finding, span=place, trace=(), fix=fix)], "markdown", view)
    assert "**Fix** (safe): slice always\n" in text
    assert "```" not in text


def test_source_cannot_close_its_fence(finding, tmp_path):
    (tmp_path / "a.py").write_text("x = '''\n`````\n</details>\n'''\n", "utf-8")
    place = Span("a.py", Position(2, 1), Position(2, 6))
    shown = replace(finding, span=place, trace=())
    page = Reader(render([shown], "markdown", View(Sources(tmp_path))))
    assert page.tags.count("details") == 1
    assert "2 | `````" in page.text
    assert "</details>" in page.text


@pytest.mark.parametrize("attack", ATTACKS)
def test_hostile_text_stays_text(finding, tmp_path, attack):
    place = Span(f"{attack.replace(chr(0), '')}.py", Position(1, 1), Position(1, 2))
    hostile = replace(
        finding,
        code=attack,
        name=attack,
        message=attack,
        function=attack,
        span=place,
        trace=(Step(place, attack),),
        witness=Witness(((attack, (0,)),), finding.witness.operands, attack),
        fix=Fix(Applicability.SAFE, attack, (Edit(place, attack),)),
        url=attack,
    )
    text = render([hostile], "markdown", View(Sources(tmp_path)))
    assert all(c.isprintable() or c == "\n" for c in text)
    page = Reader(text)
    assert page.tags.count("details") == 1
    assert page.tags.count("table") == 2
    assert page.tags.count("tr") == 2 + 1 + len(finding.witness.operands)
    assert page.tags.count("td") == 4 + 4 * len(finding.witness.operands)
    assert page.tags.count("li") == 1
    assert page.links == []
    assert not re.search(r"@\w|#\d|GH-\d|://|www\.", page.prose)
    assert printable(" ".join(attack.split())).replace("`", "") in page.shown.replace("`", "")


@given(st.one_of(st.text(), st.text(alphabet="[]()!:\\<>&;#*_ a")))
def test_any_text_is_shown_as_it_is(text):
    shown = printable(text)
    for written in (escaped(text), element(text), code(text)):
        page = Reader(f"| a |\n|---|\n| -{written}- |\n")
        assert page.tags.count("td") == 1
        assert page.links == []
        assert page.shown.split("-", 1)[1].rpartition("-")[0] == shown


@given(st.text(alphabet="`a|\\<"))
def test_a_message_shows_all_but_the_backticks_that_pair_up(text):
    page = Reader(f"-{prose(text)}-")
    assert {*page.tags} <= {"p", "code"}
    assert page.shown.replace("`", "") == f"-{text.replace('`', '')}-\n"


@given(st.lists(st.text(alphabet="`~ a")))
def test_no_line_closes_a_block(lines):
    page = Reader("\n".join([*block(lines, "python"), "behind"]))
    assert page.text == "".join(f"{line}\n" for line in lines) + "\nbehind\n"


def test_a_comment_that_would_be_too_long_is_cut_between_findings(finding, view):
    step = Step(finding.span, "x" * 1000)
    many = [replace(finding, trace=(step,), fingerprint=str(i)) for i in range(100)]
    unsure = [replace(each, confidence=Confidence.LOW) for each in many]
    text = render([*unsure, *many[:3]], "markdown", view)
    assert len(text.encode()) <= 60_000
    page = Reader(text)
    kept = page.tags.count("details")
    assert kept > 30
    assert text.count("confidence high") == 3
    assert "shapeguard: 103 findings in 1 file" in text
    assert f"**{103 - kept} findings are not shown here**" in text


def test_one_finding_that_is_too_long_does_not_hide_the_others(finding, runtime_finding, view):
    huge = replace(finding, message="\U0001f600" * 20_000)
    text = render([huge, runtime_finding], "markdown", view)
    assert "**1 finding is not shown here**" in text
    assert text.count("<details>") == 1
    assert "SG501" in text.partition("<details>")[2]
