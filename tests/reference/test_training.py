"""Training: gradients of every row alone, and of its own adapters; dropout; checkpoints; half precision."""

from __future__ import annotations

import pytest
import torch
from adapters import DoRAConfig, IA3Config, LoRAConfig, ParBnConfig, SeqBnConfig, UniPELTConfig
from adapters.composition import Average, BatchSplit, MultiTask, Parallel
from models import batch, prefix, tiny_bert

from shapeguard import reference
from shapeguard.oracle import assert_rowwise_equal

pytestmark = pytest.mark.adapters

METHODS = {
    "prefix": {"a": prefix(4), "b": prefix(2), "c": prefix(3, gated=True)},
    "lora": dict.fromkeys("abc", LoRAConfig(r=2)),
    "dora": dict.fromkeys("abc", DoRAConfig(r=2)),
    "lora and ia3": {"a": LoRAConfig(r=2), "b": IA3Config(), "c": LoRAConfig(r=2, use_gating=True)},
    "seq_bn and par_bn": {
        "a": SeqBnConfig(reduction_factor=4),
        "b": ParBnConfig(reduction_factor=4),
        "c": SeqBnConfig(reduction_factor=4, leave_out=[0]),
    },
    "unipelt": dict.fromkeys("abc", UniPELTConfig()),
}
SETUPS = [
    BatchSplit("a", "b", batch_sizes=[0, 3]),
    BatchSplit("a", "b", "c", batch_sizes=[1, 1, 1]),
    Parallel("a", BatchSplit("b", "c", batch_sizes=[2, 1])),
]


@pytest.fixture(autouse=True)
def installed():
    with reference.installed():
        yield


@pytest.mark.parametrize("setup", SETUPS, ids=str)
@pytest.mark.parametrize("method", METHODS)
def test_gradients_are_those_of_the_rows_alone(method, setup):
    model = tiny_bert(METHODS[method])
    assert_rowwise_equal(model, setup, batch(3, mask="padded"), gradients=True)


@pytest.mark.parametrize("method", METHODS)
def test_no_gradient_reaches_an_adapter_without_rows(method):
    model = tiny_bert(METHODS[method])
    model.train_adapter(BatchSplit("a", "b", batch_sizes=[0, 3]))
    model(**batch(3)).last_hidden_state.pow(2).sum().backward()
    grads = {
        name: any(
            parameter.grad is not None and bool(parameter.grad.any())
            for path, parameter in model.named_parameters()
            if name in path.split(".")
        )
        for name in "ab"
    }
    assert grads == {"a": False, "b": True}


@pytest.mark.parametrize("method", METHODS)
def test_gradient_checkpoints_change_nothing(method):
    grads = []
    for checkpoints in (False, True):
        model = tiny_bert(METHODS[method])
        setup = BatchSplit("a", "b", batch_sizes=[2, 1])
        model.train_adapter(setup)
        model.eval()
        if checkpoints:
            model.train()
            for module in model.modules():
                if isinstance(module, torch.nn.Dropout):
                    module.p = 0.0
            model.gradient_checkpointing_enable({"use_reentrant": False})
        model(**batch(3)).last_hidden_state.pow(2).sum().backward()
        grads.append([p.grad for p in model.parameters() if p.grad is not None])
    assert len(grads[0]) == len(grads[1]) > 0
    for one, other in zip(*grads, strict=True):
        torch.testing.assert_close(one, other, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("attention", ["eager", "sdpa"])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("setup", SETUPS, ids=str)
def test_half_precision_runs_and_is_near(method, attention, setup):
    model = tiny_bert(METHODS[method], attention=attention)
    model.set_active_adapters(setup)
    inputs = batch(3, mask="padded")
    with torch.no_grad():
        exact = model(**inputs).last_hidden_state
        with torch.autocast("cpu", dtype=torch.bfloat16):
            mixed = model(**inputs).last_hidden_state
        model.to(torch.bfloat16)
        half = model(**inputs).last_hidden_state
    assert half.dtype == torch.bfloat16
    scale = exact.abs().max()
    assert (mixed.float() - exact).abs().max() < 0.1 * scale
    assert (half.float() - exact).abs().max() < 0.15 * scale


def test_an_average_of_tasks_trains_both():
    model = tiny_bert(METHODS["lora"])
    model.set_active_adapters(MultiTask(Average("a", "b"), "c"))
    ids = torch.tensor([0, 1, 0])
    model(**batch(3), task_ids=ids).last_hidden_state.pow(2).sum().backward()
    for name in "abc":
        reached = [p.grad for path, p in model.named_parameters() if name in path.split(".")]
        assert any(grad is not None and grad.any() for grad in reached)
