"""Where a share can be empty although its batch is not: guards that exclude it, and what shows it."""

from __future__ import annotations

import textwrap

import pytest
from flow_observation import happened

from shapeguard.lint.flow.events import Join
from shapeguard.lint.flow.evidence.agreement import disagreements
from shapeguard.lint.sizes import witness_of

HEAD = "import torch\nfrom torch import Tensor\n\ndef f("
ONE_SHARE = "prefix, state, idx: slice):\n"
SHARES = "prefix, state, sizes: list[int], setup, starts, stops, shares: list[slice]):\n"
JOINED = """
h = state[idx]
if idx.start < prefix.size(0):
    prefix = prefix[idx]
torch.cat([prefix, h], dim=1)
"""
LOOP = """
start = 0
for n in sizes:
    idx = slice(start, start + n)
    start += n
    {guard}
    p = prefix[idx] if idx.start < prefix.size(0) else prefix
    torch.cat([p, state[idx]], dim=1)
"""


def disagreements_of(tmp_path, parameters, body):
    text = f"{HEAD}{parameters}{textwrap.indent(textwrap.dedent(body).strip(), '    ')}\n"
    joins = [event for event in happened(tmp_path, text) if isinstance(event, Join)]
    return [found for join in joins for found in disagreements(join)]


def witnesses(tmp_path, parameters, body):
    return [witness_of(found).text for found in disagreements_of(tmp_path, parameters, body)]


@pytest.mark.parametrize(
    "guard",
    [
        "idx.start == idx.stop",
        "idx.stop - idx.start == 0",
        "idx.start >= idx.stop",
        "not idx.stop > idx.start",
        "idx.stop - idx.start < 1",
        "len(range(*idx.indices(state.size(0)))) == 0",
        "len(range(idx.start, idx.stop)) == 0",
    ],
)
def test_a_share_that_is_not_empty_does_not_lie_past_the_batch(tmp_path, guard):
    assert not witnesses(tmp_path, ONE_SHARE, f"if {guard}:\n    return state[:0]\n{JOINED}")


@pytest.mark.parametrize(
    "guard",
    [
        "idx.start == idx.stop + 1",
        "idx.start > idx.stop",
        "len(range(*idx.indices(state.size(0)))) == 1",
    ],
)
def test_a_guard_of_something_else_leaves_the_empty_share(tmp_path, guard):
    found = witnesses(tmp_path, ONE_SHARE, f"if {guard}:\n    return state[:0]\n{JOINED}")
    assert found == ["idx.start=2, idx.stop=2 → prefix [2, ·, …], h [0, ·, …]"]


@pytest.mark.parametrize(
    "guard",
    [
        "if n == 0: continue",
        "if not n: continue",
        "if n <= 0: raise ValueError",
        "assert n",
        "if idx.start == idx.stop: continue",
    ],
)
def test_empty_shares_are_skipped(tmp_path, guard):
    assert not witnesses(tmp_path, SHARES, LOOP.format(guard=guard))


@pytest.mark.parametrize(
    "guard",
    [
        "if any(n <= 0 for n in sizes): raise ValueError",
        "if any(n == 0 for n in sizes): raise ValueError",
        "assert all(n > 0 for n in sizes)",
        "assert all(sizes)",
        "assert min(sizes) > 0",
        "if min(sizes) == 0: raise ValueError",
        "if 0 in sizes: raise ValueError",
        "assert min(sizes) > 0 and sum(sizes) == len(state) == len(prefix)",
    ],
)
def test_a_list_of_sizes_has_no_empty_share(tmp_path, guard):
    assert not witnesses(tmp_path, SHARES, guard + LOOP.format(guard="pass"))


@pytest.mark.parametrize(
    ("guard", "sizes"),
    [
        ("", ""),
        ("assert max(sizes) > 0", "sizes=[2, 0], "),
        ("assert min(sizes) >= 0", "sizes=[2, 0], "),
        ("if 1 in sizes: raise ValueError", ""),
        ("assert sum(sizes) == state.size(0) == prefix.size(0)", "sizes=[2, 0], "),
        ("if any(n > 5 for n in sizes): raise ValueError", ""),
    ],
)
def test_the_empty_share_is_the_one_that_is_shown(tmp_path, guard, sizes):
    found = witnesses(tmp_path, SHARES, guard + LOOP.format(guard="pass"))
    assert found == [f"{sizes}start=2, sizes[i]=0 → p [2, ·, …], state[idx] [0, ·, …]"]


@pytest.mark.parametrize(
    "body",
    [
        """
        for i, child in enumerate(setup.children):
            if setup.sizes[i] == 0:
                continue
            part = slice(sum(setup.sizes[:i]), sum(setup.sizes[: i + 1]))
            p = prefix[part] if part.start < prefix.size(0) else prefix
            torch.cat([p, state[part]], dim=1)
        """,
        """
        if min(setup.sizes) == 0:
            raise ValueError
        for i, child in enumerate(setup.children):
            part = slice(sum(setup.sizes[:i]), sum(setup.sizes[: i + 1]))
            p = prefix[part] if part.start < prefix.size(0) else prefix
            torch.cat([p, state[part]], dim=1)
        """,
        """
        for s in [s for s in shares if s.stop > s.start]:
            p = prefix[s] if s.start < prefix.size(0) else prefix
            torch.cat([p, state[s]], dim=1)
        """,
        """
        for a, b in zip(starts, stops):
            if a == b:
                continue
            p = prefix[a:b] if a < prefix.size(0) else prefix
            torch.cat([p, state[a:b]], dim=1)
        """,
    ],
)
def test_shares_that_are_not_empty(tmp_path, body):
    assert not witnesses(tmp_path, SHARES, body)


def test_a_bound_that_is_subtracted_counts_from_the_back(tmp_path):
    parameters = "x: Tensor, y: Tensor, n: int):\n"
    body = "x = x[{0}]\nif y.size(0) > n:\n    y = y[{0}]\ntorch.cat([x, y], dim=1)"
    assert witnesses(tmp_path, parameters, body.format(":-n")) == ["n=2 → y [2, ·, …], x [0, ·, …]"]
    assert not witnesses(tmp_path, parameters, f"if n < 1:\n    return\n{body.format('-n:')}")


MASKED = "x: Tensor, y: Tensor, lengths: Tensor, keep: Tensor):\n"


@pytest.mark.parametrize(
    "guard",
    [
        "not keep.all()",
        "not torch.all(keep)",
        "not bool(keep.all())",
        "(~keep).any()",
        "keep.sum() < len(keep)",
        "keep.sum() != keep.numel()",
        "int(keep.sum()) < keep.shape[0]",
        "keep.sum() < y.size(0)",
        "torch.count_nonzero(keep) < y.size(0)",
        "keep.count_nonzero() != len(keep)",
        "keep.float().mean() < 1",
        "keep.float().mean() != 1.0",
        "1 > keep.float().mean()",
        "0 <= keep.float().mean() < 1.0",
        "keep.float().mean().item() < 1",
        "x.size(0) < y.size(0)",
    ],
)
@pytest.mark.parametrize("made", ["keep = lengths > 0\n", "keep = keep.bool()\n"])
def test_a_mask_that_is_all_true_selects_everything(tmp_path, made, guard):
    body = f"{made}x = x[keep]\nif {guard}:\n    y = y[keep]\ntorch.stack([x, y])"
    assert not witnesses(tmp_path, MASKED, body)


@pytest.mark.parametrize(
    ("guard", "count", "rows"),
    [
        ("keep.any()", 0, 0),
        ("keep.sum() > 1", 1, 1),
        ("int(keep.sum()) > 1", 1, 1),
        ("keep.float().mean() > 0", 0, 0),
        ("keep.float().mean().item() != 0.0", 0, 0),
    ],
)
def test_a_mask_that_may_be_false_somewhere(tmp_path, guard, count, rows):
    body = f"keep = lengths > 0\nx = x[keep]\nif {guard}:\n    y = y[keep]\ntorch.stack([x, y])"
    assert witnesses(tmp_path, MASKED, body) == [
        f"keep.sum()={count} → y [2, …], x [{rows}, …]",
    ]


def test_the_number_of_what_a_mask_selects_is_the_extent_that_it_leaves(tmp_path):
    body = "n = int(keep.sum())\nx = x[keep]\nif y.size(0) != n:\n    y = y[keep]\ntorch.cat([x, y], 1)"
    assert not witnesses(tmp_path, MASKED, body)


@pytest.mark.parametrize(
    ("made", "guard"),
    [("lengths > 3", "(lengths <= 3).any()"), ("lengths != 3", "(lengths == 3).any()")],
)
def test_a_mask_and_the_opposite_comparison_are_complements(tmp_path, made, guard):
    body = f"keep = {made}\nx = x[keep]\nif {guard}:\n    y = y[keep]\ntorch.stack([x, y])"
    assert not witnesses(tmp_path, MASKED, body)


@pytest.mark.parametrize(
    "guard",
    [
        "lengths.float().mean() < 1",
        "not lengths.all()",
        "lengths.sum() != lengths.numel()",
        "(lengths <= 4).any()",
    ],
)
def test_another_mask_that_is_all_true_says_nothing(tmp_path, guard):
    body = f"keep = lengths > 3\nx = x[keep]\nif {guard}:\n    y = y[keep]\ntorch.stack([x, y])"
    assert witnesses(tmp_path, MASKED, body)


FLAGGED = "self, x: Tensor, y: Tensor, n: int, index: Tensor, flag=False, mask=None):\n"


@pytest.mark.parametrize(
    "guard",
    [
        "flag",
        "self.training",
        "self.kind == 'dense'",
        "self.level > 3",
        "mask is not None and flag",
        "self.is_dense(x)",
    ],
)
@pytest.mark.parametrize("cut", ["[:n]", "[index]"])
def test_a_condition_that_is_about_no_size(tmp_path, guard, cut):
    (found,) = disagreements_of(
        tmp_path, FLAGGED, f"if {guard}:\n    x = x{cut}\ntorch.cat([x, y{cut}], 1)"
    )
    assert not found.sized


@pytest.mark.parametrize(
    ("guard", "cut"),
    [
        ("flag and n > 0", "[:n]"),
        ("len(index) > 3", "[:n]"),
        ("len(index) > 3", "[index]"),
        ("index.numel() > 0 and mask is not None", "[index]"),
    ],
)
def test_a_condition_that_is_about_a_size_as_well(tmp_path, guard, cut):
    body = f"if {guard}:\n    x = x{cut}\ntorch.cat([x, y{cut}], 1)"
    (found,) = disagreements_of(tmp_path, FLAGGED, body)
    assert found.sized
