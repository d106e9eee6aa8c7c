"""Shapes that do not meet inside a method of adapters: it is named, and what torch said is its cause."""

from __future__ import annotations

import re

import pytest
import torch

pytest.importorskip("adapters")

import models
from adapters.composition import BatchSplit, Parallel, Stack

import shapeguard
from shapeguard.errors import ShapeContractError
from shapeguard.runtime import inner
from shapeguard.runtime.scope import Scope

pytestmark = pytest.mark.adapters
GATED = Stack("a", Parallel("b", "c"))
"""In the second layer the rows of "a" have been replicated already, and its gate with them."""


@pytest.fixture(scope="module")
def gated():
    return models.tiny_bert({name: models.prefix(gated=True) for name in "abc"})


def run(model, setup):
    model.set_active_adapters(setup)
    with torch.no_grad():
        return model(**models.batch(3))


def broken(model, setup):
    with shapeguard.debug(), pytest.raises(ShapeContractError) as caught:
        run(model, setup)
    return caught.value


def test_the_method_is_named_and_what_torch_said_is_the_cause(gated):
    with pytest.raises(RuntimeError) as plain:
        run(gated, GATED)
    error = broken(gated, GATED)
    assert (error.code, error.method) == ("SG510", "PrefixTuningLayer.compose_single")
    assert (error.layer, error.location, error.adapter) == (1, "self_prefix", "a")
    assert error.blame == "method"
    assert type(error.__cause__) is RuntimeError
    assert str(error.__cause__) == str(plain.value)


@pytest.mark.parametrize(
    "phrase",
    [
        r"^PrefixTuningLayer\.compose_single: RuntimeError at .*prefix_tuning\.py:\d+, although the arg",
        r"^  expected     shapes that meet$",
        r"^  found        The size of tensor a \(3\) must match the size of tensor b \(6\)",
        r"^  axes         name, extent, bound by$",
        r"^  path         Stack\[1 of 2\] > a$",
        r"^  blame        the method PrefixTuningLayer\.compose_single$",
        r"^  hint         What the method makes of its arguments does not meet",
        r"^  rule         SG510 shape-error-inside; seen in source by SG101",
    ],
)
def test_the_message_says(gated, phrase):
    message = str(broken(gated, GATED))
    assert re.search(phrase, message, re.MULTILINE), message
    assert len(message.splitlines()) <= 25


def test_an_empty_share_inside_is_marked_and_advised_on(gated):
    error = broken(gated, Parallel("c", BatchSplit("a", "b", batch_sizes=[3, 0])))
    assert (error.code, error.axis, error.adapter) == ("SG510", "batch", "b")
    assert re.search(
        r"^             > batch +0  state\.key_states axis 0$", str(error), re.MULTILINE
    )
    assert "An extent of 0 is an empty share" in str(error)


def test_in_mode_collect_the_program_sees_its_own_error_and_it_is_kept_once(gated):
    with shapeguard.debug(mode="collect"):
        with pytest.raises(RuntimeError, match="must match the size") as caught:
            run(gated, GATED)
        assert type(caught.value) is RuntimeError
        (finding,) = shapeguard.violations()
    assert (finding.code, finding.function) == (
        "SG510",
        "ComposableAdapterLayerBase.compose_stack",
    )


def test_more_rows_of_a_prefix_than_of_an_empty_share_are_named_before_they_are_joined():
    model = models.tiny_bert({name: models.prefix() for name in "abc"})
    error = broken(model, Parallel("c", BatchSplit("a", "b", batch_sizes=[3, 0])))
    assert (error.code, error.expected, error.actual) == ("SG501", 0, 3)
    assert "tensors[0] has 3 rows, more than the 0 of hidden_states" in str(error)
    assert (error.layer, error.adapter) == (0, "b")


def test_own_code_raises_what_it_means():
    @shapeguard.contract
    def joined(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return torch.cat([x, y])

    with shapeguard.debug(), pytest.raises(RuntimeError, match="Sizes of tensors must match"):
        joined(torch.zeros(2, 3), torch.zeros(2, 4))


X = torch.zeros(2, 3)
REFUSED = {
    "cat": lambda: torch.cat([X, torch.zeros(2, 4)]),
    "stack": lambda: torch.stack([X, torch.zeros(2, 4)]),
    "cat of nothing": lambda: torch.cat([]),
    "stack of nothing": lambda: torch.stack([]),
    "sum": lambda: X + torch.zeros(2, 4),
    "in place": lambda: X.clone().add_(torch.zeros(3, 3)),
    "view": lambda: X.view(4, -1),
    "view of nothing": lambda: X[:0].view(0, -1),
    "matmul": lambda: X @ X,
    "bmm": lambda: torch.bmm(torch.zeros(2, 3, 4), torch.zeros(1, 4, 3)),
    "linear": lambda: torch.nn.functional.linear(X, torch.zeros(2, 4)),
    "expand": lambda: X.expand(3, 3),
    "split": lambda: X.split([1, 2]),
    "mask": lambda: X[torch.ones(3, dtype=torch.bool)],
    "assignment": lambda: X.clone().__setitem__(slice(0, 1), torch.zeros(3, 3)),
    "assignment by mask": lambda: X.clone().__setitem__(
        torch.tensor([True, False]), torch.zeros(2, 3)
    ),
    "index": lambda: X[2],
    "indices": lambda: X[torch.tensor([2])],
    "narrow": lambda: X.narrow(0, 1, 2),
    "axis": lambda: X.sum(2),
    "max of nothing": X[:0].max,
    "max along nothing": lambda: X[:0].max(0),
    "repeat": lambda: X.repeat(2),
    "division": lambda: 3 // X[:0].shape[0],
    "copy": lambda: X.clone().copy_(torch.zeros(2, 4)),
    "masked_scatter": lambda: X.masked_fill(torch.zeros(3, 3, dtype=torch.bool), 0),
    "gather": lambda: X.gather(0, torch.zeros(3, 4, dtype=torch.long)),
    "unflatten": lambda: X.unflatten(1, (2, 2)),
    "cross entropy": lambda: torch.nn.functional.cross_entropy(X, torch.zeros(3, dtype=torch.long)),
    "attention": lambda: torch.nn.functional.scaled_dot_product_attention(
        torch.zeros(2, 2, 3, 4), torch.zeros(3, 2, 3, 4), torch.zeros(3, 2, 3, 4)
    ),
    "layer norm": lambda: torch.nn.functional.layer_norm(X, (4,)),
    "einsum": lambda: torch.einsum("ij,jk->ik", X, X),
}


@pytest.mark.parametrize("refused", REFUSED.values(), ids=REFUSED)
def test_what_torch_says_of_shapes_is_known(refused):
    with pytest.raises((RuntimeError, IndexError, ValueError, ZeroDivisionError)) as caught:
        refused()
    found = inner.complaint(caught.value, Scope({}))
    assert found is not None, str(caught.value)
    assert str(caught.value).splitlines()[0].startswith(str(found.actual).removesuffix("..."))
    assert inner.complaint(caught.value, Scope({})) is None


@pytest.mark.parametrize(
    "other",
    [
        RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        torch.OutOfMemoryError("CUDA out of memory"),
        RuntimeError("expected scalar type Float but found Half"),
        RuntimeError(
            "Expected all tensors to be on the same device, but found at least two devices"
        ),
        RuntimeError(""),
        ValueError("Adapter setup is invalid. Cannot nest Fuse[a, b] in BatchSplit[c, Fuse[a, b]]"),
        NotImplementedError(),
        KeyError("a"),
        TypeError("forward() missing 1 required positional argument: 'size mismatch'"),
    ],
    ids=str,
)
def test_what_is_about_anything_else_is_left_alone(other):
    assert inner.complaint(other, Scope({})) is None
