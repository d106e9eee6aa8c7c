"""SG401: annotations that jaxtyping refuses, or reads otherwise than they are meant."""

from dataclasses import dataclass
from typing import NamedTuple, Optional

import jaxtyping as jt
import torch
from beartype import beartype
from jaxtyping import Bool, Float, Int, PyTree, jaxtyped
from torch import Tensor, nn

typecheck = jaxtyped(typechecker=beartype)
WIDTH = 64
AXES = "batch seq"

# --- flagged ------------------------------------------------------------------------------------


def commas(x: Float[Tensor, "batch, seq"]):  # error: SG401 15
    return x


def two_that_stand_for_several(x: Float[Tensor, "*batch seq *rest"]):  # error: SG401 35
    return x


def no_axes(x: Float[Tensor]) -> Tensor:  # error: SG401 16
    return x


def exchanged(x: Float["batch seq", Tensor]):  # error: SG401 18
    return x


def one_string_each(x: jt.Float[Tensor, "batch", "seq"]):  # error: SG401 24
    return x


def without_quotes(x: Float[Tensor, ...]):  # error: SG401 23
    return x


def not_subscripted(x: Tensor, rate: Float):  # error: SG401 38
    return x * rate


class Layer(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.width = width
        self.inner = nn.Linear(width, width)

    def spaces(self, x: Float[Tensor, "batch {self.width + 1}"]):  # error: SG401 25
        return x

    def unset(self, x: Float[Tensor, "batch {self.hidden}"]):  # error: SG401 24
        return x

    def attribute_without_braces(self, x: Float[Tensor, "batch self.width"]):  # error: SG401 43
        return x

    def in_quotes(self, x: "Float[Tensor, 'batch,seq']"):  # error: SG401 28
        return x

    @jaxtyped(typechecker=beartype)
    def without_braces(
        self,
        x: Float[Tensor, "batch"],
        times: int,
    ) -> Float[Tensor, "times*batch"]:  # error: SG401 10
        return x.repeat(times)


def dots(x: list[Float[Tensor, "batch..."]] | None):  # error: SG401 18
    return x


def named_by_an_expression(x: Int[Tensor, "num_faces 3 torch.long/2:"]):  # error: SG401 31
    return x


@dataclass
class Batch:
    tokens: Int[Tensor, "batch, seq"]  # error: SG401 13
    mask: Bool[Tensor, "batch seq"]


@typecheck
def an_axis_of_nothing(x: Float[Tensor, "batch"]) -> Float[Tensor, "seq+1"]:  # error: SG401 54
    return x


@typecheck
def before_it_is_known(
    short: Float[Tensor, "seq-1"],  # error: SG401 12
    long: Float[Tensor, "seq"],
):
    return short, long


@jaxtyped(typechecker=beartype)
def constant_of_the_module(x: Float[Tensor, "batch {WIDTH}"]):  # error: SG401 31
    return x


@beartype
def no_scope(x: Float[Tensor, "batch"]) -> Float[Tensor, "batch+1"]:  # error: SG401 44
    return torch.cat([x, x[:1]])


@typecheck
def a_label_is_no_name(
    boxes: Float[Tensor, "boxes=4 2"],
    scores: Float[Tensor, "boxes"],  # error: SG401 13
):
    return boxes, scores


def two_numbers(a: Float[Tensor, "rows=4 d"], b: Float[Tensor, "rows=5 d"]):  # error: SG401 50
    return a, b


@typecheck
def optional_within(x: Float[Tensor | None, "batch"]):  # error: SG401 24
    return x


@typecheck
def no_tree(x: Float[Tensor, "?batch"]):  # error: SG401 16
    return x


# --- silent -------------------------------------------------------------------------------------


def plain(x: Float[Tensor, "batch seq"]) -> Float[Tensor, "batch"]:
    """Names between spaces."""
    return x.sum(1)


def one_that_stands_for_several(x: Float[Tensor, "batch *rest"], y: Float[Tensor, "... seq"]):
    """One in each string, and any place."""
    return x, y


def marks(x: Float[Tensor, "#batch _ *#rest"], y: Float[Tensor, "_heads 1"], z: Float[Tensor, ""]):
    """Each mark once; a scalar has an empty string."""
    return x, y, z


@typecheck
def computed(x: Float[Tensor, "batch seq"], n: int) -> Float[Tensor, "{n}*batch (seq-1)//2"]:
    """Names that are bound by an argument, and the argument in braces."""
    return x[:, 1::2].repeat(n, 1)


@typecheck
def function_of_extents(
    x: Float[Tensor, "a"], y: Float[Tensor, "b"]
) -> Float[Tensor, "min(a,b)"]:
    """The comma stands in parentheses, without a space."""
    return x[: len(y)] + y[: len(x)]


def remark(x: Float[Tensor, "batch hidden-dim"]) -> Float[Tensor, "batch 2*hidden-dim"]:
    """Nobody compares: it is written for people."""
    return torch.cat([x, x], -1)


class Known(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.width = width

    def forward(self, x: Float[Tensor, "batch {self.width}"]) -> Float[Tensor, "batch 2*{self.width}"]:
        """The constructor sets it."""
        return torch.cat([x, x], 1)


class Untold(nn.Module):
    def __init__(self, **settings):
        super().__init__()
        for name, value in settings.items():
            setattr(self, name, value)

    def forward(self, x: Float[Tensor, "batch {self.width}"]):
        """Nothing tells which attributes there are."""
        return x


def put_together(x: Float[Tensor, f"batch {WIDTH}"], y: Float[Tensor, AXES]):
    """What stands in the string is known when the module is imported."""
    return x, y


@typecheck
def label_alone(x: Float[Tensor, "channels=3 height width"], y: Float[Tensor, "channels=3"]):
    """A label that is a remark and nothing else."""
    return x, y


@typecheck
def optional_outside(x: Optional[Float[Tensor, "batch"]], y: Float[Tensor, "batch"] | None):
    """None is accepted beside the array."""
    return x, y


@typecheck
def leaves(x: PyTree[Float[Tensor, "?batch"]], rate: Float[float, ""]):
    """A mark for leaves within a tree; a number has no axis."""
    return x, rate


class Float3(NamedTuple):
    x: float


def another_float(x: Float3, y: dict["batch, seq", Tensor]):
    """Nothing of jaxtyping."""
    return x, y


@typecheck
def any_number(x: Float[Tensor, "*"]) -> Float[Tensor, "*"]:
    """A bare star stands for any number of axes, the same in both."""
    return x
