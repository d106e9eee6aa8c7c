"""Tests on the way that ask for all values at once, and masks that look for what is there."""

from __future__ import annotations

import pytest
from flow_observation import kinds_of_evidence, with_body

from shapeguard.lint.flow.evidence.reasons import Reason

HEAD = """import torch
from torch import Tensor

def f(x: Tensor, y, rows, n: int):
"""


def kinds(tmp_path, body):
    return kinds_of_evidence(tmp_path, with_body(HEAD, body))


@pytest.mark.parametrize(
    "test",
    [
        "if y.max() < n:\n    return 1",
        "if n not in y:\n    return 1",
        "assert (y != n).sum() < len(y)",
        "if torch.count_nonzero(y - n) == y.numel():\n    raise ValueError",
        "if len(y.unique()) < 2:\n    return 1",
        "others = int((y != n).sum())\nif others == len(y):\n    return 1",
        "if rows and y.eq(n).float().mean() == 0.0:\n    return 1",
    ],
)
def test_who_asks_for_all_values_has_thought_of_none(tmp_path, test):
    assert kinds(tmp_path, f"{test}\nreturn x[y == n][0]") == [Reason.UNLIKELY]


@pytest.mark.parametrize(
    "test",
    [
        "if y is None:\n    return 1",
        "if len(y) == 0:\n    return 1",
        "if y.shape != x.shape:\n    return 1",
        "if x.max() < n:\n    return 1",
        "if y.max() < n:\n    print(n)",
        "while rows:\n    if y.max() < n:\n        break",
    ],
)
def test_other_tests_say_nothing(tmp_path, test):
    assert kinds(tmp_path, f"{test}\nreturn x[y == n][0]") == [Reason.EXPLICIT]


@pytest.mark.parametrize(
    "body",
    [
        "return x[y == n][0] if y.max() > n else None",
        "return n in y and x[y == n][0]",
        "if y.sum() > n:\n    n = x[y == n][0]",
        "return [x[y == n][0] for _ in rows if n in y]",
    ],
)
def test_a_test_stands_in_front_in_many_ways(tmp_path, body):
    assert kinds(tmp_path, body) == [Reason.UNLIKELY]


@pytest.mark.parametrize(
    "mask",
    [
        "x > x.max() - n",
        "x - largest + n >= 0",
        "y < 2 * torch.min(y)",
        "torch.arange(n) == rows[0]",
        "y.argsort() == n",
        "torch.triu(torch.ones(3, 3)).bool()",
    ],
)
def test_what_is_there_is_found(tmp_path, mask):
    body = f"largest = torch.amax(x)\nreturn torch.where({mask})[0][0]"
    assert set(kinds(tmp_path, body)) == {Reason.UNLIKELY}


@pytest.mark.parametrize(
    "mask",
    [
        "x < x.max() - n",
        "x > y.max()",
        "x > x.min()",
        "torch.arange(len(y)) < y",
        "torch.tensor([1, 0]) == n",
    ],
)
def test_what_may_be_anywhere_may_not_be_found(tmp_path, mask):
    body = f"return torch.where({mask})[0][0]"
    assert Reason.EXPLICIT in kinds(tmp_path, body)


def test_members_that_are_counted_are_asked_for(tmp_path):
    body = "if sum(each is not None for each in rows) < 2:\n    return 1\nkept = [r for r in rows if r is not None]\nreturn kept[0]"
    assert kinds(tmp_path, body) == [Reason.UNLIKELY]


def test_whether_another_test_passes_is_another_question(tmp_path):
    body = "if not any(each.grad for each in rows):\n    return 1\nkept = [r for r in rows if r.isfinite()]\nreturn kept[0]"
    assert kinds(tmp_path, body) == [Reason.EXPLICIT]


@pytest.mark.parametrize(
    "test",
    [
        "if kept.shape == (0,):\n    return 1",
        "if list(kept.shape) == [0]:\n    return 1",
        "if torch.Size([0]) != kept.shape and np.size(kept) == 0:\n    return 1",
    ],
)
def test_the_size_is_compared_with_nothing_in_other_words(tmp_path, test):
    body = f"kept = x[y == n]\n{test}\nreturn kept[0]"
    assert kinds(tmp_path, body) == [Reason.UNLIKELY]


@pytest.mark.parametrize(
    "body",
    [
        "if x.shape == (0,):\n    return 1\nreturn x[y == n][0]",
        "if x.shape == (0,):\n    return 1\nx = x[y == n]\nreturn x[0]",
        "kept = x[y == n]\nif kept.shape == (n,):\n    return 1\nreturn kept[0]",
    ],
)
def test_the_size_of_something_else_or_another_one_says_nothing(tmp_path, body):
    assert kinds(tmp_path, body) == [Reason.EXPLICIT]
