"""What a function, or a constructor, refuses about sizes protects the shares that it makes of them."""

from __future__ import annotations

import textwrap

import pytest

from shapeguard.lint.config import Settings
from shapeguard.lint.engine import check

HELPER = """\
import torch


def refuse(sizes):
    for size in sizes:
        if size < 1:
            raise ValueError(size)


def are_some(sizes):
    for size in sizes:
        if size <= 0:
            return False
    return True


def any_none(sizes):
    for size in sizes:
        if not size:
            return True
    return False


def any_negative(sizes):
    for size in sizes:
        if size < 0:
            return True
    return False


def positive(sizes):
    return min(sizes) > 0


"""
SHARES = """\
outputs = []
for i in range(len(sizes)):
    share = slice(sum(sizes[:i]), sum(sizes[: i + 1]))
    keys = state[share]
    part = prefix
    if share.start < prefix.size(0):
        part = prefix[share]
    outputs.append(torch.cat([part, keys], 1))
return outputs
"""
QUOTIENTS = """\
for s in sizes:
    if s == 0:
        print("nothing")
    print(mean / s)
"""
REFUSALS = {
    "all": "if not all(sizes):\n    raise ValueError",
    "all positive": "assert all(s > 0 for s in sizes)",
    "all of a list": "assert all([s for s in sizes])",
    "any with its place": "assert not any(s <= 0 for j, s in enumerate(sizes))",
    "all by position": "assert all(sizes[j] > 0 for j in range(len(sizes)))",
    "any": "if any(s <= 0 for s in sizes):\n    raise ValueError",
    "any zero": "if any(s == 0 for s in sizes):\n    raise KeyError",
    "least": "if min(sizes) < 1:\n    raise ValueError",
    "among": "assert 0 not in sizes",
    "loop": "for s in sizes:\n    if s <= 0:\n        raise ValueError",
    "loop with more": "for s in sizes:\n    if not s:\n        raise ValueError\n    print(s)",
    "enumerated": "for j, s in enumerate(sizes):\n    assert s > 0, j",
    "by position": "for j in range(len(sizes)):\n    if sizes[j] < 1:\n        raise ValueError",
    "helper": "refuse(sizes)",
    "at least 1": "sizes = [max(1, s) for s in sizes]",
    "those that are some": "sizes = [s for s in sizes if s > 0]",
    "filter": "sizes = list(filter(None, sizes))",
    "listed as bad": "bad = [s for s in sizes if s <= 0]\nif bad:\n    raise ValueError(bad)",
    "counted as bad": "if len([s for s in sizes if s == 0]) > 0:\n    raise ValueError",
    "converted": "sizes = [int(s) for s in sizes]\nif 0 in sizes:\n    raise ValueError",
    "filter by a test": "sizes = list(filter(lambda s: s > 0, sizes))",
    "at least 1 by map": "sizes = list(map(lambda s: max(s, 1), sizes))",
    "1 instead of 0": "sizes = [s or 1 for s in sizes]",
    "1 in the place of none": "sizes = [s if s > 0 else 1 for s in sizes]",
    "loop in a helper that answers": "if not are_some(sizes):\n    raise ValueError",
    "loop in a helper that finds one": "assert not any_none(sizes)",
    "least in a helper": "assert positive(sizes)",
    "least of some": "if len(sizes) == 0 or min(sizes) <= 0:\n    raise ValueError",
}
OTHERWISE = {
    "nothing": "pass",
    "left early": (
        "for s in sizes:\n    if s > 5:\n        break\n    if s <= 0:\n        raise ValueError"
    ),
    "passed over": "for s in sizes:\n    if s == 0:\n        continue\n    print(1 / s)",
    "all but one": (
        "for j in range(len(sizes) - 1):\n    if sizes[j] < 1:\n        raise ValueError"
    ),
    "negative": "if any(s < 0 for s in sizes):\n    raise ValueError",
    "all of something else": "if not all(others):\n    raise ValueError",
    "none of them": "if not any(sizes):\n    raise ValueError",
    "largest": "if max(sizes) < 1:\n    raise ValueError",
    "all but the first": "for s in sizes[1:]:\n    assert s > 0",
    "as many as others": "for s, other in zip(sizes, others):\n    assert s > 0",
    "a helper that asks for something else": "assert not any_negative(sizes)",
    "a helper that asks otherwise": "if are_some(sizes):\n    raise ValueError",
    "filter by another test": "sizes = list(filter(lambda s: s < 9, sizes))",
    "converted alone": "sizes = [int(s) for s in sizes]",
    "listed as large": "large = [s for s in sizes if s > 9]\nif large:\n    raise ValueError(large)",
    "listed as good": "good = [s for s in sizes if s > 0]\nif not good:\n    raise ValueError(good)",
    "bad among some": (
        "bad = [s for s in sizes[1:] if s <= 0]\nif bad:\n    raise ValueError(bad)"
    ),
    "0 by map": "sizes = list(map(lambda s: max(s, 0), sizes))",
    "0 instead of negative": "sizes = [max(s, 0) for s in sizes]",
    "lengths": "sizes = [len(s) for s in sizes]",
}


def in_function(lines):
    body = textwrap.indent(f"{lines}\n{SHARES}", "    ")
    return f"{HELPER}def f(state, prefix, sizes, others):\n{body}"


def in_constructor(lines):
    set_up = textwrap.indent(f"{lines}\nself.sizes = sizes\n", "        ")
    method = textwrap.indent(SHARES.replace("sizes", "self.sizes"), "        ")
    return (
        f"{HELPER}class Layer:\n    def __init__(self, sizes, others):\n{set_up}\n"
        f"    def f(self, state, prefix):\n{method}"
    )


def in_annotated_constructor(lines):
    text = in_constructor(lines).replace("self, sizes", "self, sizes: list[int]")
    assert "list[int]" in text
    return text


def codes(tmp_path, text):
    path = tmp_path / "module.py"
    path.write_text(text, "utf-8")
    return [each.code for each in check([path], Settings(preview=True), root=tmp_path).findings]


@pytest.mark.parametrize("where", [in_function, in_constructor, in_annotated_constructor])
@pytest.mark.parametrize("lines", REFUSALS.values(), ids=REFUSALS)
def test_shares_of_refused_sizes_are_not_empty(tmp_path, where, lines):
    assert codes(tmp_path, where(lines)) == []


@pytest.mark.parametrize("where", [in_function, in_constructor, in_annotated_constructor])
@pytest.mark.parametrize("lines", OTHERWISE.values(), ids=OTHERWISE)
def test_shares_of_other_sizes_may_be(tmp_path, where, lines):
    assert codes(tmp_path, where(lines)) == ["SG101"]


def test_a_return_where_a_size_is_0_is_as_good_as_a_refusal(tmp_path):
    lines = "for s in sizes:\n    if s == 0:\n        return None"
    assert codes(tmp_path, in_function(lines)) == []


def test_the_witness_of_computed_sizes_is_about_these(tmp_path):
    path = tmp_path / "module.py"
    path.write_text(in_function(OTHERWISE["lengths"]), "utf-8")
    (finding,) = check([path], Settings(), root=tmp_path).findings
    assert finding.witness.text.startswith("sizes=[2, 0], i=1")


SAME_LIST = [name for name, lines in REFUSALS.items() if "sizes = " not in lines]


@pytest.mark.parametrize("annotation", ["", ": list[int]"])
@pytest.mark.parametrize("name", SAME_LIST)
def test_a_refused_size_divides(tmp_path, name, annotation):
    body = textwrap.indent(f"{REFUSALS[name]}\n{QUOTIENTS}", "    ")
    assert codes(tmp_path, f"{HELPER}def f(mean, sizes{annotation}):\n{body}") == []


@pytest.mark.parametrize("annotation", ["", ": list[int]"])
@pytest.mark.parametrize("name", ["nothing", "all but the first", "passed over", "largest"])
def test_any_other_size_does_not(tmp_path, name, annotation):
    body = textwrap.indent(f"{OTHERWISE[name]}\n{QUOTIENTS}", "    ")
    assert codes(tmp_path, f"{HELPER}def f(mean, sizes{annotation}):\n{body}") == ["SG304"]
