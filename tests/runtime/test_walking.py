"""What is walked of an annotation, and how a place is named."""

# ruff: noqa: TC003, UP037 - contracts resolve these annotations at run time
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NotRequired, TypedDict

import pytest
import torch
from jaxtyping import Float
from torch import Tensor

import shapeguard
from shapeguard.errors import ContractDefinitionError, ShapeContractError


def broken(function, *args):
    with pytest.raises(ShapeContractError) as caught:
        function(*args)
    return caught.value


class Batch(TypedDict):
    x: Float[Tensor, "batch dim"]
    mask: NotRequired[Float[Tensor, "batch"] | None]
    note: NotRequired[str]


@shapeguard.contract
def read(batch: Batch) -> None:
    """Take a TypedDict."""


def test_keys_of_a_typed_dict_are_checked():
    read({"x": torch.ones(2, 3)})
    read({"x": torch.ones(2, 3), "mask": torch.ones(2), "note": ""})
    read({"x": torch.ones(2, 3), "mask": None})
    assert broken(read, {"x": torch.ones(2, 3), "mask": torch.ones(3)}).argument == "batch['mask']"
    assert "lacks the key 'x'" in str(broken(read, {"mask": torch.ones(3)}))
    assert broken(read, [torch.ones(2, 3)]).code == "SG506"


def test_keys_of_a_mapping_are_left_to_beartype():
    @shapeguard.contract
    def look(named: Mapping[str, Float[Tensor, "b"]]) -> None: ...

    look({"a": torch.ones(2), "b": torch.ones(2)})
    assert broken(look, {"a": torch.ones(2), "b": torch.ones(3)}).argument == "named['b']"
    error = broken(look, {"a": torch.ones(2), 1: torch.ones(2)})
    assert (error.code, error.argument) == ("SG506", "key #1 of named")


def test_collections_are_walked_and_iterators_left_to_the_function():
    @shapeguard.contract
    def join(parts: Iterable[Float[Tensor, "b"]]) -> Iterator[Float[Tensor, "b"]]:
        return iter(parts)

    assert len(list(join(torch.ones(n) for n in (2, 3)))) == 2
    assert len(list(join([torch.ones(2)]))) == 1
    assert broken(join, [torch.ones(2), torch.ones(3)]).argument == "parts[1]"
    assert broken(join, 1).code == "SG506"


@dataclass
class Tree:
    x: Float[Tensor, "b"]
    children: tuple[Tree, ...] = ()
    parent: Tree | None = None


@shapeguard.contract
def climb(tree: Tree) -> None:
    """Take a class that holds itself."""


def test_a_class_inside_itself_is_walked_all_the_way_down():
    leaf = Tree(torch.ones(3))
    climb(Tree(torch.ones(2), (Tree(torch.ones(2)),)))
    error = broken(climb, Tree(torch.ones(2), (Tree(torch.ones(2), (leaf,)),)))
    assert error.argument == "tree.children[0].children[0].x"


def test_a_value_inside_itself_is_walked_once():
    root = Tree(torch.ones(2))
    root.children = (Tree(torch.ones(2), parent=root),)
    climb(root)
    root.children[0].x = torch.ones(3)
    assert broken(climb, root).argument == "tree.children[0].x"


class Sized:
    def __init__(self, width):
        self._width = width

    @shapeguard.contract
    def widen(self, x: Float[Tensor, "b d"]) -> Float[Tensor, "b {self._width}*d"]:
        return x.repeat(1, 2)


def test_axes_may_read_private_attributes():
    assert Sized(2).widen(torch.ones(1, 3)).shape == (1, 6)
    assert broken(Sized(3).widen, torch.ones(1, 3)).expected == 9


@pytest.mark.parametrize(
    ("axes", "said"),
    [("b x.size(0)", "a call of 'x.size'"), ("b heads+1", "uses heads"), ("b d+", "not valid")],
)
def test_a_malformed_axis_is_refused_when_the_contract_is_applied(axes, said):
    def take(x): ...

    take.__annotations__ = {"x": Float[Tensor, axes]}
    with pytest.raises(ContractDefinitionError, match=said):
        shapeguard.contract(take)
