"""A sample of the cases, from small packages; ``make accuracy`` measures all of them."""

from __future__ import annotations

import functools

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
    "s-pml-divisor-nonzero",
    "s-pml-per-anchor-mask-after",
    "s-pml-pnp-div-by-count",
    "s-pml-randint-no-negatives",
    "s-pml-subcenter-argmax-bincount",
)
LIMIT = 120


@functools.cache
def result(release, file):
    try:
        home = unpacked(release, CACHE)
    except UnavailableError as error:
        pytest.skip(f"the release cannot be downloaded: {error}")
    (found,) = measured(home, [file], LIMIT)
    return found


def answer(name):
    (scored,) = score([CASES[name]], result)
    return scored


@pytest.mark.parametrize("name", FOUND)
def test_bugs_that_are_found(name):
    assert answer(name).answer is Answer.SURE


@pytest.mark.parametrize("name", UNDISTURBED)
def test_near_misses_that_are_left_alone(name):
    assert answer(name).found == ()
