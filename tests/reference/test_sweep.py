"""All methods on all families: every composition is right or clearly refused.

A few compositions of every kind here; ``shapeguard probe --reference`` sweeps all of them.
"""

from __future__ import annotations

import pytest

from shapeguard.oracle.sweep.families import FAMILIES
from shapeguard.oracle.sweep.methods import METHODS
from shapeguard.oracle.sweep.plan import REFERENCE, Choice, jobs
from shapeguard.oracle.sweep.running import run
from shapeguard.outcome import GOOD, Verdict

pytestmark = pytest.mark.adapters

COMPOSITIONS = [
    "a",
    "a+b 0 3",
    "(a+b 2 1)>d",
    "(a>b)+c 2 1",
    "(a+b 1 1)+c 2 1",
    "c&(a+b 1 2)",
    "(a:b)>d 1 0 1",
    "(a~b)+c 2 1",
    "a+b 2 2",
]
OTHERS = [name for name in FAMILIES if name != "bert"]


@pytest.mark.parametrize("method", METHODS)
def test_right_or_clearly_refused(method):
    """On BERT, and on two other families in turn."""
    at = 2 * list(METHODS).index(method)
    families = ["bert", OTHERS[at % len(OTHERS)], OTHERS[(at + 1) % len(OTHERS)]]
    chosen = Choice(
        methods=[method], families=families, compositions=COMPOSITIONS, codes=[REFERENCE]
    )
    outcomes = [outcome for job in jobs(chosen) for outcome in run(job)]
    # What is not judged fails in adapters for a single adapter (VeRA in LLaMA, DoRA in GPT-2).
    bad = [each for each in outcomes if each.verdict not in {*GOOD, Verdict.UNJUDGED}]
    assert not bad, bad[0]
    right = [each for each in outcomes if each.verdict is Verdict.CORRECT]
    assert {each.composition for each in right} >= {"a", "a+b 0 3", "(a+b 1 1)+c 2 1"}
