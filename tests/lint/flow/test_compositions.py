"""Blocks of adapters: what a block says of its children and sizes when it is made."""

from __future__ import annotations

from flow_observation import happened

from shapeguard.lint.flow.domain.values import Block, Choice, Int, Sequence, Text
from shapeguard.lint.flow.events import Compose

HEAD = "from adapters.composition import Average, BatchSplit, Fuse, Stack\n\n"


def blocks(tmp_path, body, parameters=""):
    lines = "".join(f"    {line}\n" for line in body.strip().split("\n"))
    events = happened(tmp_path, f"{HEAD}def f({parameters}):\n{lines}")
    return [each.block for each in events if isinstance(each, Compose)]


def test_a_block_knows_its_children_and_its_sizes(tmp_path):
    (block,) = blocks(tmp_path, 'return BatchSplit("a", "b", batch_sizes=[n, 2])', "n")
    assert block.kind == "BatchSplit"
    assert [type(each) for each in block.children] == [Text, Text]
    assert isinstance(block.sizes, Sequence)
    assert block.sizes.items[1] == Int(block.sizes.items[1].term)
    assert block.sizes.items[1].term.known == 2


def test_a_block_is_a_child_through_a_variable(tmp_path):
    inner, outer = blocks(tmp_path, 'inner = Stack("a", "b")\nreturn Fuse(inner, "c")')
    assert outer.children[0] == inner
    assert inner.made


def test_one_block_of_two_is_a_choice(tmp_path):
    body = 'inner = Stack("a", "b") if flag else "a"\nreturn Fuse(inner, "c")'
    *_, outer = blocks(tmp_path, body, "flag")
    assert isinstance(outer.children[0], Choice)
    assert any(isinstance(leaf, Block) for _, leaf in outer.children[0].alternatives)


def test_how_many_children_an_unknown_list_gives_is_not_known(tmp_path):
    (block,) = blocks(tmp_path, 'return Average("a", *names)', "names")
    assert block.children is None
    assert block.sizes is None
