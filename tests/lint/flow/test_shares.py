from __future__ import annotations

import pytest
from flow_observation import happened

from shapeguard.lint.api import Confidence, Identity, Reduce, confidence_of, emptiness
from shapeguard.lint.flow.evidence.reasons import Reason

HEAD = """
import einops
import torch
from typing import List
from torch import Tensor
"""
ARGUMENTS = "x: Tensor, sizes: List[int], lens: Tensor, plain, keep, n: int, k: int"


def reductions(tmp_path, body):
    """Return every reduction without identity, with the evidence that it gets nothing."""
    lines = "".join(f"    {line}\n" for line in body.strip().split("\n"))
    events = happened(tmp_path, f"{HEAD}\ndef f({ARGUMENTS}):\n{lines}")
    reduced = [each for each in events if isinstance(each, Reduce)]
    kept = [each for each in reduced if each.identity is not Identity.VALUE]
    assert kept
    return [(each, emptiness(each, each.operand, each.name, each.axis)) for each in kept]


RUNNING = "s = 0\nfor n in {sizes}:\n    {body}\n    s += n"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("return [p.max() for p in x.split(sizes)]", "a size in `sizes` may be 0"),
        ("return [p.max() for p in torch.split(x, sizes)]", "a size in `sizes` may be 0"),
        ("return [p.mean(0) for p in x.split(lens.tolist())]", "a size in `lens` may be 0"),
        (
            "print(0 in sizes)\nreturn [p.amax(0) for p in x.split(sizes)]",
            "a size in `sizes` may be 0",
        ),
        ("assert sum(sizes) == len(x)\nx.split(sizes)[0].max()", "a size in `sizes` may be 0"),
        (RUNNING.format(sizes="sizes", body="x[s:s + n].max()"), "a size in `sizes` may be 0"),
        (RUNNING.format(sizes="plain", body="x[s:s + n].max()"), "the size `n` may be 0"),
    ],
)
def test_a_share_of_a_list_of_sizes_may_be_empty(tmp_path, body, reason):
    ((event, found),) = reductions(tmp_path, body)
    assert found is not None
    assert (found.reason, found.kind) == (reason, Reason.SHARE)
    assert confidence_of(found, event) is Confidence.MEDIUM


def test_a_share_of_another_axis_than_the_first_is_weaker(tmp_path):
    ((event, found),) = reductions(tmp_path, "return [p.amax(1) for p in x.split(sizes, dim=1)]")
    assert found is not None
    assert confidence_of(found, event) is Confidence.LOW


def test_pieces_of_counts_are_empty_where_nothing_is_counted(tmp_path):
    body = "sizes = keep.bincount(minlength=4).tolist()\nreturn [p.max() for p in x.split(sizes)]"
    ((event, found),) = reductions(tmp_path, body)
    assert found is not None
    assert (found.reason, found.kind) == ("nothing in `keep` may be of one kind", Reason.EXPLICIT)
    assert confidence_of(found, event) is Confidence.HIGH


@pytest.mark.parametrize(
    "body",
    [
        "return [p.max() for p in x.split([n] * k)]",
        "return [p.max() for p in x.split([len(x) // k] * k)]",
        "return [p.max() for p in x.split([max(n, 1) for n in sizes])]",
        "return [p.max() for p in x.split([n + 1 for n in sizes])]",
        "return [p.max() for p in x.split([n for n in sizes if n > 0])]",
        "return [p.max() for p in x.split([n for n in lens.tolist() if n])]",
        "return [p.max() for p in x.split([len(each) for each in plain])]",
        "return [p.max() for p in x.split(lens.clamp(min=1).tolist())]",
        "return [p.max() for p in x.split(lens.unique(return_counts=True)[1].tolist())]",
        "return [p.max() for p in x.split(n)]",
        "return [p.max() for p in x.split(plain)]",
        "assert all(n > 0 for n in sizes)\nreturn [p.max() for p in x.split(sizes)]",
        "assert min(sizes) > 0\nreturn [p.max() for p in x.split(sizes)]",
        "if 0 in sizes:\n    raise ValueError\nreturn [p.max() for p in x.split(sizes)]",
        "if 0 in lens.tolist():\n    return x\nreturn [p.max() for p in x.split(lens.tolist())]",
        "assert (lens > 0).all()\nreturn [p.max() for p in x.split(lens.tolist())]",
        "return [p.max() for p in x.split(sizes) if len(p)]",
        "return [p.max() for p, n in zip(x.split(sizes), sizes) if n > 0]",
        "return [p.max() for p, n in zip(x.split(lens.tolist()), lens.tolist()) if n]",
        "return [p.max() for i, p in enumerate(x.split(sizes)) if sizes[i] > 0]",
        RUNNING.format(sizes="sizes", body="if n > 0:\n        x[s:s + n].max()"),
        RUNNING.format(sizes="plain", body="if n:\n        x[s:s + n].max()"),
        RUNNING.format(sizes="sizes", body="p = x[s:s + n]\n    if p.numel():\n        p.max()"),
        "assert all(n > 0 for n in sizes)\n"
        + RUNNING.format(sizes="sizes", body="x[s:s + n].max()"),
        RUNNING.format(sizes="[n] * k", body="x[s:s + n].max()"),
        "for n in sizes:\n    x[3:3 + n].max()",
        "for s in range(0, len(x), k):\n    x[s:s + k].max()",
    ],
)
def test_sizes_of_which_more_is_known_are_no_evidence(tmp_path, body):
    assert not [found for _, found in reductions(tmp_path, body) if found is not None]


@pytest.mark.parametrize(
    ("call", "empty"),
    [
        ('einops.reduce(y, "b d -> d", "max")', True),
        ('einops.reduce(y, "b d -> d", reduction="mean")', True),
        ('einops.reduce(y, "(b n) d -> d", "min", n=4)', True),
        ('einops.reduce(y, "b d -> b", "max")', False),
        ('einops.reduce(y, "(b n) d -> b d", "max", n=4) if len(y) else y.max(1)', False),
        ('einops.reduce(y, "b d -> d", "max") if len(y) else 0', False),
    ],
)
def test_what_a_pattern_leaves_out_is_reduced(tmp_path, call, empty):
    found = [why for _, why in reductions(tmp_path, f"y = x[keep > 0]\nreturn {call}")]
    assert [why is not None for why in found] == [empty]


@pytest.mark.parametrize(
    "call",
    [
        'einops.reduce(y, "b d -> d", "sum")',
        'einops.reduce(y, "... d -> d", "max")',
        'einops.reduce(y, "b 1 d -> b d", "max")',
        'einops.rearrange(y, "b d -> d b")',
    ],
)
def test_other_patterns_reduce_nothing_without_identity(tmp_path, call):
    events = happened(
        tmp_path, f"{HEAD}\ndef f(x: Tensor, keep):\n    y = x[keep > 0]\n    {call}\n"
    )
    assert not [each for each in events if isinstance(each, Reduce)]
