"""Reasons that hardly ever come true, sizes that are 0 only beside others, conditions that are too long."""

from __future__ import annotations

import libcst as cst
import pytest
from flow_observation import kinds_of_evidence, with_body

from shapeguard.lint.flow.domain.predicates import MAX_LITERALS, any_of, equal, negate
from shapeguard.lint.flow.domain.propositions import Opaque
from shapeguard.lint.flow.domain.terms import ZERO, Symbol, symbol
from shapeguard.lint.flow.evidence.reasons import Reason
from shapeguard.lint.flow.syntax.filling import hardly_leaves_empty

HEAD = """import torch
from torch import Tensor

def f(x: Tensor, rows, model, n: int):
"""


def kinds(tmp_path, body):
    return kinds_of_evidence(tmp_path, with_body(HEAD, body))


@pytest.mark.parametrize(
    "made",
    [
        "[row for key, row in rows.items() if key != 'name']",
        "[row for row in rows if row.kind not in ['cpu', 'disk']]",
        "[p.grad for p in model.parameters() if p.requires_grad]",
        "[each for each in (x, n, rows) if each is not None]",
        "torch.where(x == x.max())[0]",
        "torch.where(x >= x[-1] * 0.5)[0]",
        "torch.where(x == rows[0])[0]",
    ],
)
def test_what_hardly_leaves_nothing_is_unlikely(tmp_path, made):
    assert kinds(tmp_path, f"kept = {made}\nreturn kept[0]") == [Reason.UNLIKELY]


@pytest.mark.parametrize(
    "made",
    [
        "[row for row in rows if row.text != '']",
        "[row for row in rows if row.grad is not None]",
        "torch.where(x == n)[0]",
        "torch.where(x > x.mean())[0]",
    ],
)
def test_what_may_leave_nothing_is_evidence(tmp_path, made):
    assert kinds(tmp_path, f"kept = {made}\nreturn kept[0]") == [Reason.EXPLICIT]


def test_a_test_of_the_length_is_better_than_an_unlikely_reason(tmp_path):
    body = (
        "kept = [p for p in rows if p.requires_grad]\nq = kept[0]\nif len(kept) == 0:\n    return 1"
    )
    assert kinds(tmp_path, body) == [Reason.BELIEF]


@pytest.mark.parametrize(
    "body",
    [
        "for i, row in enumerate(rows):\n    if i == 0:\n        continue\n    kept.append(row)",
        "for i in range(n):\n    if i % 2:\n        kept.append(rows[i])",
        "for row in rows:\n    if torch.jit.is_tracing():\n        kept.append(row)",
        "for row in rows:\n    if not is_tracing():\n        kept.append(row)",
        (
            "for row in rows:\n    if row == 'a':\n        kept.append(1)\n    elif row in ('b', 'c'):\n"
            "        kept.append(2)"
        ),
        "for i in range(n):\n    if i:\n        if x:\n            kept.append(1)\n        else:\n            kept.append(2)",
        "for row in rows:\n    batch.append(row)\n    if len(batch) == n:\n        kept.append(batch)",
        "for i in range(n):\n    if ((x >= b[i]) & (x < b[i + 1])).any():\n        kept.append(i)",
        "for i, row in enumerate(rows):\n    if not (x.gt(b[i]) * x.le(b[i + 1])).sum():\n        continue\n    kept.append(row)",
    ],
)
def test_a_loop_hardly_leaves_a_list_without_member(body):
    loop = cst.parse_statement(body)
    assert isinstance(loop, cst.For)
    assert hardly_leaves_empty(loop, "kept")


@pytest.mark.parametrize(
    "body",
    [
        "for row in rows:\n    if row.valid:\n        kept.append(row)",
        "for row in rows:\n    if row == 'a':\n        kept.append(row)",
        "for row in rows:\n    if row.any():\n        kept.append(row)",
        "for i, row in enumerate(rows):\n    if i == row.last:\n        continue\n    kept.append(row)",
        "for i, row in enumerate(rows):\n    if i == 0 or not row:\n        continue\n    kept.append(row)",
        "for row in rows:\n    kept.append(row)",
        "for i in range(n):\n    if ((x >= b[i]) & (x < c[i + 1])).any():\n        kept.append(i)",
        "for i in range(n):\n    if ((x >= b[i]) & (y < b[i + 1])).any():\n        kept.append(i)",
        "for i in range(n):\n    if ((x >= b[i]) & (x < b[i + 1])).sum() > 5:\n        kept.append(i)",
        "for i in range(n):\n    if ((x >= b[i]) & (x < b[i + 1]) & y).any():\n        kept.append(i)",
        "for i in range(n):\n    if ((x >= b[i]) & (x < b[i + 2])).any():\n        kept.append(i)",
        "for i in range(n):\n    x = f(x)\n    if ((x >= b[i]) & (x < b[i + 1])).any():\n        kept.append(i)",
        "while rows:\n    row = rows.pop()\n    if row:\n        kept.append(row)",
    ],
)
def test_a_loop_may_leave_a_list_without_member(body):
    loop = cst.parse_statement(body)
    assert isinstance(loop, cst.For | cst.While)
    assert not hardly_leaves_empty(loop, "kept")


def test_what_is_nothing_only_beside_an_argument_of_zero_is_no_evidence(tmp_path):
    body = "kept = [row for row in rows if row]\nif not kept:\n    return 1\nkept = kept[:n]\nreturn kept[0]"
    assert kinds(tmp_path, body) == []


def test_a_condition_that_has_grown_too_long_says_what_it_is_about():
    parts = [equal(symbol(f"n{number}"), ZERO) for number in range(MAX_LITERALS + 1)]
    long = any_of(parts)
    assert isinstance(long, Opaque)
    assert Symbol("n7", "n7") in long.about
    assert isinstance(negate(long), Opaque)
    assert negate(long).about == long.about
