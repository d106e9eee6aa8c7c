"""One member of a list that speaks for all: where it is seen, and what is known of its field."""

from __future__ import annotations

import pytest
from flow_observation import happened, with_body

from shapeguard.lint.api import Represent, may_be_none

HEAD = (
    "import torch\nfrom typing import NamedTuple, Optional\n\n\n"
    "class State(NamedTuple):\n    x: torch.Tensor\n    y: Optional[torch.Tensor]\n    last: slice\n\n\n"
    "def f(states: list[State], others):\n"
)


def found(tmp_path, body):
    """Return the members that speak for all: their names, and what is said of them."""
    text = with_body(HEAD, body)
    events = [event for event in happened(tmp_path, text) if isinstance(event, Represent)]
    assert all(event.trail for event in events)
    return [
        (event.name, event.decides, event.believed, event.gathered, may_be_none(event.value))
        for event in events
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "return torch.cat([s.y for s in states]) if states[0].y is not None else None",
            [("states[0].y", True, False, False, True)],
        ),
        (
            "return State(torch.cat([s.x for s in states]), None, states[-1].last)",
            [("states[-1].last", False, False, False, False)],
        ),
        (
            """
            made = []
            for i, s in enumerate(states):
                made.append(s.y)
            if s.y is None:
                return None
            return torch.cat(made)
            """,
            [("s.y", True, False, False, True)],
        ),
        (
            """
            items = [other() for other in others]
            for item in items:
                if item.y is not None:
                    print(item)
            return torch.cat([item.y for item in items]) if items[0].y is not None else None
            """,
            [("items[0].y", True, True, True, False)],
        ),
        (
            """
            made = []
            for s in states:
                if others:
                    made.append(s.y)
                elif s.x.any():
                    made.append(s.x)
                else:
                    made.append(s.x)
            return torch.cat(made) if states[0].y is not None else None
            """,
            [("states[0].y", True, False, False, True)],
        ),
        (
            """
            made = []
            for s in states:
                if s.y is not None:
                    made.append(s.y)
            return torch.cat(made) if states[0].y is not None else None
            """,
            [],
        ),
        (
            "return torch.cat([o['y'] for o in others]) if 'y' in others[0] and others[0]['y'] is not None else None",
            [("'y' in others[0]", True, False, False, False)],
        ),
        ("return torch.cat([s.x for s in states]) if states[0].y is not None else None", []),
        ("return torch.cat([s.y for s in states]) if states[1].y is not None else None", []),
        ("return torch.cat([s.y for s in states]) if others[0].y is not None else None", []),
        (
            """
            if all(s.y is None for s in states):
                return None
            return torch.cat([s.y for s in states]) if states[0].y is not None else None
            """,
            [],
        ),
        ("return State(states[0].x, torch.cat([o.x for o in others]), states[0].last)", []),
    ],
)
def test_members_that_speak_for_all(tmp_path, body, expected):
    assert found(tmp_path, body) == expected
