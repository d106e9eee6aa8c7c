"""Pieces and the numbers that cut them: fewer than are taken, a start beyond the end."""

from __future__ import annotations

import pytest
from flow_observation import happened

from shapeguard.lint.flow.domain.tensors import Kind, Tensor
from shapeguard.lint.flow.domain.values import Sequence
from shapeguard.lint.flow.events import Call, Reshape, Split
from shapeguard.lint.flow.evidence.reasons import may_be_zero, may_break, may_fall_short

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


def counts_of_sizes(tmp_path, body):
    """Return what is known of the counts by which the only split cuts."""
    lines = "".join(f"    {line}\n" for line in body.strip().split("\n"))
    events = happened(tmp_path, f"{HEAD}\ndef f(x: Tensor, groups: Tensor, n: int):\n{lines}")
    (event,) = [each for each in events if isinstance(each, Split)]
    assert isinstance(event.sizes, Sequence | Tensor)
    return {trait.kind for trait in event.sizes.traits}


@pytest.mark.parametrize(
    "counted",
    [
        "groups.unique(return_counts=True)[1]",
        "torch.bincount(groups)",
        "torch.bincount(torch.unique(groups, return_inverse=True)[1])",
    ],
)
def test_sizes_that_count_what_occurs_follow_the_data(tmp_path, counted):
    for way in (f"x.split({counted}.tolist())", f"torch.split(x, {counted}.cpu().tolist(), 0)"):
        assert Kind.PRESENT_COUNTS in counts_of_sizes(tmp_path, f"return {way}")


def test_a_least_length_that_is_the_number_of_what_occurs_adds_nothing(tmp_path):
    unique = "values, which = torch.unique(groups, return_inverse=True)\n"
    own = f"{unique}return x.split(torch.bincount(which, minlength=len(values)).tolist())"
    assert Kind.PRESENT_COUNTS in counts_of_sizes(tmp_path, own)


@pytest.mark.parametrize(
    "body",
    [
        "return x.split(torch.bincount(groups, minlength=n).tolist())",
        """
values, which = torch.unique(groups, return_inverse=True)
return x.split(torch.bincount(which, minlength=n).tolist())
""",
        "return x.split(groups.tolist())",
    ],
)
def test_sizes_that_count_all_there_can_be_do_not(tmp_path, body):
    assert Kind.PRESENT_COUNTS not in counts_of_sizes(tmp_path, body)


def viewed(tmp_path, body):
    lines = "".join(f"    {line}\n" for line in body.strip().split("\n"))
    events = happened(tmp_path, f"{HEAD}\ndef f(x: Tensor, keys: list, n: int):\n{lines}")
    return [each.extents for each in events if isinstance(each, Reshape)]


@pytest.mark.parametrize("test", ["len(keys) == 0", "n > 3", "x.dim() > 2"])
def test_a_view_is_made_with_each_extent_that_a_path_gives(tmp_path, test):
    body = f"stride = 0 if {test} else 4\nreturn x.view(-1, stride)"
    assert sorted(extent.known for _, extent in viewed(tmp_path, body)) == [0, 4]
    tuples = f"shape = (-1, 2) if {test} else (n, -1)\nreturn x.reshape(shape)"
    assert len(viewed(tmp_path, tuples)) == 2


def test_a_view_is_not_made_with_an_extent_of_another_path(tmp_path):
    body = "stride = 0 if len(keys) == 0 else 4\nif len(keys) > 0:\n    return x.view(-1, stride)"
    assert [extent.known for _, extent in viewed(tmp_path, body)] == [4]
    assert len(viewed(tmp_path, "return x.view(-1, n)")) == 1


@pytest.mark.parametrize(
    "counted", ["torch.bincount(groups)", "groups.unique(return_counts=True)[1]"]
)
def test_counts_say_what_they_count(tmp_path, counted):
    events = happened(
        tmp_path, f"{HEAD}\ndef f(x: Tensor, groups: Tensor):\n    x.split({counted}.tolist())\n"
    )
    (event,) = [each for each in events if isinstance(each, Split)]
    assert isinstance(event.sizes, Sequence)
    assert [(each.kind, each.why) for each in event.sizes.traits] == [
        (Kind.PRESENT_COUNTS, "groups")
    ]
