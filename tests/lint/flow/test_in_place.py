"""What is written into a mask or a count in place is no longer what it was."""

from __future__ import annotations

import pytest
from flow_observation import happened

from shapeguard.lint.flow.events import Divide, Reduce
from shapeguard.lint.flow.evidence.emptiness import may_hold_zero, too_few

HEAD = "import torch\n\n\ndef f(x, scores: torch.Tensor, labels: torch.Tensor, p):\n"
COUNTED = "    cnt = labels.ne(-100).sum(-1)\n    {}\n    return x / cnt\n"
MASKED = "    keep = scores > p\n    {}\n    return scores[keep].max()\n"


def suspected(tmp_path, text):
    events = happened(tmp_path, HEAD + text, "f")
    divisors = [may_hold_zero(e, e.divisor, e.name) for e in events if isinstance(e, Divide)]
    operands = [
        too_few(each) for each in events if isinstance(each, Reduce) and each.operation == "max"
    ]
    return any(found is not None for found in (*divisors, *operands))


@pytest.mark.parametrize(
    "line",
    [
        "cnt.clamp_(min=1)",
        "torch.clamp_(cnt, 1)",
        "cnt.add_(1e-6)",
        "cnt += 1e-6",
        "cnt = cnt.clamp(1)",
    ],
)
def test_a_count_that_is_changed_in_place_may_not_be_0(tmp_path, line):
    assert not suspected(tmp_path, COUNTED.format(line))


@pytest.mark.parametrize("line", ["pass", "x.clamp_(min=1)", "labels.add_(1)", "cnt.clamp(min=1)"])
def test_a_count_that_is_not_changed_may_be(tmp_path, line):
    assert suspected(tmp_path, COUNTED.format(line))


@pytest.mark.parametrize(
    "line",
    [
        "keep[..., 0] = True",
        "keep[0] = 1",
        "keep.fill_diagonal_(True)",
        "keep[scores.argmax()] = True",
    ],
)
def test_a_mask_that_is_written_into_may_select_something(tmp_path, line):
    assert not suspected(tmp_path, MASKED.format(line))


@pytest.mark.parametrize("line", ["pass", "scores[0] = 1", "x.fill_diagonal_(1)", "keep.any()"])
def test_a_mask_that_is_not_may_select_nothing(tmp_path, line):
    assert suspected(tmp_path, MASKED.format(line))


def test_numbers_that_are_squared_again_and_again_end_soon(tmp_path):
    lines = "".join(f"    n = n * n + {i}\n" for i in range(60))
    text = f"    n = len([each for each in x if each])\n{lines}    return p / n\n"
    (divided,) = [e for e in happened(tmp_path, HEAD + text, "f") if isinstance(e, Divide)]
    assert len(repr(divided.divisor)) < 20_000
