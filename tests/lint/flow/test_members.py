"""Members of lists: what held where they were stored holds where they are taken."""

from __future__ import annotations

import textwrap

import pytest
from flow_observation import happened

from shapeguard.lint.flow.events import Reduce
from shapeguard.lint.flow.evidence.emptiness import may_be_empty

HEAD = """import torch
from torch import Tensor


def guarded(xs):
    for x in xs:
        part = x[x > 0]
        if part.numel():
            yield part


def unguarded(xs):
    for x in xs:
        yield x[x > 0]


"""


def empty(tmp_path, text, name="f"):
    """Return for each reduction to a largest entry whether it may get nothing."""
    program = HEAD + textwrap.dedent(text)
    events = happened(tmp_path, program, name)
    found = [each for each in events if isinstance(each, Reduce) and each.operation == "max"]
    assert found
    return [may_be_empty(each.operand, each.moment, each.axis) is not None for each in found]


def body(stored, read):
    lines = f"parts = []\n{textwrap.dedent(stored).strip()}\n{textwrap.dedent(read).strip()}\n"
    return f"def f(xs: list[Tensor], ys: list[Tensor], k: int):\n{textwrap.indent(lines, '    ')}"


IN_A_LOOP = """
for x in xs:
    part = x[x > 0]
    {}
"""
GUARDED = {
    "under a test": "if len(part): parts.append(part)",
    "after continue": "if len(part) == 0: continue\n    parts.append(part)",
    "after a test of the mask": "if (x > 0).any(): parts.append(part)",
    "of the number of elements": "if part.numel() > 0: parts.append(part)",
    "with +=": "if len(part): parts += [part]",
    "with +": "if len(part): parts = parts + [part]",
    "with extend": "if len(part): parts.extend([part, part])",
    "inserted": "if len(part): parts.insert(0, part)",
    "in another place as well": "if len(part) > 3: parts.append(-part)\n"
    "    elif len(part): parts.append(part)",
    "beside what is not empty": "parts.append(x.new_zeros(3))\n    if len(part): parts.append(part)",
}
UNGUARDED = {
    "under another test": "if len(x): parts.append(part)",
    "on one of two paths": "if len(part): parts.append(part)\n    if k: parts.append(part)",
    "in the arm of what is empty": "if len(part): parts.append(part)\n"
    "    else: parts.append(x[x < 0])",
}
READ = {
    "in a loop": "for part in parts:\n    part.max()",
    "in a comprehension": "[each.max() for each in parts]",
    "of the sorted list": "for part in sorted(parts, key=len):\n    part.max()",
    "of a part of the list": "for part in parts[1:]:\n    part.max()",
    "beside others": "for part, y in zip(parts, ys):\n    part.max()",
    "with its number": "for i, part in enumerate(parts):\n    part.max()",
    "by position": "if parts:\n    parts[0].max()",
    "taken out": "while parts:\n    parts.pop().max()",
    "the next": "next(iter(parts)).max()",
    "joined": "if parts:\n    torch.cat(parts).max()",
}


@pytest.mark.parametrize("read", READ.values(), ids=READ)
@pytest.mark.parametrize("stored", GUARDED.values(), ids=GUARDED)
def test_a_member_that_was_stored_under_a_guard_keeps_it(tmp_path, stored, read):
    assert not any(empty(tmp_path, body(IN_A_LOOP.format(stored), read)))


@pytest.mark.parametrize("read", list(READ.values())[:-1], ids=list(READ)[:-1])
@pytest.mark.parametrize("stored", UNGUARDED.values(), ids=UNGUARDED)
def test_a_member_that_one_path_stores_without_a_guard_may_be_empty(tmp_path, stored, read):
    assert any(empty(tmp_path, body(IN_A_LOOP.format(stored), read)))


def test_members_of_pairs_keep_their_guard(tmp_path):
    text = """
        def f(xs: list[Tensor], ys: list[Tensor]):
            pairs = []
            for x, y in zip(xs, ys):
                mask = y > 0
                if not mask.any():
                    continue
                pairs.append((x[mask], y[mask], x[x < 0]))
            for a, b, c in pairs:
                a.max(), b.max(), c.max()
        """
    assert empty(tmp_path, text) == [False, False, True]


def test_what_holds_of_the_member_that_is_taken_is_no_fact_about_the_others(tmp_path):
    text = """
        def f(xs: list[Tensor]):
            parts = []
            for x in xs:
                part = x[x > 0]
                if parts:
                    parts[0].max()
                part.max()
                if len(part):
                    parts.append(part)
        """
    assert empty(tmp_path, text) == [False, True]


@pytest.mark.parametrize(("name", "expected"), [("guarded", False), ("unguarded", True)])
def test_what_a_generator_gives_under_a_guard_keeps_it(tmp_path, name, expected):
    text = f"""
        def again(xs):
            yield from {name}(xs)

        def f(xs: list[Tensor]):
            [each.max() for each in {name}(xs)]
            for each in again(xs):
                each.max()
        """
    assert empty(tmp_path, text) == [expected, expected]


@pytest.mark.parametrize(
    ("guard", "expected"), [("if part.numel() == 0: return", False), ("pass", True)]
)
def test_what_a_method_stores_under_a_guard_keeps_it_in_the_others(tmp_path, guard, expected):
    text = f"""
        class Metric:
            def __init__(self):
                self.parts = []

            def update(self, x: Tensor):
                part = x[x > 0]
                {guard}
                self.parts.append(part)

            def f(self):
                if not self.parts:
                    return
                self.parts[0].max()
                for part in self.parts:
                    part.max()
                torch.cat(self.parts).max()
        """
    assert empty(tmp_path, text, "Metric.f") == [expected] * 3
