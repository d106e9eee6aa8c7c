"""Companions: what one index narrows together somewhere in a project is of one batch."""

from __future__ import annotations

from textwrap import dedent

import pytest
from shapeguard_rules.sg105 import WholeBatchBesideShare

from shapeguard.lint.config import Settings
from shapeguard.lint.engine import check

CALL = """\
import torch


def heads(head, hidden, labels, attention_mask, part: slice):
    return head(hidden[part], labels[part], attention_mask)
"""


def functions_found(directory, files):
    for name, text in files.items():
        (directory / name).write_text(dedent(text))
    paths = [directory / name for name in files]
    outcome = check(paths, Settings(), root=directory, rules=[WholeBatchBesideShare])
    assert outcome.problems == ()
    return [each.function for each in outcome.findings]


@pytest.mark.parametrize(
    "elsewhere",
    [
        "def f(state, part: slice):\n    return state.keys[part], state.attention_mask[part]\n",
        "def f(x, attention_mask, start, stop):\n    return x[start:stop], attention_mask[start:stop]\n",
        "def f(x, attention_mask, part):\n    n = part.stop\n    return x[part], attention_mask[part], n\n",
        "def f(x, attention_mask):\n    keep = x > 0\n    return x[keep], attention_mask[keep]\n",
    ],
)
def test_a_name_that_is_narrowed_together_with_another(tmp_path, elsewhere):
    assert functions_found(tmp_path, {"a.py": CALL, "b.py": elsewhere}) == ["heads"]


@pytest.mark.parametrize(
    "elsewhere",
    [
        "def f(attention_mask, part: slice):\n    return attention_mask[part]\n",
        "def f(x, attention_mask, part: slice):\n    return x[part], attention_mask[:, part]\n",
        "def f(x, attention_mask):\n    return x[1:], attention_mask[1:]\n",
        "def f(x, attention_mask, i: int):\n    return x[i], attention_mask[i]\n",
        "def f(self, x, part: slice):\n    return x[part], self.attention_mask[part]\n",
    ],
)
def test_silent_where_a_name_is_not_known_to_be_of_a_batch(tmp_path, elsewhere):
    assert functions_found(tmp_path, {"a.py": CALL, "b.py": elsewhere}) == []
