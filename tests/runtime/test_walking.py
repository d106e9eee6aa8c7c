"""What is walked of an annotation, and how a place is named."""

# ruff: noqa: TC003, UP037 - contracts resolve these annotations at run time
from __future__ import annotations

import gc
import weakref
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, NewType, NotRequired, TypedDict, TypeVar

import pytest
import torch
from beartype.vale import Is
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


def test_fields_without_arrays_are_left_to_beartype():
    @shapeguard.contract
    def look(
        batch: Batch, tree: tuple[Float[Tensor, "b"], *tuple[Float[Tensor, "b"], ...]]
    ) -> None: ...

    rows = torch.ones(2)
    look({"x": torch.ones(2, 3), "note": "n"}, (rows, rows, rows))
    assert broken(look, {"x": torch.ones(2, 3), "note": 1}, (rows,)).argument == "batch['note']"
    error = broken(look, {"x": torch.ones(2, 3)}, (rows, rows, torch.ones(3)))
    assert error.argument == "tree[2]"


def test_members_that_are_arrays_without_axes_are_all_looked_at():
    @shapeguard.contract
    def join(parts: list[Tensor]) -> None: ...

    members = [torch.ones(1)] * 40
    join(members)
    for place in (1, 17, 39):
        error = broken(join, [*members[:place], 3, *members[place:]])
        assert (error.code, error.argument) == ("SG506", f"parts[{place}]")


Rows = NewType("Rows", Float[Tensor, "b"])
R = TypeVar("R", bound=Float[Tensor, "b"])


def test_other_spellings_of_an_annotation():
    @shapeguard.contract
    def named(x: Rows, y: Rows) -> None: ...

    @shapeguard.contract
    def bound(x: R, y: R) -> None: ...

    @shapeguard.contract
    def noted(x: Float[Tensor, "b"], n: Annotated[int, Is[lambda n: n > 0]]) -> None: ...

    for function in (named, bound):
        assert broken(function, torch.ones(2), torch.ones(3)).argument == "y"
    assert broken(noted, torch.ones(2), -3).argument == "n"


def test_a_mapping_is_of_the_class_that_is_asked_for():
    @shapeguard.contract
    def look(named: OrderedDict[str, Float[Tensor, "b"]]) -> None: ...

    assert broken(look, {"a": torch.ones(2)}).expected == "OrderedDict"


if TYPE_CHECKING:
    from nowhere import Unknown


@dataclass
class Settings:
    x: Float[Tensor, "b"]
    device: Unknown | None = None


def test_a_field_that_only_type_checkers_can_read_is_left_out():
    @shapeguard.contract
    def use(settings: Settings, y: Float[Tensor, "b"]) -> None: ...

    use(Settings(torch.ones(2), device="cpu"), torch.ones(2))
    assert broken(use, Settings(torch.ones(2)), torch.ones(3)).argument == "y"


def test_a_local_class_may_hold_itself_and_use_local_names():
    width = Float[Tensor, "b"]

    @dataclass
    class Chain:
        x: width
        rest: Chain | None = None

    @shapeguard.contract
    def follow(chain: Chain) -> None: ...

    assert broken(follow, Chain(torch.ones(2), Chain(torch.ones(3)))).argument == "chain.rest.x"


def test_long_chains_and_shared_children_are_no_trouble():
    chain = None
    for _ in range(2000):
        chain = Tree(torch.ones(2), parent=chain)
    climb(chain)
    shared = Tree(torch.ones(2))
    for _ in range(30):
        shared = Tree(torch.ones(2), children=(shared, shared))
    climb(shared)


def test_a_contract_keeps_no_tensors_of_the_place_where_it_is_made():
    def make():
        held = torch.ones(3)

        @shapeguard.contract
        def take(x: Float[Tensor, "b"]) -> None: ...

        return take, weakref.ref(held)

    _, held = make()
    gc.collect()
    assert held() is None


@pytest.mark.parametrize(
    ("axes", "said"),
    [("b {missing}", "uses missing"), ("b 3.5", "no extent")],
)
def test_an_axis_that_can_have_no_extent_is_refused(axes, said):
    def take(x): ...

    take.__annotations__ = {"x": Float[Tensor, axes]}
    with pytest.raises(ContractDefinitionError, match=said):
        shapeguard.contract(take)


def test_what_tells_no_signature_is_refused():
    with pytest.raises(ContractDefinitionError, match="cannot carry a contract"):
        shapeguard.contract(torch.add)
