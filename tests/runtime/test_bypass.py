# ruff: noqa: TC002 - contracts resolve these annotations at run time
from __future__ import annotations

import pytest
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils.checkpoint import checkpoint

import shapeguard
from shapeguard.errors import ShapeContractError


@shapeguard.contract
def add(x: Float[Tensor, "batch dim"], y: Float[Tensor, "batch dim"]) -> Float[Tensor, "batch dim"]:
    return x + y


class Layer(nn.Module):
    def forward(self, x):
        return add(x, x * 2)


def mismatched():
    return torch.ones(2, 3), torch.ones(1, 3)


def test_eager_calls_are_checked():
    with pytest.raises(ShapeContractError):
        add(*mismatched())


def test_compiled_code_has_one_graph_and_no_check():
    seen = []

    def backend(graph, _example):
        seen.append(graph)
        return graph.forward

    torch._dynamo.reset()
    compiled = torch.compile(add, backend=backend, fullgraph=True)
    assert compiled(*mismatched()).shape == (2, 3)
    assert len(seen) == 1


def test_export_is_bypassed():
    program = torch.export.export(Layer(), (torch.ones(2, 3),))
    assert program.module()(torch.ones(2, 3)).sum() == 18


@pytest.mark.filterwarnings("ignore:`torch.jit.trace:DeprecationWarning")  # still in use
def test_tracing_is_bypassed():
    # the check of the trace runs the function again, eagerly
    traced = torch.jit.trace(lambda x: add(x, x[:1]), torch.ones(2, 3), check_trace=False)
    assert traced(torch.ones(2, 3)).shape == (2, 3)


def test_recording_with_fx_is_bypassed():
    recorded = torch.fx.symbolic_trace(Layer())
    assert recorded(torch.ones(2, 3)).sum() == 18


def test_vmap_fake_meta_autocast_and_checkpoint_are_checked_and_work():
    assert torch.vmap(lambda x: add(x, x))(torch.ones(4, 2, 3)).shape == (4, 2, 3)
    assert add(torch.ones(2, 3, device="meta"), torch.ones(2, 3, device="meta")).shape == (2, 3)
    with FakeTensorMode():
        assert add(torch.ones(2, 3), torch.ones(2, 3)).shape == (2, 3)
        with pytest.raises(ShapeContractError):
            add(*mismatched())
    with torch.autocast("cpu", dtype=torch.bfloat16):
        half = torch.ones(2, 2) @ torch.ones(2, 3)
        assert add(half, half).dtype == torch.bfloat16
    x = torch.ones(2, 3, requires_grad=True)
    checkpoint(add, x, x, use_reentrant=False).sum().backward()
    assert x.grad is not None
    assert x.grad.sum() == 12
