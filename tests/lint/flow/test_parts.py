"""Objects that an object consists of: a call of their methods leaves them what they are."""

from __future__ import annotations

import pytest
from flow_observation import happened

from shapeguard.lint.flow.events import Join
from shapeguard.lint.flow.evidence.emptiness import may_be_empty

NETWORK = """
import torch
from torch import nn


class Loss:
    def __init__(self, weight):
        self.weight = weight

    def total(self, parts):
        {guard}
        return torch.stack(parts)


class Head(nn.Module):
    def __init__(self):
        super().__init__()
        self.loss = Loss(1.0)

    def forward(self, parts):
        return self.loss.total(parts)


class Network(nn.Module):
    def __init__(self, head=None, other=None):
        super().__init__()
        {made}
        self.other = other

    {more}

    def step(self, items):
        parts = [item for item in items if item.valid]
        {use}
"""
MADE = {
    "always": "self.head = Head()",
    "by default": "head = Head() if head is None else head; self.head = head",
}


def joined(tmp_path, made="self.head = Head()", use="self.head(parts)", guard="", more="pass"):
    """Return whether what is joined inside the parts may be empty, for each join."""
    text = NETWORK.format(made=made, use=use, guard=guard or "pass", more=more)
    events = happened(tmp_path, text, "Network.step")
    joins = [event for event in events if isinstance(event, Join)]
    return [may_be_empty(join.members, join.moment) is not None for join in joins]


@pytest.mark.parametrize("made", [MADE["always"], MADE["by default"]])
@pytest.mark.parametrize(
    "use",
    [
        "self.head(parts)",
        "self.head.forward(parts)",
        "self.head.loss.total(parts)",
        "head = self.head\n        head.forward(parts)",
    ],
)
def test_a_method_of_a_part_is_followed(tmp_path, made, use):
    assert joined(tmp_path, made, use) == [True]


def test_a_guard_in_a_part_is_seen(tmp_path):
    guard = "if not parts:\n            return torch.zeros(0)"
    assert joined(tmp_path, use="self.head.forward(parts)", guard=guard) == [False]


@pytest.mark.parametrize(
    "more",
    [
        "def change(self, head):\n        self.head = head",
        "def change(self, head):\n        setattr(self, 'head', head)",
        "def change(self):\n        del self.head",
    ],
)
def test_a_part_that_another_method_replaces_is_unknown(tmp_path, more):
    assert joined(tmp_path, use="self.head.forward(parts)", more=more) == []


def test_a_part_that_was_given_is_unknown(tmp_path):
    assert joined(tmp_path, use="self.other.forward(parts)") == []
