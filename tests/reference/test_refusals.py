"""What cannot be composed right is refused at the start of the forward pass, and says what and why."""

from __future__ import annotations

import pytest
import torch
from adapters import (
    DoRAConfig,
    IA3Config,
    LoRAConfig,
    LoReftConfig,
    ParBnConfig,
    PromptTuningConfig,
    SeqBnConfig,
    SeqBnInvConfig,
)
from adapters.composition import Average, BatchSplit, Fuse, MultiTask, Parallel, Split, Stack
from adapters.context import AdapterSetup
from models import SIZES, batch, prefix, tiny_bert, with_adapters
from operations import Operations
from transformers import CLIPTextConfig, CLIPTextModel, GPT2Config, GPT2Model

from shapeguard import reference
from shapeguard.errors import CompositionError

pytestmark = pytest.mark.adapters

INNER = LoRAConfig(r=2, selfattn_lora=False, intermediate_lora=True)


@pytest.fixture(autouse=True)
def installed():
    with reference.installed():
        yield


def split(*children, sizes):
    return BatchSplit(*children, batch_sizes=sizes)


def bottleneck(*, norm=True):
    return SeqBnConfig(reduction_factor=4, original_ln_after=norm)


@pytest.mark.parametrize(
    ("methods", "setup", "reason"),
    [
        (prefix(4), Average("a", "b"), r"prefix tuning has no Average composition: Average\(a, b"),
        (prefix(4), Stack("a", Average("b", "c")), "prefix tuning has no Average"),
        (prefix(4), split("a", Average("b", "c"), sizes=[3, 0]), None),
        (prefix(4), Split("a", "b", splits=[2, 4]), "prefix tuning has no Split"),
        (LoRAConfig(r=2), Split("a", "b", splits=[2, 4]), "LoRA has no Split composition"),
        (LoRAConfig(r=2), Fuse("a", "b"), "LoRA has no Fuse composition"),
        (INNER, Stack("a", "b"), "a -> b feeds the update .* goes from 32 to 48 features"),
        (DoRAConfig(r=2), Stack(Average("a", "b"), "c"), "no adapter can be stacked"),
        (IA3Config(), Stack(Average("a", "b"), "c"), "no adapter can be stacked"),
        (LoReftConfig(r=2), Split("a", "b", splits=[2, 4]), "ReFT has no Split"),
        (LoReftConfig(r=2), Fuse("a", "b"), "ReFT has no Fuse"),
        (PromptTuningConfig(prompt_length=2), Average("a", "b"), "prompt tuning has no Average"),
        (SeqBnInvConfig(reduction_factor=4), Fuse("a", "b"), "invertible adapters have no Fuse"),
        (bottleneck(), Fuse("a", "b"), r"no fusion layer 'a,b': add it with add_adapter_fusion"),
        (bottleneck(), Split("a", "b", splits=[2, 3]), "add up to 5, of 6 tokens"),
    ],
    ids=str,
)
def test_what_a_method_cannot_compose(methods, setup, reason):
    model = tiny_bert(dict.fromkeys("abc", methods))
    model.set_active_adapters(setup)
    if reason is None:
        model(**batch(3))
        return
    with pytest.raises(CompositionError, match=reason):
        model(**batch(3))


def test_an_average_of_bottlenecks_that_end_differently():
    model = tiny_bert({"a": bottleneck(), "b": bottleneck(norm=False)})
    model.set_active_adapters(Average("a", "b"))
    with pytest.raises(CompositionError, match="do not agree on original_ln_after"):
        model(**batch(3))


def test_prompts_of_different_length():
    model = tiny_bert(
        {name: PromptTuningConfig(prompt_length=at) for name, at in [("a", 2), ("b", 3)]}
    )
    model.set_active_adapters(split("a", "b", sizes=[1, 2]))
    with pytest.raises(CompositionError, match="rows get 2 through a, 3 through b tokens"):
        model(**batch(3))
    model.set_active_adapters(split("a", "b", sizes=[0, 3]))
    assert model(**batch(3)).last_hidden_state.shape == (3, 9, 32)


@pytest.mark.parametrize(
    ("setup", "task_ids", "reason"),
    [
        (split("a", "b", sizes=[2, 2]), None, "add up to 4, and 3 rows reach"),
        (MultiTask("a", "b"), None, "needs task_ids"),
        (MultiTask("a", "b"), torch.tensor([0, 1]), "there are 2 task_ids for the 3 rows"),
        (MultiTask("a", "b"), ["a", "b", "x"], "task id 'x'"),
        (Stack(Parallel("a", "b"), Parallel("a", "b", "c")), None, "not as many channels"),
    ],
    ids=str,
)
@pytest.mark.parametrize("method", [prefix(4), LoRAConfig(r=2), ParBnConfig(reduction_factor=4)])
def test_arguments_that_do_not_fit_the_batch(method, setup, task_ids, reason):
    model = tiny_bert(dict.fromkeys("abc", method))
    model.set_active_adapters(setup)
    more = {} if task_ids is None else {"task_ids": task_ids}
    with pytest.raises(CompositionError, match=reason):
        model(**batch(3), **more)


def test_nothing_is_computed_before_a_refusal():
    model = tiny_bert({name: prefix(4) for name in "ab"})
    model.set_active_adapters(Average("a", "b"))
    inputs = batch(3)
    with Operations() as operations, pytest.raises(CompositionError):
        model(**inputs)
    assert not operations.seen


def test_a_family_that_was_not_judged_takes_one_prefix_for_all_rows():
    config = CLIPTextConfig(**SIZES, bos_token_id=1, eos_token_id=2, pad_token_id=0)
    clip = with_adapters(CLIPTextModel, config, {"a": prefix(2), "b": LoRAConfig(r=2)})
    clip.set_active_adapters(split("a", "b", sizes=[1, 1]))
    with pytest.raises(CompositionError, match=r"albert, .*, xmod, and not for clip_text_model"):
        clip(**batch(2))
    for name in "ab":
        clip.set_active_adapters(name)
        assert clip(**batch(2)).last_hidden_state.shape == (2, 6, 32)


def test_a_layer_outside_of_a_forward_pass_of_the_model():
    model = tiny_bert({"a": prefix(2), "b": LoRAConfig(r=2), "c": LoRAConfig(r=2)})
    hidden = torch.ones(4, 6, 32)
    model.set_active_adapters(Parallel("b", "c"))
    with pytest.raises(CompositionError, match=r"copies its input for .*, and this is no forward"):
        model.encoder(hidden)
    model.set_active_adapters("a")
    with pytest.raises(CompositionError, match="made by the model, and this is no forward pass"):
        model.encoder(hidden)


def test_names_that_the_model_does_not_have():
    model = tiny_bert({"a": LoRAConfig(r=2)})
    with (
        AdapterSetup(split("typo", "a", sizes=[1, 2])),
        pytest.raises(CompositionError, match="the model has no adapter 'typo'"),
    ):
        model(**batch(3))


def test_a_batch_without_rows():
    model = tiny_bert({"a": LoRAConfig(r=2)})
    model.set_active_adapters("a")
    with pytest.raises(CompositionError, match="the batch has no rows"):
        model(torch.ones(0, 6, dtype=torch.int64))


def test_beams_are_named():
    model = tiny_bert(dict.fromkeys("ab", LoRAConfig(r=2)))
    model.set_active_adapters(split("a", "b", sizes=[1, 2]))
    with pytest.raises(
        CompositionError, match=r"6 rows reach .* if these are beams, use MultiTask"
    ):
        model(**batch(6))


def test_lora_on_a_joint_projection_cannot_be_stacked():
    config = GPT2Config(vocab_size=100, n_embd=32, n_layer=1, n_head=4, n_positions=32)
    gpt2 = with_adapters(GPT2Model, config, {name: LoRAConfig(r=2) for name in "ab"})
    gpt2.set_active_adapters(Stack("a", "b"))
    with pytest.raises(CompositionError, match="on a joint projection cannot be stacked: a -> b"):
        gpt2(**batch(2))
