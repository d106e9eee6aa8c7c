"""The page of a sweep: the same page, with a heat map as its overview."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shapeguard.outcome import Outcome, Relation, Verdict
from shapeguard.report import sweep

SHOWN = "[...document.querySelectorAll('.finding:not([hidden])')].map((each) => each.id)"
FOCUS = "document.activeElement.dataset.cell"
HASH = "location.hash"
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
    composition="a+b 2 0",
    group="split",
    text="BatchSplit('a', 'b', batch_sizes=[2, 0])",
    verdict=Verdict.WRONG,
    relation=Relation.ALONE,
    wrong_rows=(1,),
    difference=1.5,
    rules=("SG601", "SG104"),
    smallest="BatchSplit('a', batch_sizes=[1]) on rows [0]",
    test="def test_it():\n    assert a < b",
)
CRASHED = replace(
    WRONG,
    method="prefix",
    family="gpt2",
    verdict=Verdict.ERROR,
    error="RuntimeError: sizes differ",
    place="adapters/methods/prefix_tuning.py:9",
    rules=("SG603",),
)
BEFORE = (RIGHT, WRONG, CRASHED, replace(RIGHT, method="prefix"), replace(RIGHT, attention="sdpa"))
AFTER = tuple(
    replace(each, code="reference", verdict=Verdict.CORRECT, rules=(), error="", test="")
    for each in (*BEFORE[:2], *BEFORE[3:])
)


@pytest.fixture
def text():
    return sweep.load_format("html").render(sweep.Sweep(BEFORE, {"adapters": "1.3.0"}))


@pytest.fixture
def compared():
    refused = replace(CRASHED, code="reference", error="TypeError: too few", rules=("SG603",))
    return sweep.load_format("html").render(sweep.Sweep((*BEFORE, *AFTER, refused), {}))


def test_it_fits_and_is_accessible(text, everywhere):
    cell = "[data-cell='lora a+b 2 0']"
    everywhere(text, {"fits": 1}, {"axe": 1}, {"click": cell}, {"fits": 1}, {"axe": 1})


def test_failures_are_cards_that_the_filters_choose(text, expect):
    expect(
        text,
        {"is": [SHOWN, ["f1", "f2"]]},
        {"click": '.facet[data-value="gpt2"]'},
        {"is": [HASH, "#family=gpt2"]},
        {"is": [SHOWN, ["f2"]]},
        {"is": ["document.querySelectorAll('#map button:not([hidden])').length", 1]},
        {"reload": 1},
        {"is": [SHOWN, ["f2"]]},
        {"click": '.facet[data-value="prefix"]'},
        {"press": "j"},
        {"is": ["document.querySelector('.current').id", "f2"]},
        {"press": "c"},
        {"click": '.facet[data-value="bert"]'},
        {"click": '.facet[data-value="sdpa"]'},
        {"is": [SHOWN, []]},
        {"back": 1},
        {"is": [SHOWN, ["f1"]]},
    )


def test_the_heat_map_is_walked_by_arrows_and_opened(text, expect):
    expect(
        text,
        {"focus": "#map button[tabindex='0']"},
        {"is": [FOCUS, "lora a"]},
        {"press": "ArrowRight ArrowDown"},
        {"is": [FOCUS, "prefix a+b 2 0"]},
        {"press": "Enter"},
        {"is": ["document.querySelector('#detail h3').textContent", "prefix, a+b 2 0 (split)"]},
        {"is": [HASH, "#cell=prefix+a%2Bb+2+0"]},
        {"reload": 1},
        {"is": ["document.querySelector('#detail').hidden", False]},
        {"click": "#f1 .to-cell"},
        {"is": ["document.querySelector('#detail h3').textContent", "lora, a+b 2 0 (split)"]},
    )


def test_before_and_after_are_told_apart(compared, expect):
    expect(
        compared,
        {"is": [HASH, "#code=reference"]},
        {"is": [SHOWN, ["f1"]]},
        {"click": '.facet[data-value="plain"]'},
        {"click": '.facet[data-value="reference"]'},
        {"is": [SHOWN, ["f2", "f3"]]},
        {"axe": 1},
    )


def test_on_paper_and_without_a_script_the_failures_are_there(text, browse):
    seen = "document.querySelector('{}').checkVisibility()"
    cut = "[...document.querySelectorAll('pre')].filter((e) => e.scrollWidth > e.clientWidth + 1).length"
    shown = [{"is": [seen.format(part), True]} for part in ("#f1 .case", "#f1 .test", ".groups")]
    code = "document.querySelector('#f1 .code').getBoundingClientRect().height > 0"
    looks = (
        {
            "width": 700,
            "steps": [{"print": 1}, *shown, {"is": [code, True]}, {"is": [cut, 0]}, {"fits": 1}],
        },
        {"script": False, "steps": [*shown, {"is": [seen.format(".heat"), False]}, {"fits": 1}]},
    )
    assert browse(text, *looks) == []


def test_a_sweep_without_cases_and_one_without_failures(browse):
    look = {"steps": [{"press": "j n c o"}, {"fits": 1}, {"axe": 1}]}
    for outcomes in ((), (RIGHT,)):
        page = sweep.load_format("html").render(sweep.Sweep(outcomes, {}))
        assert browse(page, look) == []
