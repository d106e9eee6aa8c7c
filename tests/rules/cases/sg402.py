"""SG402: values that are not what their annotations say."""

from typing import Optional

import torch
from beartype import beartype
from jaxtyping import Bool, Float, Int, jaxtyped
from torch import Tensor
from torch.func import vmap

typecheck = jaxtyped(typechecker=beartype)

# --- flagged ------------------------------------------------------------------------------------


def selected(
    x: Float[Tensor, "batch dim"], mask: Bool[Tensor, "batch"]
) -> Float[Tensor, "batch dim"]:
    return x[mask]  # error: SG402 5


@typecheck
def reduced(x: Float[Tensor, "batch dim"]) -> Float[Tensor, "batch dim"]:
    return x.mean(dim=1)  # error: SG402 5


def shifted(logits: Float[Tensor, "batch seq"]) -> Float[Tensor, "batch seq"]:
    return logits[:, 1:]  # error: SG402 5


def both_directions(x: Float[Tensor, "batch dim"]) -> Float[Tensor, "batch dim"]:
    flipped = x.flip(1)
    return torch.cat([x, flipped])  # error: SG402 5


def exchanged(x: Float[Tensor, "seq batch dim"]) -> Float[Tensor, "batch seq dim"]:
    if x.is_contiguous():
        return x.transpose(0, 1)
    return x  # error: SG402 5


def wrong_number(x: Float[Tensor, "batch 3"]) -> Float[Tensor, "batch 4"]:
    return x * 2  # error: SG402 5


def second_of_two(
    x: Float[Tensor, "batch 3"],
) -> tuple[Float[Tensor, "batch 3"], Float[Tensor, "batch"]]:
    return x, x.unsqueeze(0)  # error: SG402 5


def on_one_path(x: Float[Tensor, "batch seq"], first: bool) -> Optional[Float[Tensor, "batch"]]:
    if first:
        return x[:, 0]
    return x  # error: SG402 5


def local(x: Float[Tensor, "batch seq"]):
    pooled: Float[Tensor, "batch"] = x.sum(dim=1, keepdim=True)  # error: SG402 5
    return pooled


def found(mask: Bool[Tensor, "batch"]) -> Int[Tensor, "batch"]:
    return mask.nonzero()  # error: SG402 5


def distance(a: Float[Tensor, "points 3"], b: Float[Tensor, "points 3"]) -> Float[Tensor, "points"]:
    return (a - b).norm(dim=-1)


def steps(x: Float[Tensor, "n 3"]):
    return distance(x, x[1:])  # error: SG402 12


def one_point(x: Float[Tensor, "n 3"]):
    return distance(x, b=x[0])  # error: SG402 12


def kept_words(x: Float[Tensor, "words dim"], keep: Bool[Tensor, "words"]):
    return distance(x, x[keep])  # error: SG402 12


# --- silent -------------------------------------------------------------------------------------


def own_name(
    x: Float[Tensor, "batch dim"], mask: Bool[Tensor, "batch"]
) -> Float[Tensor, "kept dim"]:
    """What the mask keeps has a name of its own."""
    return x[mask]


def one_less(x: Float[Tensor, "batch seq"]) -> Float[Tensor, "batch seq-1"]:
    """The expression says so."""
    return x[:, 1:]


def doubled(x: Float[Tensor, "batch dim"]) -> Float[Tensor, "2*batch dim"]:
    """The expression says so."""
    return torch.cat([x, x])


def broadcast(x: Float[Tensor, "batch 1"]) -> Float[Tensor, "#batch #dim"]:
    """An extent of 1 is allowed."""
    return x


def any_rank(x: Float[Tensor, "*batch dim"]) -> Float[Tensor, "*batch"]:
    """How many axes there are is not known."""
    return x.sum(-1)


def square(x: Float[Tensor, "n m"]) -> Float[Tensor, "m n"]:
    """A test has made both the same."""
    if x.shape[0] == x.shape[1]:
        return x
    return x.t()


def unknown(x: Float[Tensor, "batch dim"], other: Tensor) -> Float[Tensor, "batch"]:
    """Nothing is known of what is returned."""
    return other


def given_size(x: Float[Tensor, "batch dim"], size: int) -> Float[Tensor, "batch dim"]:
    """The size may be that of the batch."""
    return torch.zeros(size, x.shape[1])


@vmap
def for_each(x: Float[Tensor, "dim"]) -> Float[Tensor, "batch dim"]:
    """The decorator adds an axis to what is returned."""
    return x * 2


def several(x: Float[Tensor, "batch dim"]) -> Float[Tensor, "batch"] | Float[Tensor, "batch dim"]:
    """Two kinds of result are declared."""
    return x


def by_argument(x: Float[Tensor, "batch dim"], times: int) -> Float[Tensor, "{times}*batch dim"]:
    """An argument decides."""
    return x.repeat(times, 1)


def sliced(x: Float[Tensor, "batch dim"], most: int) -> Float[Tensor, "batch dim"]:
    """There may be no more rows than are taken."""
    return x[:most]


def same_rows(x: Float[Tensor, "n 3"], y: Float[Tensor, "m 3"]):
    """Arguments of which nothing says that they differ."""
    return distance(x, torch.zeros(7, 3)), distance(x, y)


def filled(x: Float[Tensor, "batch dim"]) -> Float[Tensor, "batch dim"]:
    """What is squeezed has as many axes as the data says."""
    return x.unsqueeze(0).squeeze()


def scaled(x: Float[Tensor, "n m"], variance: Float[Tensor, ""], kernel) -> Float[Tensor, "n m"]:
    """A scalar and what a call gives have the shape of what it gives."""
    return variance * kernel(x)


def across(x: Float[Tensor, "n d"], y: Float[Tensor, "m d"]) -> Float[Tensor, "m d"]:
    """One of the two may have a single row."""
    return x + y


def around(
    x: Float[Tensor, "batch seq"], rows: Int[Tensor, "k"], columns: Int[Tensor, "k"]
) -> Float[Tensor, "k"]:
    """Two arrays of positions give one axis together."""
    return x[rows, columns]


@vmap
def of_one(x: Float[Tensor, "d"]) -> Float[Tensor, ""]:
    return x.sum()


def of_all(x: Float[Tensor, "n d"]):
    """The decorator takes the first axis away before the function sees it."""
    return of_one(x)


def pieces(x: Float[Tensor, "batch dim"]):
    """What a generator gives is no result of the function."""
    for row in x:
        yield row
