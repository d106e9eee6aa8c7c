"""What conditions ask of tensors: counts, shapes, and methods that are not called."""

from __future__ import annotations

import pytest
from flow_observation import happened

from shapeguard.lint.flow.events import Condition

HEAD = """
{imports}
import torch
from torch import Tensor


def f(x: Tensor, y: Tensor | None, n: int, other):
    {body}
"""


def asked(tmp_path, body, imports=""):
    events = happened(tmp_path, HEAD.format(body=body, imports=imports))
    return [
        (each.name, each.operator, each.uncalled, each.listed)
        for each in events
        if isinstance(each, Condition)
    ]


@pytest.mark.parametrize(
    ("body", "name", "uncalled"),
    [
        ("return n if x.any else x", "x.any", "any"),
        ("return n if not x.numel else x", "x.numel", "numel"),
        ("while x.sum: n += 1", "x.sum", "sum"),
        ("return n and x.is_floating_point", "x.is_floating_point", "is_floating_point"),
        ("return x.size or n", "x.size", "size"),
        ("assert torch.nonzero(x).size()", "torch.nonzero(x).size()", ""),
        ("return n if (x > 0).shape else x", "(x > 0).shape", ""),
    ],
)
def test_the_truth_of_what_a_tensor_has(tmp_path, body, name, uncalled):
    assert (name, "", uncalled, False) in asked(tmp_path, body)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("return x.numel == 0", ("x.numel", "==", "numel", False)),
        ("return x.size != 0", ("x.size", "!=", "size", False)),
        ("return x.shape == [1, n]", ("x.shape", "==", "", True)),
        ("return x.size() == (1, n)", ("x.size()", "==", "", False)),
        ("return len(x) >= 0", ("len(x)", ">=", "", False)),
        ("return x[x > 0].dim is None", ("x[x > 0].dim", "is", "dim", False)),
    ],
)
def test_what_a_tensor_has_is_compared(tmp_path, body, found):
    assert found in asked(tmp_path, body)


@pytest.mark.parametrize(
    ("body", "imports"),
    [
        ("return other.size == 0 or other.any", ""),
        ("return other.shape == [1, 4]", ""),
        ("return x.is_cuda == n", "import tensorflow as tf"),
        ("return x.shape == [1, 4]", "import tensorflow as tf"),
        ("return n == 0 or n", ""),
    ],
)
def test_nothing_is_known_of_others(tmp_path, body, imports):
    assert asked(tmp_path, body, imports) == []


def test_the_size_of_what_may_be_an_array_is_a_number(tmp_path):
    (found,) = asked(tmp_path, "x = x.numpy(); return x.size == 0")
    assert found == ("x.size", "==", "", False)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("return x[: n or 3]", "n"),
        ("return range(n if n else len(x))", "n"),
        ("if not n:\n        n = x.size(0)\n    return x[:n]", "n"),
        ("return range(len(y) or n)", "len(y)"),
    ],
)
def test_a_default_in_place_of_what_is_not_true(tmp_path, body, name):
    assert (name, "or", "", False) in asked(tmp_path, body)


@pytest.mark.parametrize(
    "body",
    [
        "return x[: n and 3]",
        "return range(n if other else 3)",
        "if not n:\n        other = 3\n    return x[:other]",
        "if n:\n        n = 3\n    return x[:n]",
        "if not n:\n        n = 3\n    else:\n        n += 1\n    return x[:n]",
    ],
)
def test_no_default(tmp_path, body):
    assert [each for each in asked(tmp_path, body) if each[1] == "or"] == []
