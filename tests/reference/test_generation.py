"""generate(): every row gets the tokens that it would get alone, with and without a cache of keys."""

from __future__ import annotations

import pytest
import torch
import transformers
from adapters import LoRAConfig, SeqBnConfig
from adapters.composition import BatchSplit, MultiTask, Parallel, Stack
from adapters.context import AdapterSetup
from models import GPT, SIZES, T5, TWO_STACKS, prefix, with_adapters

from shapeguard import reference

pytestmark = [
    pytest.mark.adapters,
    pytest.mark.filterwarnings("ignore::FutureWarning"),  # adapters calls T5 the old way
]

DECODER = {**GPT, "n_positions": 64}
FAMILIES = {
    "gpt2": ("GPT2LMHeadModel", "GPT2Config", DECODER),
    "llama": ("LlamaForCausalLM", "LlamaConfig", {**SIZES, "num_key_value_heads": 2}),
    "mistral": ("MistralForCausalLM", "MistralConfig", {**SIZES, "num_key_value_heads": 2}),
    "t5": (
        "T5ForConditionalGeneration",
        "T5Config",
        T5,
    ),
    "bart": (
        "BartForConditionalGeneration",
        "BartConfig",
        TWO_STACKS,
    ),
}
CASES = [
    (name, each)
    for name in FAMILIES
    for each in ("eager", "sdpa")
    if (name, each) != ("t5", "sdpa")
]
PREFIXES = {"a": prefix(4), "b": prefix(2), "c": prefix(3, gated=True)}
ROWS = 3
NEW = 5


@pytest.fixture(autouse=True)
def installed():
    with reference.installed():
        yield


def model_of(family, attention, methods):
    model_name, config_name, sizes = FAMILIES[family]
    config = getattr(transformers, config_name)(
        **sizes, attn_implementation=attention, pad_token_id=0, eos_token_id=None
    )
    if family in {"t5", "bart"}:
        config.decoder_start_token_id = 1
        config.forced_eos_token_id = None
    return with_adapters(getattr(transformers, model_name), config, methods)


def inputs_of(rows=ROWS):
    generator = torch.Generator().manual_seed(3)
    ids = torch.randint(3, 100, (rows, 6), generator=generator)
    mask = torch.ones_like(ids)
    mask[1, :2] = 0  # decoders are padded on the left
    return {"input_ids": ids, "attention_mask": mask}


def generated(model, setup, inputs, **options):
    model.set_active_adapters(setup)
    return model.generate(
        **inputs, max_new_tokens=NEW, min_new_tokens=NEW, do_sample=False, **options
    )


def alone(model, chain, row, **options):
    own = {name: value[row : row + 1] for name, value in inputs_of().items()}
    return generated(model, Stack(*chain), own, **options)[0]


@pytest.mark.parametrize("use_cache", [True, False])
@pytest.mark.parametrize(("family", "attention"), CASES)
@pytest.mark.parametrize(
    "methods",
    [PREFIXES, dict.fromkeys("abc", SeqBnConfig(reduction_factor=4))],
    ids=["prefix", "bottleneck"],
)
def test_shares_of_a_batch(family, attention, methods, use_cache):
    model = model_of(family, attention, methods)
    setup = BatchSplit("a", Stack("b", "c"), "c", batch_sizes=[2, 1, 0])
    together = generated(model, setup, inputs_of(), use_cache=use_cache)
    for row, chain in enumerate([("a",), ("a",), ("b", "c")]):
        assert torch.equal(together[row], alone(model, chain, row, use_cache=use_cache))


@pytest.mark.parametrize(("family", "attention"), CASES)
def test_channels(family, attention):
    model = model_of(family, attention, PREFIXES)
    together = generated(model, Parallel("a", Stack("b", "c")), inputs_of())
    for row in range(ROWS):
        assert torch.equal(together[row], alone(model, ("a",), row))
        assert torch.equal(together[ROWS + row], alone(model, ("b", "c"), row))


def test_tasks():
    model = model_of("gpt2", "eager", dict.fromkeys("ab", LoRAConfig(r=2)))
    ids = torch.tensor([1, 0, 1])
    together = generated(model, MultiTask("a", "b"), inputs_of(), task_ids=ids)
    for row, name in enumerate("bab"):
        assert torch.equal(together[row], alone(model, (name,), row))


@pytest.mark.parametrize("family", ["gpt2", "bart"])
def test_beams_follow_their_row(family):
    model = model_of(family, "eager", PREFIXES)
    together = generated(
        model, MultiTask("a", "b"), inputs_of(), task_ids=torch.tensor([1, 0, 1]), num_beams=2
    )
    for row, name in enumerate("bab"):
        assert torch.equal(together[row], alone(model, (name,), row, num_beams=2))


@pytest.mark.parametrize(("family", "attention"), CASES)
def test_a_cache_changes_nothing(family, attention):
    """In LLaMA and Mistral adapters leaves the cache empty, under transformers 4.57."""
    model = model_of(family, attention, PREFIXES)
    setup = BatchSplit("a", "b", batch_sizes=[2, 1])
    with_cache, without = (
        generated(
            model,
            setup,
            inputs_of(),
            use_cache=each,
            output_logits=True,
            return_dict_in_generate=True,
        )
        for each in (True, False)
    )
    for one, other in zip(with_cache.logits, without.logits, strict=True):
        torch.testing.assert_close(one, other, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("family", ["gpt2", "t5"])
def test_the_setup_of_a_context_decides_the_copies(family):
    model = model_of(family, "eager", PREFIXES)
    model.set_active_adapters(Parallel("a", "b"))
    options = {"max_new_tokens": NEW, "min_new_tokens": NEW, "do_sample": False}
    with AdapterSetup("a"):
        assert len(model.generate(**inputs_of(), **options)) == ROWS
    model.set_active_adapters("a")
    with AdapterSetup(Parallel("a", "b")):
        assert len(model.generate(**inputs_of(), **options)) == 2 * ROWS
