"""The page of findings, as a reader uses it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shapeguard.finding import (
    Applicability,
    Confidence,
    Consequence,
    Edit,
    Fix,
    Operand,
    Position,
    Severity,
    Span,
    Suppressed,
    Suppressor,
    Witness,
)
from shapeguard.report import render
from shapeguard.report.pages import RulePage

SHOWN = "[...document.querySelectorAll('.finding:not([hidden])')].map((each) => each.id)"
HASH = "location.hash"
STEP = "document.querySelector('.at-step')?.id ?? null"
CURRENT = "document.querySelector('.current')?.id ?? null"
FOCUS = "document.activeElement.id"
OPEN = "[...document.querySelectorAll('details')].forEach((each) => { each.open = true; })"
PRESSED = "[...document.querySelectorAll('.facet[aria-pressed=true]')].map((e) => e.dataset.value)"
ERROR = '.facet[data-value="error"]'
HELP_PAGE = """Operands of unequal extents.

## Example

```python
x = torch.cat([prefix, keys])  # a long line that is wider than any telephone, so that it must scroll
```

| a | b |
|---|---|
| 1 | [more](https://example.org/more) |
"""


@pytest.fixture
def findings(finding, runtime_finding):
    """Return three findings: with everything, from a running program, and of another rule."""
    place = Span("pkg/join.py", Position(7, 13), Position(7, 50))
    edit = Edit(Span("pkg/join.py", Position(5, 1), Position(6, 1)), "")
    other = replace(
        finding,
        code="SG301",
        name="reduction-without-identity",
        message="`max` of what may be empty",
        severity=Severity.INFO,
        confidence=Confidence.MEDIUM,
        consequence=Consequence.NAN,
        span=Span("pkg/split.py", Position(2, 5), Position(2, 8)),
        trace=(),
        witness=Witness((("sizes", (3, 0, 1, 40)), ("kept", (0,))), (), "kept = 0"),
        fingerprint="c3d4",
    )
    fix = Fix(Applicability.UNSAFE, "drop the `if`", (edit,))
    return [replace(finding, fix=fix), replace(runtime_finding, span=place), other]


@pytest.fixture
def text(findings, view):
    page = RulePage("SG101", "join", Severity.ERROR, "0.1", preview=False, text=HELP_PAGE)
    quiet = Suppressed(
        replace(findings[2], message="quiet"), Suppressor.COMMENT, "sizes are checked"
    )
    known = Suppressed(findings[1], Suppressor.BASELINE)
    whole = replace(
        view, pages={"SG101": page}, suppressed=(quiet, known), problems=("gone.py: not found",)
    )
    return render(findings, "html", whole)


def test_it_fits_and_is_accessible(text, everywhere):
    everywhere(text, {"fits": 1}, {"axe": 1}, {"set": OPEN}, {"fits": 1}, {"axe": 1})


def test_it_is_accessible_with_filters_a_step_and_the_help(text, everywhere):
    everywhere(
        text,
        *({"click": ERROR}, {"press": "n n"}, {"fits": 1}, {"axe": 1}),
        *({"press": "?"}, {"is": ["document.querySelector('#help').open", True]}, {"axe": 1}),
    )


def test_a_filter_stands_in_the_address(text, expect):
    expect(
        text,
        {"is": [SHOWN, ["f1", "f2", "f3"]]},
        {"click": ERROR},
        {"is": [HASH, "#severity=error"]},
        {"is": [SHOWN, ["f1"]]},
        {"reload": 1},
        {"is": [SHOWN, ["f1"]]},
        {"is": [PRESSED, ["error"]]},
        {"copy": 1},
        {"is": [SHOWN, ["f1"]]},
        {"click": '.facet[data-value="info"]'},
        {"is": [SHOWN, ["f1", "f3"]]},
        {"click": '.facet[data-value="pkg/split.py"]'},
        {"is": [SHOWN, ["f3"]]},
        {"is": ["document.querySelector('#shown').textContent", "1 of 3 findings"]},
        {"back": 1},
        {"is": [SHOWN, ["f1", "f3"]]},
        {"click": "#chosen .clear"},
        {"is": [SHOWN, ["f1", "f2", "f3"]]},
        {"is": [HASH, ""]},
    )


def test_counts_are_of_what_the_other_filters_leave(text, expect):
    count = "document.querySelector('.facet[data-value=\"{}\"] .count').textContent"
    expect(
        text,
        {"click": '.facet[data-value="SG301"]'},
        {"is": [count.format("error"), "0"]},
        {"is": [count.format("info"), "1"]},
        {"is": [count.format("SG101"), "1"]},
    )


def test_search(text, expect):
    expect(
        text,
        {"fill": ["#search", "MAX empty"]},
        {"is": [SHOWN, ["f3"]]},
        {"is": [HASH, "#q=MAX+empty"]},
        {"reload": 1},
        {"is": [SHOWN, ["f3"]]},
        {"is": ["document.querySelector('#search').value", "MAX empty"]},
        {"fill": ["#search", "no such thing"]},
        {"is": [SHOWN, []]},
        {"is": ["document.querySelector('.none').hidden", False]},
    )


def test_the_back_button_undoes_one_search_and_one_finding_at_a_time(text, expect):
    value = "document.querySelector('#search').value"
    pause = {"set": "new Promise((done) => setTimeout(done, 1100))"}
    expect(
        text,
        {"click": ERROR},
        {"press": "/ s l i c e"},
        {"is": [HASH, "#severity=error&q=slice"]},
        pause,
        {"press": "x"},
        {"is": [HASH, "#severity=error&q=slicex"]},
        {"back": 1},
        {"is": [f"[{HASH}, {value}]", ["#severity=error&q=slice", "slice"]]},
        {"press": "y"},
        {"back": 1},
        {"is": [f"[{HASH}, {value}]", ["#severity=error&q=slice", "slice"]]},
        {"back": 1},
        {"is": [f"[{HASH}, {value}, {SHOWN}]", ["#severity=error", "", ["f1"]]]},
        {"back": 1},
        {"is": [f"[{HASH}, {SHOWN}]", ["", ["f1", "f2", "f3"]]]},
        {"press": "Escape j j n n"},
        {"is": [HASH, "#f2-1"]},
        {"press": "j"},
        {"back": 1},
        {"is": [f"[{HASH}, {CURRENT}]", ["#f2-1", "f2"]]},
        {"back": 1},
        {"is": [f"[{HASH}, {CURRENT}]", ["#f1", "f1"]]},
        {"back": 1},
        {"is": [f"[{HASH}, {CURRENT}]", ["", None]]},
    )


def test_a_filter_between_two_searches_is_undone_alone(text, expect):
    info = '.facet[data-value="info"]'
    expect(
        text,
        {"press": "/ a"},
        {"click": info},
        {"press": "/ m"},
        {"is": [HASH, "#q=am&severity=info"]},
        {"back": 1},
        {"is": [HASH, "#q=a&severity=info"]},
        {"back": 1},
        {"is": [HASH, "#q=a"]},
    )


def test_a_key_held_down_is_one_entry_of_the_history(text, expect):
    press = "document.body.dispatchEvent(new KeyboardEvent('keydown', {{key: 'j', bubbles: true, repeat: {}}}))"
    expect(
        text,
        {"set": press.format("false")},
        {"set": press.format("true")},
        {"set": press.format("true")},
        {"is": [HASH, "#f3"]},
        {"back": 1},
        {"is": [HASH, ""]},
    )


def test_keys_walk_over_findings_and_steps(text, expect):
    expect(
        text,
        {"press": "j"},
        {"is": [CURRENT, "f1"]},
        {"is": [FOCUS, "f1"]},
        {"press": "n n"},
        {"is": [STEP, "f1-2"]},
        {"is": [HASH, "#f1-2"]},
        {"is": ["document.querySelector('#f1 .pos').textContent", "Step 2 of 3"]},
        {"press": "n n n p"},
        {"is": [STEP, "f1-2"]},
        {"press": "j"},
        {"is": [CURRENT, "f2"]},
        {"is": [STEP, None]},
        {"press": "k k k"},
        {"is": [CURRENT, "f1"]},
        {"click": ERROR},
        {"press": "j j"},
        {"is": [CURRENT, "f1"]},
        {"press": "o"},
        {"is": ["getComputedStyle(document.querySelector('#f1 footer')).display", "grid"]},
        {"press": "c"},
        {"is": [SHOWN, ["f1", "f2", "f3"]]},
        {"is": ["getComputedStyle(document.querySelector('#f2 footer')).display", "none"]},
        {"is": [HASH, "#at=f1&view=folded"]},
    )


def test_buttons_step_through_the_trace(text, expect):
    expect(
        text,
        {"click": "#f1 [data-step='1']"},
        {"is": [STEP, "f1-1"]},
        {"click": "#f1 [data-step='1']"},
        {"is": [STEP, "f1-2"]},
        {"is": [FOCUS, ""]},
        {"click": "#f1 [data-step='-1']"},
        {"is": [STEP, "f1-1"]},
        {"click": "[data-do=next]"},
        {"is": [CURRENT, "f2"]},
    )


def test_no_key_is_taken_from_a_field_the_browser_or_one_who_turned_them_off(text, expect):
    expect(
        text,
        {"press": "/"},
        {"is": [FOCUS, "search"]},
        {"press": "j n ?"},
        {"is": ["document.querySelector('#search').value", "jn?"]},
        {"is": [CURRENT, None]},
        {"press": "Escape Control+j Alt+n"},
        {"is": [CURRENT, None]},
        {"press": "?"},
        {"click": "#keys"},
        {"press": "Escape j"},
        {"is": [CURRENT, None]},
        {"is": ["new URLSearchParams(location.hash.slice(1)).get('keys')", "off"]},
    )


def test_an_anchor_is_an_address(text, expect):
    expect(
        text,
        {"is": [STEP, "f1-2"]},
        {"is": ["scrollY > 300", True]},
        {"click": "nav a[href='#f3']"},
        {"is": [HASH, "#f3"]},
        {"back": 1},
        {"is": [STEP, "f1-2"]},
        {"go": "#severity=info&at=f3-1"},
        {"is": [SHOWN, ["f3"]]},
        {"is": [STEP, "f3-1"]},
        {"click": "#f3 footer a"},
        {"is": [SHOWN, ["f3"]]},
        {"is": ["document.querySelector('#r2').closest('details').open", True]},
        fragment="#f1-2",
    )


def test_a_strange_address_breaks_nothing(text, browse):
    steps = ({"press": "j n"}, {"fits": 1})
    strange = ("#%", "#nothing", "#severity=%3Cimg%3E&at=%22%5D&rule", "#=&&q=%E0", "#__proto__=1")
    assert browse(text, *({"fragment": each, "steps": steps} for each in strange)) == []


def test_everything_is_reached_by_tab(text, expect):
    out_of_order = (
        "[...document.querySelectorAll('a, button, input, summary, pre')]"
        ".filter((each) => each.checkVisibility() && each.tabIndex < 0).length"
    )
    reached = "[document.activeElement.className, document.activeElement.textContent.trim()]"
    expect(
        text,
        {"is": [out_of_order, 0]},
        {"press": "Tab"},
        {"is": [reached, ["skip", "Skip to the findings"]]},
        {"press": "Enter"},
        {"is": [FOCUS, "findings"]},
    )


def test_on_paper_all_is_there_and_no_code_is_cut(text, expect):
    cut = (
        "[...document.querySelectorAll('pre')].filter((each) => each.scrollWidth > each.clientWidth + 1)"
        ".map((each) => each.textContent)"
    )
    seen = "document.querySelector('{}').checkVisibility({{contentVisibilityAuto: true}})"
    inside = "document.querySelector('{}').getBoundingClientRect().height > 0"
    expect(
        text,
        {"print": 1},
        {"is": [cut, []]},
        {"is": [seen.format(".tools"), False]},
        {"is": [seen.format("nav"), False]},
        {"is": [inside.format("#r1 p"), True]},
        {"is": [inside.format(".quiet td"), True]},
        {"is": ["getComputedStyle(document.body).color", "rgb(29, 33, 41)"]},
        {"fits": 1},
        width=700,
        scheme="dark",
    )


def test_without_a_script_all_is_there(text, expect):
    seen = "[...document.querySelectorAll('{}')].every((each) => each.checkVisibility())"
    expect(
        text,
        {"is": [seen.format(".finding, .step, .witness, .fix, .overview, nav li"), True]},
        {"is": ["document.querySelector('.tools').checkVisibility()", False]},
        {"is": ["document.querySelectorAll('.facet:enabled').length", 0]},
        {"fits": 1},
        script=False,
        width=1600,
    )


def test_a_page_of_nothing(view, everywhere):
    everywhere(render([], "html", view), {"press": "j n o c /"}, {"fits": 1}, {"axe": 1})


def test_two_thousand_findings(findings, view, expect):
    many = [
        replace(each, message=f"{each.message} {i}", fingerprint=str(i))
        for i in range(667)
        for each in findings
    ][:2000]
    page = render(many, "html", view)
    assert len(page) < 12_000_000
    assert page.count('class="prose"') == 3
    expect(
        page,
        {"is": ["document.querySelector('#shown').textContent", "2,000 findings"]},
        {"click": ERROR},
        {"is": ["document.querySelector('#shown').textContent", "667 of 2,000 findings"]},
        {"press": "j n"},
        {"is": [f"{SHOWN}.includes({CURRENT})", True]},
        {"fill": ["#search", "has 0 666"]},
        {"is": [f"{SHOWN}.length", 1]},
        {"go": "#f1900-1"},
        {"is": ["document.querySelector('#f1900-1').getBoundingClientRect().top < 400", True]},
        {"fits": 1},
    )


def test_odd_sizes_are_drawn(finding, view, everywhere):
    odd = [
        ((("sizes", (100_000, 1, 0, 7)),), (Operand("a", (100_008, 64)), Operand("b", (0, 64)))),
        ((("sizes", (3, 0, 1, 2) * 16),), ()),
        ((("sizes", (0,) * 40), ("weights", (-1, 2)), ("none", ())), ()),
        ((), (Operand("a", (3,)), Operand("a_name_that_is_very_long" * 4, (10**400,)))),
        ((("n", (10**400,)), ("len(layers)", (3,)), ("len(sizes)", (2,))), ()),
    ]
    pages = [
        replace(finding, witness=Witness(sizes, operands, ""), fingerprint=str(i))
        for i, (sizes, operands) in enumerate(odd)
    ]
    everywhere(render(pages, "html", view), {"fits": 1}, {"axe": 1})
