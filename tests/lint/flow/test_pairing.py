"""Sizes beside consumers: the parts that a loop takes, and whether a number of each must be one."""

from __future__ import annotations

import re

import pytest
from flow_observation import happened

from shapeguard.lint.flow.events import Loop, Walk
from shapeguard.lint.flow.evidence.pairing import unpaired

RUNNING = """
offset = 0
for layer, size in zip(layers, sizes):
    y = layer(x[offset : offset + size])
    offset += size
"""
SUMMED = """
for i, layer in enumerate(layers):
    layer(x[sum(sizes[:i]) : sum(sizes[: i + 1])])
"""
INDEXED = """
offset = 0
for i in range(len(layers)):
    layers[i](x[offset : offset + sizes[i]])
    offset += sizes[i]
"""
SPLIT = """
for layer, part in zip(layers, x.split(sizes)):
    layer(part)
"""


def found(tmp_path, body, parameters="x, layers, sizes", before=""):
    lines = "".join(f"    {line}\n" for line in body.strip().split("\n"))
    events = happened(tmp_path, f"import torch\n{before}\ndef f({parameters}):\n{lines}")
    pairs = [unpaired(each) for each in events if isinstance(each, Loop | Walk)]
    return [each for each in pairs if each is not None]


@pytest.mark.parametrize("body", [RUNNING, SUMMED, INDEXED, SPLIT])
@pytest.mark.parametrize("parameters", ["x, layers, sizes", "x, layers, sizes: list[int]"])
def test_nothing_ties_the_sizes_to_their_consumers(tmp_path, body, parameters):
    (pair,) = found(tmp_path, body, parameters)
    assert (pair.sizes, pair.consumers) == ("sizes", "layers")
    assert pair.counts[0] != pair.counts[1]
    assert not pair.compared
    assert not pair.related


@pytest.mark.parametrize("body", [RUNNING, SUMMED, INDEXED, SPLIT])
def test_one_number_for_both_is_no_pair(tmp_path, body):
    assert found(tmp_path, f"assert len(sizes) == len(layers)\n{body.strip()}") == []


@pytest.mark.parametrize("body", [RUNNING, SUMMED, INDEXED])
def test_the_sum_is_compared(tmp_path, body):
    (pair,) = found(tmp_path, f"assert sum(sizes) == x.shape[0]\n{body.strip()}")
    assert pair.compared


@pytest.mark.parametrize("body", [RUNNING, SPLIT])
def test_a_strict_zip_refuses_another_number(tmp_path, body):
    strict = re.sub(r"\):$", ", strict=True):", body, flags=re.MULTILINE)
    assert found(tmp_path, strict) == []


def test_sizes_that_are_computed_are_not_from_outside(tmp_path):
    assert found(tmp_path, f"sizes = [g(each) for each in layers]\n{RUNNING.strip()}") == []
    assert found(tmp_path, f"sizes = g(x)\n{SUMMED.strip()}") == []


BLOCK = """
class Block:
    def __init__(self, *children, sizes):
        {check}
        self.children = children
        self.sizes = sizes

"""
OF_BLOCK = SUMMED.replace("layers", "block.children").replace("sizes", "block.sizes")


def test_fields_of_one_object_are_related_where_its_constructor_refuses_nothing(tmp_path):
    (pair,) = found(tmp_path, OF_BLOCK, "x, block", BLOCK.format(check="pass"))
    assert pair.related


@pytest.mark.parametrize("check", ["assert len(sizes) == len(children)", "if not sizes: raise E"])
def test_a_constructor_that_refuses_something_may_refuse_this(tmp_path, check):
    assert found(tmp_path, OF_BLOCK, "x, block", BLOCK.format(check=check)) == []


def test_nothing_is_known_of_the_fields_of_an_unknown_object(tmp_path):
    assert found(tmp_path, OF_BLOCK, "x, block") == []


def test_a_loop_without_parts_is_no_walk(tmp_path):
    assert not found(tmp_path, "for layer, size in zip(layers, sizes):\n    layer(size)")


def test_the_parts_of_an_inner_loop_are_those_of_the_outer_one(tmp_path):
    body = """
offset = 0
for layer, size in zip(layers, sizes):
    for x in xs:
        layer(x[offset : offset + size])
    offset += size
"""
    assert [
        (each.sizes, each.consumers) for each in found(tmp_path, body, "xs, layers, sizes")
    ] == [("sizes", "layers")]
