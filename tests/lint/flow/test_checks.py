"""What checks let through, and which guards ask for something else than a size."""

from __future__ import annotations

import libcst as cst
import pytest
from flow_observation import happened

from shapeguard.lint.flow.events import Reduce
from shapeguard.lint.flow.evidence.stand_ins import stand_in
from shapeguard.lint.flow.syntax.checks import answer, lets_zero_through, refuses_zero


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ("n < 0", (True, False, False)),
        ("n is not None and n < 1", (True, True, False)),
        ("not 0 <= n <= 5", (True, False, False)),
        ("n is None or n >= 0", (False, True, True)),
        ("not isinstance(n, int) or n <= 0", (True, True, False)),
        ("n", (True, False, True)),
        ("n < 0 or n > m", (True, None, None)),
        ("n < m", (None, None, None)),
        ("m and n == 0", (False, None, False)),
    ],
)
def test_what_a_condition_says_of_a_number(test, said):
    node = cst.parse_expression(test)
    assert tuple(answer(node, "n", number) for number in (-1, 0, 1)) == said


@pytest.mark.parametrize(
    ("check", "passes", "refused"),
    [
        ("assert n >= 0", True, False),
        ("assert n > 0", False, True),
        ("if n is not None and n < 0:\n    raise ValueError(n)", True, False),
        ("if not n or n < 0:\n    raise ValueError(n)", False, True),
        ("if n < 0:\n    n = 0", False, False),
        ("if m < 0:\n    raise ValueError(m)", False, False),
    ],
)
def test_what_a_check_lets_through(check, passes, refused):
    body = cst.parse_module(check)
    assert (lets_zero_through(body, "n") is not None, refuses_zero(body, "n")) == (passes, refused)


HEAD = """
import torch
from torch import Tensor


def f(x: Tensor, best: Tensor):
    {body}
"""


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("return torch.min(best, x.min()) if x.any() else best", (True, True)),
        ("return torch.max(best, x.max()) if any(x) else best", (True, True)),
        ("return torch.max(best, x.max()) if x.any() else best", (True, False)),
        ("if not any(x.flatten()): return best\n    return x.min()", (True, False)),
        ("if x.shape == (0, 4): return best\n    return x.max()", (False, False)),
        ("return best if x.size() == torch.Size([0]) else x.argmax()", (False, False)),
        ("return x.max() if x.shape != (0, 4) else best", (False, False)),
        ("return best if x.any() else x.max()", None),
        ("return x.max() if x.shape == (0, 4) else best", None),
        ("return best if x.shape == (1, 4) else x.max()", None),
        ("return x.max() if x.any() and len(x) else best", None),
        ("return best / x.max() if x.any() else best", None),
        ("return x.mean() if x.any() else best", None),
    ],
)
def test_what_stands_in_for_the_size(tmp_path, body, found):
    body = body.replace(": return", ":\n        return")
    events = happened(tmp_path, HEAD.format(body=body))
    guards = [stand_in(each) for each in events if isinstance(each, Reduce)]
    assert [(each.values, each.sure) for each in guards if each] == ([found] if found else [])
