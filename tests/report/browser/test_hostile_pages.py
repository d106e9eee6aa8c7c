"""Pages about code that means harm, and the runner that would see it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shapeguard.finding import (
    Applicability,
    Edit,
    Fix,
    Operand,
    Position,
    Severity,
    Span,
    Step,
    Suppressed,
    Suppressor,
    Witness,
)
from shapeguard.outcome import Outcome, Relation, Verdict
from shapeguard.report import View, render, sweep
from shapeguard.report.pages import RulePage
from shapeguard.report.sources import Sources

HOSTILE = (
    "</script><script>alert(1)</script><img src=x onerror=alert(2)><svg onload=alert(3)>"
    "</style><style>body{background:url(http://127.0.0.1:9/a)}</style><!-- "
    "<iframe src=http://127.0.0.1:9/b></iframe><base href=http://127.0.0.1:9/>"
    "<meta http-equiv=refresh content='0;url=http://127.0.0.1:9/c'>\" onfocus=alert(4) autofocus x=\""
    " ' {{ 7*7 }} ${alert(5)} `</code>` \x1b[31mred\x1b[0m \u202eevil\u2066 \u2028 \x00 \ud800 ]]> &lt;b&gt;"
)
UNSEEN = ["\x1b", "\u202e", "\u2066", "\u2028", "\x00", "\ud800"]
INERT = [
    {
        "is": [
            "document.querySelectorAll('img, iframe, base, .finding style, main script').length",
            0,
        ]
    },
    {"is": ["document.querySelectorAll('body script:not([type])').length", 1]},
    {"is": ["document.querySelectorAll('[onload], [onerror], [onfocus], [autofocus]').length", 0]},
    {"is": ["document.body.textContent.includes('<script>alert(1)</script>')", True]},
    {"fits": 1},
]


@pytest.fixture
def findings_page(finding, tmp_path):
    name = "<b>\n`a` \u202e'\"&.py"
    (tmp_path / name).write_bytes(HOSTILE.encode("utf-8", "replace") + b"\n\xff\xfe\n")
    place = Span(name, Position(1, 1), Position(1, 40))
    hostile = replace(
        finding,
        **dict.fromkeys(("code", "name", "message", "function", "fingerprint"), HOSTILE),
        url="javascript:alert(6)",
        span=place,
        trace=(Step(place, HOSTILE), Step(Span(HOSTILE, Position(1, 1), Position(1, 2)), HOSTILE)),
        witness=Witness(
            ((HOSTILE, (1, 0)), (HOSTILE, (2,))),
            (Operand(HOSTILE, (1, 2), (HOSTILE, HOSTILE)), Operand("b", (0, 2))),
            HOSTILE,
        ),
        fix=Fix(Applicability.UNSAFE, HOSTILE, (Edit(place, HOSTILE),)),
    )
    text = f"{HOSTILE}\n\n{HOSTILE}\n\n[a](javascript:alert(7)) ![i](http://127.0.0.1:9/d)\n"
    page = RulePage(HOSTILE, HOSTILE, Severity.ERROR, HOSTILE, preview=False, text=text)
    view = View(
        Sources(tmp_path),
        pages={HOSTILE: page},
        problems=(HOSTILE,),
        suppressed=(Suppressed(hostile, Suppressor.COMMENT, HOSTILE),),
    )
    return render([hostile, replace(hostile, severity=Severity.INFO)], "html", view)


@pytest.fixture
def sweep_page():
    outcome = Outcome(
        **dict.fromkeys(("method", "family", "attention", "padding"), HOSTILE),
        composition=HOSTILE,
        group=HOSTILE,
        text=f"BatchSplit({HOSTILE}, batch_sizes=[2, 0])",
        verdict=Verdict.WRONG,
        relation=Relation.ALONE,
        wrong_rows=(0,),
        error=HOSTILE,
        place=HOSTILE,
        rules=("SG601", HOSTILE),
        smallest=HOSTILE,
        test=HOSTILE,
    )
    other = replace(outcome, method="lora", family="bert")
    return sweep.load_format("html").render(sweep.Sweep((outcome, other), {HOSTILE: HOSTILE}))


def test_findings_about_hostile_code_are_inert(findings_page, expect):
    assert not [each for each in UNSEEN if each in findings_page]
    expect(
        findings_page,
        *INERT,
        {"is": ["document.querySelectorAll('a[href^=javascript]').length", 0]},
        {"click": ".p-rule .facet"},
        {"click": ".p-file .facet"},
        {"press": "j n n"},
        {"reload": 1},
        {"is": ["document.querySelectorAll('.finding:not([hidden])').length", 2]},
        {"click": "#chosen button"},
        *INERT,
        width=400,
    )


def test_a_sweep_of_hostile_text_is_inert(sweep_page, expect):
    assert not [each for each in UNSEEN if each in sweep_page]
    expect(
        sweep_page,
        *INERT,
        {"click": ".p-method .facet"},
        {"click": "#map button:not([hidden])"},
        {"reload": 1},
        {"is": ["document.querySelector('#detail').hidden", False]},
        {"click": "#f1 .to-cell"},
        *INERT,
        width=400,
    )


BROKEN = """<!doctype html><html><head><title>x</title></head><body>
<p style="width: 3000px; color: #eee; background: #fff">faint</p><img src="http://127.0.0.1:9/x.png">
<script>console.error("wrong"); undefined_name; </script><script>alert(1)</script></body></html>"""


def test_what_is_wrong_with_a_page_is_seen(browse, tmp_path):
    steps = [{"fits": 1}, {"axe": 1}, {"is": ["1 + 1", 3]}]
    problems = browse(BROKEN, {"steps": steps}, shots=tmp_path)
    text = "\n".join(problems)
    for part in (
        "request: http://127.0.0.1:9/x.png",
        "console: wrong",
        "error: undefined_name is not defined",
        "dialog: 1",
        "wider than the window: P.",
        "axe: color-contrast",
        "axe: image-alt",
        "axe: html-has-lang",
        "1 + 1 is 2, not 3",
    ):
        assert part in text, text
    picture = tmp_path / "test_what_is_wrong_with_a_page_is_seen-0.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
