"""Walks over a value that depends on the path: every alternative keeps its own number of members."""

from __future__ import annotations

import pytest
from flow_observation import happened

from shapeguard.lint.flow.events import Divide, Join, Lookup, Reduce
from shapeguard.lint.flow.evidence.emptiness import may_be_empty

HEAD = """import torch
from torch import Tensor

"""
PARAMETERS = "x: Tensor, labels: Tensor, k: int, only: bool, groups: list, others: list"


def empty(tmp_path, body, kind):
    """Return for each event of a kind whether there is evidence that its operand is empty."""
    lines = "".join(f"    {line}\n" for line in body.strip().split("\n"))
    found = []
    for event in happened(tmp_path, f"{HEAD}def f({PARAMETERS}):\n{lines}"):
        if isinstance(event, kind):
            operand = {Join: "members", Reduce: "operand", Lookup: "holder"}[kind]
            found.append(may_be_empty(getattr(event, operand), event.moment) is not None)
    return found


NARROWED = """rows = x
if only:
    rows = x[labels == k]
"""


@pytest.mark.parametrize(
    "body",
    [
        "torch.stack([row * 2 for row in rows])",
        "parts = []\nfor row in rows:\n    parts.append(row * 2)\ntorch.stack(parts)",
        "parts = []\nfor i in range(len(rows)):\n    parts.append(rows[i])\ntorch.stack(parts)",
        "torch.stack([row for i, row in enumerate(rows)])",
        "torch.stack([row + other for row in rows for other in x[:4]])",
        "parts = list(rows)\ntorch.stack(parts)",
    ],
)
def test_a_walk_over_what_is_narrowed_on_one_path_may_have_no_member(tmp_path, body):
    assert any(empty(tmp_path, NARROWED + body, Join))


@pytest.mark.parametrize(
    "body",
    [
        "parts = [row * 2 for row in rows]\nif not parts:\n    return None\ntorch.stack(parts)",
        "parts = [row * 2 for row in rows]\nif len(parts) > 0:\n    torch.stack(parts)",
        "if rows.shape[0] == 0:\n    return None\ntorch.stack([row * 2 for row in rows])",
        "if only and not (labels == k).any():\n    return None\ntorch.stack([row for row in rows])",
        "if not only:\n    torch.stack([row for row in rows])",
        "torch.stack([row for row in x])",
        "parts = []\nfor row in rows:\n    parts.append(row)\nif parts:\n    torch.stack(parts)",
    ],
)
def test_a_guard_on_every_path_silences_the_walk(tmp_path, body):
    assert not any(empty(tmp_path, NARROWED + body, Join))


def test_a_step_that_depends_on_the_path_keeps_the_length(tmp_path):
    body = """rows = x[labels == k]
step = k or 8
if step <= 0:
    step = 1
parts = []
for start in range(0, len(rows), step):
    parts.append(rows[start : start + step])
torch.cat(parts)"""
    assert any(empty(tmp_path, body, Join))
    assert not any(empty(tmp_path, body.replace("rows = x[labels == k]", "rows = x"), Join))


@pytest.mark.parametrize(
    ("kind", "use"),
    [
        (Join, "torch.cat(kept)"),
        (Reduce, "max(kept)"),
        (Lookup, "kept[0]"),
        (Lookup, "kept.pop()"),
        (Lookup, "first, *rest = kept"),
    ],
)
def test_what_happens_to_one_alternative_happens_on_its_path(tmp_path, kind, use):
    kept = """kept = [g for g in groups if g.ok]
if only:
    kept = [g for g in others if g.ok]
"""
    assert any(empty(tmp_path, f"{kept}{use}", kind))
    assert not any(empty(tmp_path, f"{kept}if kept:\n    {use}", kind))


def test_what_a_starred_target_is_given_by_or_has_a_first_member(tmp_path):
    body = "first, *rest = [g for g in groups if g.ok] or {}"
    assert empty(tmp_path, body.format("[x]"), Lookup) == [False]
    assert any(empty(tmp_path, body.format("[g for g in others if g.ok]"), Lookup))


class TestRaggedLists:
    """Lists of lists: who measures the inner ones one by one expects that they differ."""

    @pytest.mark.parametrize(
        "body",
        [
            "sizes = [len(g) for g in groups]\ntorch.stack([m for g in groups for m in g])",
            """sizes = [len(g) for g in groups]
flat = [(o, m) for o, g in zip(others, groups) for m in g]
parts = []
for i in range(0, len(flat), 8):
    parts.append(flat[i : i + 8])
torch.cat(parts)""",
        ],
    )
    def test_all_of_them_may_be_empty(self, tmp_path, body):
        assert any(empty(tmp_path, body, Join))

    @pytest.mark.parametrize(
        "body",
        [
            "torch.stack([m for g in groups for m in g])",
            "sizes = [len(o) for o in others]\ntorch.stack([m for g in groups for m in g])",
            """sizes = [len(g) for g in groups]
if sum(sizes) == 0:
    return None
torch.stack([m for g in groups for m in g])""",
            """sizes = [len(g) for g in groups]
if sum(sizes) == 0:
    return None
torch.stack([m for o, g in zip(others, groups) for m in g])""",
            """sizes = [len(g) for g in groups]
flat = [m for g in groups for m in g]
if flat:
    torch.stack(flat)""",
        ],
    )
    def test_silent_where_nobody_measures_them_or_somebody_asks(self, tmp_path, body):
        assert not any(empty(tmp_path, body, Join))


COUNTED = """n = 0
total = 0.0
seen = []
for row in groups:
    {step}
"""


@pytest.mark.parametrize(
    ("step", "use", "zero"),
    [
        ("if row: n += 1", "total / n", True),
        ("n += 1 if row else 0", "total / n", True),
        ("if row: n += 1; seen.append(row)", "total / n if seen else 0.0", False),
        ("if row: n += 1", "total / max(n, 1)", False),
        ("if row: n += 1", "total / n if n else 0.0", False),
        ("if row: n += 1", "total / (n + 1)", False),
        ("n += 1", "total / n", False),
        ("if row: n += k", "total / n", False),
        ("if row: n = row", "total / n", False),
    ],
)
def test_a_number_that_is_counted_under_a_condition_may_stay_zero(tmp_path, step, use, zero):
    body = f"{COUNTED.format(step=step)}return {use}"
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    divisions = [
        event
        for event in happened(tmp_path, f"{HEAD}def f({PARAMETERS}):\n{lines}")
        if isinstance(event, Divide)
    ]
    found = [may_be_empty(event.divisor, event.moment) is not None for event in divisions]
    assert found == [zero] * len(divisions)
    assert found


def test_a_number_that_is_counted_on_every_pass_is_as_large_as_what_is_walked(tmp_path):
    body = f"kept = [g for g in groups if g]\n{COUNTED.format(step='n += 1')}"
    body = body.replace("for row in groups", "for row in kept") + "return total / n"
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    (event,) = (
        event
        for event in happened(tmp_path, f"{HEAD}def f({PARAMETERS}):\n{lines}")
        if isinstance(event, Divide)
    )
    assert may_be_empty(event.divisor, event.moment) is not None


WANTED = """
class Decoder:
    def run(self, layers: list, x: Tensor, wanted: bool, head, count: int):
        kept = []
        for at, layer in enumerate(layers):
            x = layer(x)
            if {filled}:
                kept.append(x)
        {use}
"""


@pytest.mark.parametrize(
    "condition",
    ["wanted", "not wanted", "head is not None", "self.head is not None", "count > 2"],
)
def test_a_list_that_every_round_fills_or_none_is_only_empty_without_the_condition(
    tmp_path, condition
):
    uses = {
        f"if {condition}: return torch.stack(kept)": False,
        f"return torch.stack(kept) if {condition} else None": False,
        "return torch.stack(kept)": True,
        "if at: return torch.stack(kept)": True,
    }
    assert [_suspected(tmp_path, condition, use) for use in uses] == [*uses.values()]


@pytest.mark.parametrize(
    "condition", ["layer.kept", "at > 2", "x.sum() > 0", "wanted and layer.kept", "x is not None"]
)
def test_a_list_that_some_rounds_fill_may_be_empty_whatever_holds_behind_them(tmp_path, condition):
    use = f"if {condition}: return torch.stack(kept)"
    assert _suspected(tmp_path, condition, use)


def _suspected(tmp_path, filled, use):
    text = HEAD + WANTED.format(filled=filled, use=use)
    joins = [e for e in happened(tmp_path, text, "Decoder.run") if isinstance(e, Join)]
    return any(may_be_empty(each.members, each.moment) is not None for each in joins)


KINDS = """
def f(x: Tensor, modes: list):
    kept = []
    for mode in modes:
        if {first}:
            kept.append(x[0])
        elif {second}:
            kept.append(x[1])
    return torch.stack(kept)
"""


@pytest.mark.parametrize(
    ("first", "second", "suspected"),
    [
        ('mode == "max"', 'mode == "mean"', False),
        ('mode == "max"', 'mode in ("mean", "sum")', False),
        ('mode.kind == "max"', 'mode.kind == "mean"', False),
        ('mode == "max"', "False", True),
        ('mode == "max"', 'x.kind == "mean"', True),
        ('mode == "max"', 'mode != "mean"', True),
        ('mode == "max" and x.kept', 'mode == "mean"', True),
        ('mode == "max"', "mode.kept", True),
    ],
)
def test_a_choice_between_kinds_has_listed_them_all(tmp_path, first, second, suspected):
    text = HEAD + KINDS.format(first=first, second=second)
    joins = [each for each in happened(tmp_path, text) if isinstance(each, Join)]
    assert [may_be_empty(each.members, each.moment) is not None for each in joins] == [suspected]
