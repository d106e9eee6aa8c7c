"""Pieces and the numbers that cut them: fewer than are taken, a start beyond the end."""

from __future__ import annotations

import pytest
from flow_observation import happened

from shapeguard.lint.flow.events import Call, Reshape, Split
from shapeguard.lint.flow.reasons import may_be_zero, may_break, may_fall_short

HEAD = """
import torch
from typing import cast
from torch import Tensor
from torch.fx.experimental.symbolic_shapes import guard_size_oblivious

def guarded(condition: bool) -> bool:
    if torch.jit.is_scripting():
        return condition
    return guard_size_oblivious(condition)
"""


def fewer_than_taken(tmp_path, body, parameters):
    """Return whether there is evidence, at any split, of fewer pieces than are taken."""
    lines = "".join(f"    {line}\n" for line in body.strip().split("\n"))
    events = happened(tmp_path, f"{HEAD}\ndef f({parameters}):\n{lines}")
    taken = [each for each in events if isinstance(each, Split) and each.consumed is not None]
    assert taken
    return any(
        may_fall_short(each.pieces, each.consumed, each.moment) is not None for each in taken
    )


MEMBERS = "x: Tensor, keys: list[str], stride: int"


@pytest.mark.parametrize(
    "body",
    [
        """
if x.numel() > 0:
    pieces = torch.unbind(x.view(len(keys), stride))
else:
    pieces = torch.unbind(x)
return [pieces[i] for i, key in enumerate(keys)]
""",
        """
pieces = x.unbind(0) if x.size(0) == 0 else x.view(len(keys), stride).unbind(0)
for i in range(len(keys)):
    print(keys[i], pieces[i])
""",
        """
if guarded(x.numel() != 0):
    pieces = x.view(len(keys), stride).unbind()
else:
    pieces = x.unbind()
for i, key in enumerate(keys):
    print(key, pieces[i])
""",
        """
if len(x) == 0:
    print("nothing")
first, second = x.unbind(0)
""",
    ],
)
def test_an_empty_tensor_has_no_member_for_what_is_taken(tmp_path, body):
    assert fewer_than_taken(tmp_path, body, MEMBERS)


@pytest.mark.parametrize(
    "body",
    [
        """
pieces = torch.unbind(x)
return [pieces[i] for i, key in enumerate(keys)]
""",
        """
if x.numel() > 0:
    pieces = torch.unbind(x.view(len(keys), stride))
    return [pieces[i] for i, key in enumerate(keys)]
return []
""",
        """
if x.size(0) == 0:
    print("nothing")
pieces = x.unbind(0)
return [pieces[i] for i in range(x.size(0))]
""",
        """
if x.size(0) == 0:
    pieces = [x.new_zeros(0) for _ in range(len(keys))]
else:
    pieces = x.view(len(keys), stride).unbind(0)
rows = x.view(len(keys), stride).unbind(0)
return [(pieces[i], rows[i]) for i in range(len(keys))]
""",
        """
if len(x) == 0:
    return None
first, second = x.unbind(0)
return first, second
""",
    ],
)
def test_members_that_are_there_or_of_which_nothing_is_known(tmp_path, body):
    assert not fewer_than_taken(tmp_path, body, MEMBERS)


def starts_beyond(tmp_path, body):
    lines = "".join(f"    {line}\n" for line in body.strip().split("\n"))
    parameters = "x: Tensor, rank: int, size: int, total: int"
    events = happened(tmp_path, f"{HEAD}\ndef f({parameters}):\n{lines}")
    needed = [
        (requirement, event.moment)
        for event in events
        if isinstance(event, Call) and event.name.endswith("narrow")
        for requirement in event.requirements
    ]
    assert needed
    return any(may_break(each.condition, moment) is not None for each, moment in needed)


@pytest.mark.parametrize(
    "body",
    [
        "start = rank * size\nreturn x.narrow(0, start, max(0, min(total - start, size)))",
        "start = rank * size\nn = min(size, max(total - start, 0))\nreturn x.narrow(0, start, n)",
        "n = max(x.size(0) - rank, 0)\nreturn torch.narrow(x, 0, rank, n)",
        """
start = rank * size if rank > 3 else rank
n = max(0, min(total - start, size))
return x.narrow(0, start, n)
""",
    ],
)
def test_a_length_that_is_clamped_says_that_the_start_may_lie_beyond(tmp_path, body):
    assert starts_beyond(tmp_path, body)


@pytest.mark.parametrize(
    "body",
    [
        "return x.narrow(0, rank * size, size)",
        "n = max(0, min(total - rank * size, size))\nreturn x.narrow(0, 0, n)",
        "n = min(total - rank, size)\nreturn x.narrow(0, rank, n)",
        """
start = rank * size
n = max(0, min(total - start, size))
if n > 0:
    return x.narrow(0, start, n)
""",
        """
start = min(rank * size, total)
n = max(0, min(total - start, size))
return x.narrow(0, start, n)
""",
        """
start = rank * size
if start >= total:
    return x[:0]
n = max(0, min(total - start, size))
return x.narrow(0, start, n)
""",
    ],
)
def test_a_start_that_is_clamped_or_guarded_as_well(tmp_path, body):
    assert not starts_beyond(tmp_path, body)


@pytest.mark.parametrize("call", ["guarded(len(x) == 0)", "cast(bool, len(x) == 0)"])
def test_what_passes_its_argument_is_seen_through(tmp_path, call):
    guard = f"{HEAD}\ndef f(x: Tensor):\n    if {call}:\n        return x\n"
    events = happened(tmp_path, f"{guard}    return x.reshape(len(x), -1)\n")
    (event,) = [each for each in events if isinstance(each, Reshape)]
    assert may_be_zero(event.extents[0], event.moment) is None
    events = happened(tmp_path, f"{guard.replace('return x', 'pass')}    x.reshape(len(x), -1)\n")
    (event,) = [each for each in events if isinstance(each, Reshape)]
    assert may_be_zero(event.extents[0], event.moment) is not None
