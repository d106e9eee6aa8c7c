"""Counts in tensors: which divisors may hold a 0, and which function deals with it."""

from __future__ import annotations

import pytest
from flow_observation import happened

from shapeguard.lint.flow.events import Divide, Reduce
from shapeguard.lint.flow.evidence.emptiness import may_hold_zero, too_few
from shapeguard.lint.flow.evidence.reasons import Reason

HEAD = """import numpy as np
import torch
from torch import Tensor

def f(x: Tensor, w: Tensor, labels: Tensor, n: int):
    mask = labels != n
"""
MEAN = "q = x.sum(1) / mask.sum(1)"


def events(tmp_path, body, kind):
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    return [event for event in happened(tmp_path, HEAD + lines) if isinstance(event, kind)]


def reasons(tmp_path, body):
    found = [may_hold_zero(e, e.divisor, e.name) for e in events(tmp_path, body, Divide)]
    return [each.reason for each in found if each is not None]


@pytest.mark.parametrize(
    ("divisor", "reason"),
    [
        ("mask.sum(1)", "a row of `mask` may select nothing"),
        ("mask.sum(1).view(-1)", "a row of `mask` may select nothing"),
        ("mask.sum(1)[0]", "a row of `mask` may select nothing"),
        ("(mask.sum(1) + mask.sum(0))", "a row of `mask` may select nothing"),
        ("(w * mask).sum()", "`mask` may select nothing"),
        ("torch.mul(w, mask).sum()", "`mask` may select nothing"),
        ("(w * (labels == n)).sum()", "`(labels == n)` may select nothing"),
        ("(mask * w).abs().sum()", "`mask` may select nothing"),
        ("(mask * w).sum(1).sqrt()", "a row of `(mask * w)` may select nothing"),
        ("torch.cumsum(mask, 0)", "`mask` may select nothing"),
        ("(mask * w).cumsum(0)[-1]", "`mask` may select nothing"),
        ("(mask * 1.0).cumsum(0)[labels * 2][-1]", "`mask` may select nothing"),
        ("np.cumsum(labels == n)", "`labels == n` may select nothing"),
        (
            "torch.bincount(labels, minlength=4).view(2, 2)[0, 1]",
            "nothing in `labels` may be of one kind",
        ),
        (
            "torch.bincount(labels, minlength=4).view(2, 2).sum(0)",
            "nothing in `labels` may be of one kind",
        ),
        (
            "(torch.bincount(labels, minlength=4) / len(labels))",
            "nothing in `labels` may be of one kind",
        ),
    ],
)
def test_a_count_may_be_0_whatever_it_is_made_of(tmp_path, divisor, reason):
    assert reason in reasons(tmp_path, f"x / {divisor}")


def test_functions_divide_as_operators_do(tmp_path):
    for body in ("torch.div(x, mask.sum(1))", "x.div_(mask.sum(1))", "x.true_divide(mask.sum(1))"):
        assert reasons(tmp_path, body) == ["a row of `mask` may select nothing"]


@pytest.mark.parametrize(
    "divisor",
    [
        "(mask.sum(1) + 1)",
        "(mask.sum(1) + 1e-8)",
        "(mask.sum(1) + x)",
        "(mask.sum(1) - 1)",
        "mask.sum(1).exp()",
        "mask.sum(1).clamp(min=1)",
        "torch.maximum(mask.sum(1), torch.ones(1))",
        "torch.bincount(labels, minlength=4).sum()",
        "(w * x).sum()",
        "x.cumsum(0)[-1]",
        "(w + mask).sum()",
    ],
)
def test_what_is_lifted_or_unknown_gives_no_reason(tmp_path, divisor):
    assert reasons(tmp_path, f"x / {divisor}") == []


def test_a_test_of_the_mask_protects_what_it_was_multiplied_with(tmp_path):
    total = "x.sum() / (w * mask).sum()"
    guarded = f"if mask.any():\n    {total}"
    early = f"if mask.sum() == 0:\n    return x\n{total}"
    assert [len(reasons(tmp_path, body)) for body in (total, guarded, early)] == [1, 0, 0]


@pytest.mark.parametrize(
    "repair",
    [
        "torch.nan_to_num(q)",
        "q.flip(0).nan_to_num(0.0)",
        "torch.cat([q, w]).nan_to_num()",
        "q[torch.isnan(q)] = 0",
        "q[0].isnan()",
        "torch.where(w > 0, q, w)",
        "q.masked_fill(w == 0, 0)",
        "q.mean().isfinite()",
        "(q * 2).nansum()",
        "q[w == 0] = 0",
    ],
)
def test_a_function_that_deals_with_nan_is_believed(tmp_path, repair):
    assert reasons(tmp_path, f"{MEAN}\n{repair}") == []


@pytest.mark.parametrize(
    "use", ["q.mean()", "x.nan_to_num()", "torch.isnan(x).any()", "q[0]", "torch.where(mask, x, w)"]
)
def test_nan_that_nobody_asks_for_stays(tmp_path, use):
    assert reasons(tmp_path, f"{MEAN}\n{use}") == ["a row of `mask` may select nothing"]


def few(tmp_path, body):
    return [too_few(event) for event in events(tmp_path, body, Reduce)]


@pytest.mark.parametrize(
    "body",
    [
        "x.var(0) * (len(x) - 1)",
        "m = x.shape[0]\nif n:\n    torch.var(x, dim=0) * (m - 1)",
        "v = x.std(0)\nif len(x) > 1:\n    return v",
    ],
)
def test_who_reckons_with_one_may_have_one(tmp_path, body):
    (found,) = few(tmp_path, body)
    assert found is not None
    assert found.kind is Reason.BELIEF
    assert found.reason == "it is tested for 1 elsewhere in the function"


def test_what_selects_something_may_select_only_one(tmp_path):
    (found,) = few(tmp_path, "if mask.any():\n    x[mask].std(0)")
    assert found is not None
    assert found.reason == "`mask` may select nothing, or no more than 1"


@pytest.mark.parametrize(
    "body",
    [
        "x.var(0)",
        "x.mean(0) * (len(x) - 1)",
        "if len(x) > 1:\n    x.var(0) * (len(x) - 1)",
        "if len(x) == 1:\n    return x\nx.std(0) * (len(x) - 1)",
        "x.var(0, unbiased=False) * (len(x) - 1)",
        "x.var(0) * (len(w) - 1)",
        "x.var(1) * (len(x) - 1)",
    ],
)
def test_two_that_are_made_sure_or_never_doubted_are_enough(tmp_path, body):
    assert few(tmp_path, body) == [None]
