"""Contracts look at shapes alone: under them not one operation on tensors is added, so nothing waits."""

from __future__ import annotations

import pytest
import torch

pytest.importorskip("adapters")

import adapters
import models
from adapters.composition import Average, BatchSplit, Fuse, Parallel, Split, Stack
from operations import Operations
from releases import MultiTask, known

import shapeguard

pytestmark = pytest.mark.adapters

METHODS = {
    "prefix": lambda: models.prefix(gated=True),
    "bottleneck": lambda: adapters.SeqBnConfig(reduction_factor=4),
    "lora": lambda: adapters.LoRAConfig(r=2),
}
SETUPS = {
    "batch split": BatchSplit("a", "b", batch_sizes=[2, 1]),
    "empty share": BatchSplit("a", "b", batch_sizes=[0, 3]),
    "parallel": Parallel("a", Stack("b", "c")),
    "tasks": MultiTask("a", "b"),
}
OF_BOTTLENECKS = {
    "average": Average("a", "b", weights=[0.5, 0.5]),
    "fusion": Fuse("a", "b"),
    "positions": Split("a", "b", splits=[2, 4]),
}
CASES = [
    *((method, name) for method in ("prefix", "bottleneck", "lora") for name in SETUPS),
    *(("bottleneck", name) for name in OF_BOTTLENECKS),
]


def operations(model, setup, **debug):
    model.set_active_adapters(known(setup))
    ids = {"task_ids": torch.tensor([1, 0, 1])} if isinstance(setup, MultiTask) else {}
    inputs = models.batch(3, mask="padded")
    operations = Operations()
    with torch.no_grad(), operations:
        if debug:
            with shapeguard.debug(**debug):
                model(**inputs, **ids)
        else:
            model(**inputs, **ids)
    return operations.seen


@pytest.mark.parametrize("level", ["shapes", "strict"])
@pytest.mark.parametrize(("method", "name"), CASES)
def test_a_run_under_contracts_is_made_of_the_same_operations(method, name, level):
    if (method, name) == ("lora", "parallel"):
        pytest.skip("BERT does not take replicated keys")
    model = models.tiny_bert({each: METHODS[method]() for each in "abc"})
    if method == "bottleneck":
        model.add_adapter_fusion(Fuse("a", "b"))
        model.eval()
    setup = {**SETUPS, **OF_BOTTLENECKS}[name]
    plain = operations(model, setup)
    assert plain
    assert operations(model, setup, level=level) == plain


def test_what_waits_for_a_device_is_an_operation():
    """So that the test above can fail."""
    operations = Operations()
    with operations:
        assert torch.ones(1).item() == 1
    assert "aten._local_scalar_dense.default" in operations.seen
