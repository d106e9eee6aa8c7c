"""A sample of the cases, from small packages; ``make accuracy`` measures all of them."""

from __future__ import annotations

import pytest
from accuracy.cases import load
from accuracy.measure import measured
from accuracy.releases import CACHE, UnavailableError, unpacked
from accuracy.scoring import Answer, score

CASES = {case.id: case for case in load()}
FOUND = (
    "pml-convert-triplets-disjoint-empty-cat",
    "pml-random-triplets-no-negatives-choice",
)
UNDISTURBED = (
    "safe-gliner-pad-one",
    "safe-gliner-pairs-max",
    "safe-gliner-default",
    "s-pml-randint-no-negatives",
    "s-pml-divisor-nonzero",
)
LIMIT = 120


def answer(name):
    case = CASES[name]
    try:
        home = unpacked(case.release, CACHE)
    except UnavailableError as error:
        pytest.skip(f"the release cannot be downloaded: {error}")
    (result,) = measured(home, [case.file], LIMIT)
    (scored,) = score([case], lambda *_: result)
    return scored


@pytest.mark.parametrize("name", FOUND)
def test_bugs_that_are_found(name):
    assert answer(name).answer is Answer.SURE


@pytest.mark.parametrize("name", UNDISTURBED)
def test_near_misses_that_are_left_alone(name):
    assert answer(name).found == ()
