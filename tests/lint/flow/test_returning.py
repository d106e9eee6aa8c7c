"""Results of one function that differ in rank where something is empty."""

from __future__ import annotations

import textwrap

import pytest
from flow_observation import happened

from shapeguard.lint.api import Return, other_rank

HEAD = "import torch\n\n\ndef f(x, boxes, mask, k):\n"


def ranks(tmp_path, body):
    """Return the ranks of results that are of another rank than elsewhere, and the latter."""
    text = HEAD + textwrap.indent(textwrap.dedent(body).strip("\n"), "    ") + "\n"
    events = [event for event in happened(tmp_path, text) if isinstance(event, Return)]
    assert events
    found = [other_rank(event) for event in events]
    assert all(each is None or each.trail for each in found)
    return [(each.rank, each.usual) for each in found if each is not None]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            """
            if len(boxes) == 0:
                return torch.tensor([])
            return torch.ones(len(boxes), 4)
            """,
            (1, 2),
        ),
        (
            """
            norms = [each.norm() for each in boxes]
            if len(norms) > 0:
                total = torch.stack(norms).square().sum().float()
            else:
                total = torch.FloatTensor([0.0]).to(x.device)
            total = total.pow(1.0 / k)
            return total
            """,
            (1, 0),
        ),
        (
            """
            if not mask.any():
                return x, torch.zeros(1)
            return x, torch.zeros(k)[torch.zeros(k) > 0].mean()
            """,
            (1, 0),
        ),
        (
            """
            chosen = torch.zeros(k, 4)[torch.zeros(k) > 0]
            if chosen.shape[0] == 0:
                return k, torch.empty(0)
            return k, chosen
            """,
            (1, 2),
        ),
        (
            """
            return torch.zeros(len(boxes), 4) if len(boxes) else torch.zeros(0)
            """,
            (1, 2),
        ),
        (
            """
            kept = [each for each in boxes if each > 0]
            if not kept:
                return torch.zeros(0), torch.zeros(0)
            return torch.zeros(len(kept), 4), torch.zeros(len(kept))
            """,
            (1, 2),
        ),
        (
            """
            if len(boxes) == 0:
                return torch.zeros(0, 4)
            return torch.ones(len(boxes), 4)
            """,
            None,
        ),
        (
            """
            if k == 0:
                return torch.zeros(1)
            return torch.ones(len(boxes), 4)
            """,
            None,
        ),
        (
            """
            if x.dim() == 1:
                return torch.zeros(1)
            return torch.ones(len(boxes), 4)
            """,
            None,
        ),
        (
            """
            if len(boxes) == 1:
                return torch.zeros(1)
            return torch.ones(len(boxes), 4)
            """,
            None,
        ),
        (
            """
            if len(boxes) == 0:
                return torch.zeros(0)
            return boxes
            """,
            None,
        ),
        (
            """
            if k:
                return torch.ones(2, 4)
            if len(boxes) == 0:
                return torch.zeros(0)
            return torch.ones(len(boxes))
            """,
            None,
        ),
    ],
)
def test_a_result_of_nothing_has_the_rank_of_the_others(tmp_path, body, expected):
    assert ranks(tmp_path, body) == ([] if expected is None else [expected])


def test_what_a_helper_gives_is_no_result_of_its_caller(tmp_path):
    text = """
    def g(boxes):
        if len(boxes) == 0:
            return torch.zeros(0)
        return torch.ones(len(boxes), 4)


    def f(boxes):
        return g(boxes)
    """
    source = "import torch\n\n\n" + textwrap.dedent(text)
    returned = [event for event in happened(tmp_path, source) if isinstance(event, Return)]
    assert [event.site.function.name for event in returned] == ["f"]
    assert [other_rank(event) for event in returned] == [None]
