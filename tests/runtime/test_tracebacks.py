"""What a traceback shows of an error that has passed through contracts: nothing of ours."""

from __future__ import annotations

import traceback

import pytest
import torch

pytest.importorskip("adapters")

import models
from adapters.composition import BatchSplit, Stack
from jaxtyping import Float  # noqa: TC002 - contracts resolve annotations at run time

import shapeguard
from shapeguard.errors import ShapeContractError
from shapeguard.runtime import signature


@pytest.fixture
def model():
    model = models.tiny_bert({name: models.prefix() for name in "abc"})
    model.set_active_adapters(Stack(BatchSplit("a", "b", batch_sizes=[2, 1]), "c"))
    return model


def frames_of_ours(error):
    text = "".join(traceback.format_exception(error))  # causes and contexts included
    return text.count("shapeguard/runtime")


@pytest.mark.parametrize("mode", ["error", "collect"])
@pytest.mark.adapters
def test_no_frame_of_ours_stands_in_a_traceback(model, mode):
    with shapeguard.debug(mode), pytest.raises((ShapeContractError, RuntimeError)) as caught:
        model(**models.batch(3))
    assert isinstance(caught.value, ShapeContractError) == (mode == "error")
    assert frames_of_ours(caught.value) == 0


@shapeguard.contract
def inner(x: Float[torch.Tensor, "n d"]) -> None:
    raise KeyboardInterrupt


@shapeguard.contract
def outer(x: Float[torch.Tensor, "n d"]) -> None:
    inner(x)


@pytest.mark.parametrize(
    ("call", "error", "last"),
    [
        (lambda: outer(torch.ones(2, 1)), KeyboardInterrupt, "inner"),
        (lambda: outer(1, 2, 3), TypeError, "<lambda>"),
        (lambda: outer(torch.ones(2)), ShapeContractError, "<lambda>"),
    ],
)
def test_no_frame_of_ours_stands_in_the_tracebacks_of_own_functions(call, error, last):
    with pytest.raises(error) as caught:
        call()
    assert frames_of_ours(caught.value) == 0
    assert traceback.extract_tb(caught.value.__traceback__)[-1].name == last
    assert caught.value.__context__ is None


def test_an_error_of_the_machinery_itself_keeps_the_frames_in_which_it_fails(monkeypatch):
    def fail(*_):
        raise KeyError

    monkeypatch.setattr(signature.Contract, "arguments", fail)
    with pytest.raises(KeyError) as caught:
        outer(torch.ones(2, 1))
    assert traceback.extract_tb(caught.value.__traceback__)[-1].name == "fail"
