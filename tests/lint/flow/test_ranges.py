"""Ranges as lists of numbers: their first and last member, their truth, the sizes that they are cut by."""

from __future__ import annotations

import pytest
from flow_observation import happened, unsound

from shapeguard.lint.flow.events import Lookup
from shapeguard.lint.flow.evidence.emptiness import may_be_empty

PROGRAMS = {
    "members by position": """
        def f(n: int, k: int):
            assert 0 <= k < n
            rows = range(k, n)
            observe([rows[0], rows[-1], rows[n - k - 1], range(n)[0], range(2, 7)[-2]])
        """,
    "truth": """
        def f(n: int, k: int):
            assert k >= 0
            rows = range(k, n)
            if rows:
                observe([rows[0], n - k])
            else:
                observe([k, n])
        """,
    "a size is the difference of two sums": """
        def f(xs: list):
            for i, n in enumerate(xs):
                start = sum(xs[:i])
                observe([sum(xs[:i + 1]) - start, start + n, xs[i], n])
        """,
}


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_a_range_is_what_python_makes_of_it(tmp_path, text):
    numbers = [{"n": n, "k": k} for n in range(4) for k in range(4)]
    lists = [{"xs": xs} for xs in ([], [1], [2, 0], [0, 3, 1])]
    calls = lists if "xs: list" in text else numbers
    assert unsound(tmp_path, text, *calls) == []


def lookups(tmp_path, body):
    """Return for each member that is read whether there is evidence that there is none."""
    lines = "".join(f"    {line}\n" for line in body.strip().split("\n"))
    events = happened(tmp_path, f"def f(x, sizes, parts, n: int, k: int):\n{lines}")
    found = [event for event in events if isinstance(event, Lookup)]
    assert found
    return [may_be_empty(each.holder, each.moment) is not None for each in found]


SHARE = "rows = range(sum(sizes[:i]), sum(sizes[:i + 1]))"
SHARES = {
    "by index": f"""
for i in range(len(sizes)):
    {SHARE}
    x[rows[0]:rows[-1] + 1]""",
    "by parts": f"""
for i, part in enumerate(parts):
    {SHARE}
    part(rows[0])""",
    "in a function": f"""
def cut(rows):
    return x[rows[0]:rows[-1] + 1] if part else x[rows]
for i, part in enumerate(parts):
    {SHARE}
    cut(rows)""",
    "behind a guard of something else": f"""
for i, part in enumerate(parts):
    {SHARE}
    if part is None:
        continue
    part(rows[-1])""",
}
GUARDED = {
    "by its truth": f"""
for i in range(len(sizes)):
    {SHARE}
    if not rows:
        continue
    x[rows[0]]""",
    "by its length": f"""
for i in range(len(sizes)):
    {SHARE}
    if len(rows) > 0:
        x[rows[-1]]""",
    "by its bounds": """
for i in range(len(sizes)):
    start, stop = sum(sizes[:i]), sum(sizes[:i + 1])
    if start == stop:
        continue
    x[range(start, stop)[0]]""",
    "by its size": f"""
for i in range(len(sizes)):
    {SHARE}
    if sizes[i] > 0:
        x[rows[0]]""",
    "by its size, enumerated": f"""
for i, size in enumerate(sizes):
    if size == 0:
        continue
    {SHARE}
    x[rows[0]]""",
    "by all sizes": f"""
if any(size == 0 for size in sizes):
    raise ValueError
for i in range(len(sizes)):
    {SHARE}
    x[rows[0]]""",
    "nothing known": "range(k, n)[0]",
    "literal": "range(3)[-1]",
}


@pytest.mark.parametrize("body", SHARES.values(), ids=SHARES.keys())
def test_the_range_of_a_share_may_be_empty(tmp_path, body):
    assert all(lookups(tmp_path, body))


@pytest.mark.parametrize("body", GUARDED.values(), ids=GUARDED.keys())
def test_unless_somebody_asked(tmp_path, body):
    assert not any(lookups(tmp_path, body))
