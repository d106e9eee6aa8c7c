"""Contracts beside what else a training program does: each thing runs, and comes out as without them."""

from __future__ import annotations

import copy
import io
import pickle
import threading

import pytest
import torch

pytest.importorskip("adapters")

import adapters
import models
from adapters.composition import BatchSplit, Stack
from adapters.methods.bottleneck import BottleneckLayer
from jaxtyping import Float  # noqa: TC002 - contracts resolve annotations at run time
from torch import distributed
from torch.distributed.fsdp import fully_shard
from torch.nn.parallel import DistributedDataParallel
from transformers import GPT2Config, GPT2LMHeadModel

import shapeguard
from shapeguard.errors import ShapeContractError

pytestmark = pytest.mark.adapters

RIGHT = BatchSplit("a", "b", batch_sizes=[2, 1])
WRONG = Stack(BatchSplit("a", "b", batch_sizes=[2, 1]), "c")


def made():
    model = models.tiny_bert({name: models.prefix() for name in "abc"})
    model.set_active_adapters(RIGHT)
    return model


@pytest.fixture
def model():
    return made()


@pytest.fixture
def process_group(tmp_path):
    rendezvous = f"file://{tmp_path / 'rendezvous'}"
    distributed.init_process_group("gloo", init_method=rendezvous, rank=0, world_size=1)
    yield
    distributed.destroy_process_group()


def states(model):
    with torch.no_grad():
        return model(**models.batch(3)).last_hidden_state


def test_training_with_backward(model):
    model.train_adapter(RIGHT)
    model.set_active_adapters(RIGHT)
    gradients = []
    for guarded in (False, True):
        model.zero_grad()
        torch.manual_seed(0)
        activation = shapeguard.debug() if guarded else torch.enable_grad()
        with activation:
            model(**models.batch(3)).last_hidden_state.square().mean().backward()
        gradients.append([p.grad.clone() for p in model.parameters() if p.grad is not None])
    assert gradients[0]
    assert all(map(torch.equal, *gradients))


def test_gradients_of_functions():
    from adapters.composition import adjust_tensors_for_parallel  # noqa: PLC0415 - wrapped below

    with shapeguard.debug():
        import adapters.composition as wrapped  # noqa: PLC0415 - as above

        def repeated(x):
            return wrapped.adjust_tensors_for_parallel(torch.ones(4, 2), x)[0].sum()

        gradient = torch.func.grad(repeated)(torch.ones(2, 2))
    assert torch.equal(gradient, torch.full((2, 2), 2.0))
    assert adjust_tensors_for_parallel is wrapped.adjust_tensors_for_parallel


@pytest.mark.parametrize("options", [{}, {"dynamic": True}], ids=["default", "dynamic"])
def test_a_compiled_model_runs_the_plain_code(model, options):
    plain = states(model)
    torch._dynamo.reset()
    with shapeguard.debug():
        compiled = torch.compile(model, backend="eager", **options)
        assert torch.allclose(states(compiled), plain, atol=1e-6)
    torch._dynamo.reset()


@pytest.mark.parametrize("wrap", [DistributedDataParallel, fully_shard], ids=["ddp", "fsdp2"])
def test_a_distributed_model(process_group, model, wrap):
    model.train_adapter(RIGHT)
    model.eval()
    model.set_active_adapters(RIGHT)
    plain = states(model)
    wrapped = wrap(model)
    with shapeguard.debug():
        assert torch.allclose(states(wrapped), plain, atol=1e-6)
        model.set_active_adapters(WRONG)
        with pytest.raises(ShapeContractError):
            states(wrapped)


def test_generation_with_a_cache():
    config = GPT2Config(
        vocab_size=100,
        n_embd=32,
        n_layer=2,
        n_head=4,
        n_positions=64,
        bos_token_id=0,
        eos_token_id=0,
    )
    model = models.with_adapters(
        GPT2LMHeadModel, config, {name: adapters.SeqBnConfig(reduction_factor=4) for name in "ab"}
    )
    model.set_active_adapters(RIGHT)
    inputs = models.batch(3, mask="full")
    asked = {"max_new_tokens": 4, "min_new_tokens": 4, "do_sample": False, "pad_token_id": 0}
    plain = model.generate(**inputs, **asked)
    with shapeguard.debug():
        assert torch.equal(model.generate(**inputs, **asked), plain)
    assert plain.shape == (3, models.TOKENS + 4)


def test_copies_pickles_and_state_dicts_made_under_contracts_work_without(model):
    plain = states(model)
    layer = BottleneckLayer("output_adapter")  # a model of adapters cannot be pickled at all
    with shapeguard.debug():
        copied, pickled = copy.deepcopy(model), pickle.dumps(layer)
        file = io.BytesIO()
        torch.save(model.state_dict(), file)
    assert torch.equal(states(copied), plain)
    loaded = pickle.loads(pickled)  # noqa: S301 - made a line ago
    assert type(loaded) is BottleneckLayer
    assert loaded.location_key == "output_adapter"
    other = made()
    file.seek(0)
    other.load_state_dict(torch.load(file))
    assert torch.equal(states(other), plain)


def test_threads_have_paths_of_their_own():
    errors = []

    def work(setup):
        model = made()
        model.set_active_adapters(setup)
        try:
            states(model)
        except ShapeContractError as error:
            errors.append(error.share)

    with shapeguard.debug():
        threads = [threading.Thread(target=work, args=(setup,)) for setup in (RIGHT, WRONG, RIGHT)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    assert errors == ["Stack[2 of 2] > c"]


def test_nested_tensors_have_no_extents_to_check():
    ragged = torch.nested.nested_tensor([torch.ones(2, 3), torch.ones(1, 3)], layout=torch.jagged)

    @shapeguard.contract
    def rows(x: torch.Tensor) -> torch.Tensor:
        return x

    assert rows(ragged) is ragged


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors:UserWarning")
def test_a_nested_tensor_in_the_old_layout_tells_no_shape():
    ragged = torch.nested.nested_tensor([torch.ones(2, 3), torch.ones(1, 3)])

    @shapeguard.contract
    def rows(x: Float[torch.Tensor, "b l d"] | None) -> Float[torch.Tensor, "b l d"]:
        return x

    rows(torch.ones(1, 2, 3))  # now class and dtype are known
    assert rows(ragged) is ragged
