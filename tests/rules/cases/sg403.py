"""SG403: annotations that the checker beside them does not enforce."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, NamedTuple, Optional, TypedDict

import torch
from beartype import beartype
from jaxtyping import Bool, Float, jaxtyped
from torch import Tensor
from typeguard import typechecked

import shapeguard

if TYPE_CHECKING:
    from jaxtyping import Int

typecheck = jaxtyped(typechecker=beartype)


class State(NamedTuple):
    keys: Float[Tensor, "batch keys dim"]
    mask: Bool[Tensor, "batch keys"]


class Inputs(TypedDict):
    ids: Float[Tensor, "batch seq"]


@dataclass
class Plain:
    keys: Float[Tensor, "batch keys dim"]


@jaxtyped(typechecker=beartype)
@dataclass
class Checked:
    keys: Float[Tensor, "batch keys dim"]


class Sizes(NamedTuple):
    rows: int
    columns: int


# --- flagged ------------------------------------------------------------------------------------


@typecheck
def of_named_tuple(state: State) -> Float[Tensor, "batch"]:  # error: SG403 27
    return state.keys.sum((1, 2))


@typecheck
def gives_named_tuple(x: Float[Tensor, "batch keys dim"]) -> Optional[State]:  # error: SG403 71
    return State(x, x.sum(-1) > 0)


@jaxtyped(typechecker=beartype)
def of_typed_dict(inputs: Inputs):  # error: SG403 27
    return inputs["ids"]


@jaxtyped(typechecker=beartype)
def of_dataclass(state: Plain) -> Float[Tensor, "batch"]:  # error: SG403 25
    return state.keys.sum((1, 2))


@jaxtyped(typechecker=beartype)
def of_list(parts: list[Float[Tensor, "rows dim"]]) -> Tensor:  # error: SG403 25
    return torch.cat(parts)


@jaxtyped(typechecker=beartype)
def of_tuple(parts: tuple[Float[Tensor, "rows dim"], ...] | None):  # error: SG403 27
    return parts


@jaxtyped(typechecker=beartype)
def of_mapping(parts: dict[str, Float[Tensor, "rows dim"]]):  # error: SG403 33
    return parts["a"]


@jaxtyped(typechecker=beartype)
def gives_parts(x: Float[Tensor, "rows dim"]) -> Iterator[Float[Tensor, "dim"]]:  # error: SG403 59
    yield from x


@jaxtyped(typechecker=beartype)
def static_only(x: Int[Tensor, "batch seq"]):  # error: SG403 20
    return x


@jaxtyped  # error: SG403 2
def no_checker(x: Float[Tensor, "batch seq"], y: Float[Tensor, "batch seq"]):
    return x + y


@jaxtyped()  # error: SG403 2
def no_checker_called(x: Float[Tensor, "batch seq"]):
    return x


@jaxtyped(typechecker=beartype)  # error: SG403 2
class CheckedTuple(NamedTuple):
    keys: Float[Tensor, "batch keys dim"]
    mask: Bool[Tensor, "batch keys"]


@dataclass
@jaxtyped(typechecker=beartype)  # error: SG403 2
class UnderDataclass:
    keys: Float[Tensor, "batch keys dim"]
    mask: Bool[Tensor, "batch keys"]


# --- silent -------------------------------------------------------------------------------------


@typecheck
def plain(x: Float[Tensor, "batch seq"]) -> Float[Tensor, "batch"]:
    """Arrays are compared."""
    return x.sum(1)


@jaxtyped
@beartype
def old_style(x: Float[Tensor, "batch seq"]) -> Float[Tensor, "batch"]:
    """The checker stands below."""
    return x.sum(1)


@jaxtyped(typechecker=None)
def opens_a_scope(x: Float[Tensor, "batch seq"], y):
    """What is compared is asked for in the body."""
    assert isinstance(y, Float[Tensor, "batch"])
    return x + y


@jaxtyped
def asks_itself(x: Float[Tensor, "batch seq"], y):
    """It asks itself, and needs the scope alone."""
    assert isinstance(x, Float[Tensor, "batch seq"])
    return x + y


def undecorated(state: State, parts: list[Float[Tensor, "rows dim"]]):
    """Nobody relies on it: the annotations are for people."""
    return state, parts


@shapeguard.contract
def walked(state: State, parts: list[Float[Tensor, "rows dim"]]):
    """A contract looks into all members."""
    return state, parts


@typecheck
def of_checked_dataclass(state: Checked) -> Float[Tensor, "batch"]:
    """Its fields were compared when it was made."""
    return state.keys.sum((1, 2))


@typecheck
def of_pair(parts: tuple[Float[Tensor, "rows dim"], Float[Tensor, "dim"]]):
    """Each member of a pair is compared."""
    return parts


@typecheck
def without_arrays(sizes: Sizes, names: list[str]):
    """No field has an array annotation."""
    return sizes, names


@jaxtyped(typechecker=typechecked)
def another_checker(parts: list[Float[Tensor, "rows dim"]]):
    """What another checker looks at is its own affair."""
    return parts


@typecheck
def takes_function(f: Callable[[Float[Tensor, "dim"]], Tensor], x: Float[Tensor, "dim"]):
    """Nobody can compare what a function will be given."""
    return f(x)


@beartype
class Service:
    def run(self, x: Float[Tensor, "batch seq"]):
        """The methods of a class under beartype are its affair."""
        return x
