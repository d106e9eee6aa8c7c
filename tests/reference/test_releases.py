"""What every supported release of adapters has: methods, families and blocks of 1.1 and later."""

from __future__ import annotations

import pytest
import torch
import transformers
from adapters import LoRAConfig, NoReftConfig, ParBnConfig, PromptTuningConfig, SeqBnConfig
from adapters.composition import Average, BatchSplit, Parallel, Stack
from models import GPT, SIZES, T5, batch, prefix, with_adapters

from shapeguard import reference
from shapeguard.oracle import assert_rowwise_equal

pytestmark = [
    pytest.mark.adapters,
    pytest.mark.filterwarnings("ignore"),  # older releases call transformers the old way
]

FAMILIES = {
    "Bert": SIZES,
    "GPT2": GPT,
    "Llama": {**SIZES, "num_key_value_heads": 2},
    "T5": {**T5, "use_cache": False},
}
METHODS = {
    "prefix": {"a": prefix(4), "b": prefix(2, gated=True), "c": prefix(3, leave_out=[0])},
    "lora": dict.fromkeys("abc", LoRAConfig(r=2)),
    "bottleneck": {
        "a": SeqBnConfig(reduction_factor=4),
        "b": ParBnConfig(reduction_factor=4),
        "c": SeqBnConfig(reduction_factor=4, leave_out=[0]),
    },
    "reft": dict.fromkeys("abc", NoReftConfig(r=2)),
}
SETUPS = [
    "a",
    BatchSplit("a", "b", batch_sizes=[0, 3]),
    BatchSplit("a", BatchSplit("b", "c", batch_sizes=[1, 1]), batch_sizes=[1, 2]),
    Parallel("c", BatchSplit("a", "b", batch_sizes=[1, 2])),
]
STACKS = [
    Stack(BatchSplit("a", "b", batch_sizes=[2, 1]), "c"),
    BatchSplit(Stack("a", "b"), "c", batch_sizes=[1, 2]),
]


@pytest.fixture(autouse=True)
def installed():
    with reference.installed():
        yield


def model_of(family, methods, attention="eager"):
    config = getattr(transformers, f"{family}Config")(
        **FAMILIES[family], attn_implementation=attention
    )
    return with_adapters(getattr(transformers, f"{family}Model"), config, methods)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("method", METHODS)
def test_every_row_is_right(family, method):
    model = model_of(family, METHODS[method])
    decoder = {"decoder_input_ids": torch.randint(3, 100, (3, 7))} if family == "T5" else {}
    stacks = [] if method == "lora" and family != "Bert" else STACKS
    for setup in (*SETUPS, *stacks):
        assert_rowwise_equal(model, setup, {**batch(3, mask="padded"), **decoder})


@pytest.mark.parametrize("mask", ["none", "padded"])
@pytest.mark.parametrize("family", ["Bert", "GPT2", "Llama"])
def test_prefixes_under_sdpa(family, mask):
    model = model_of(family, METHODS["prefix"], "sdpa")
    for setup in (*SETUPS, *STACKS):
        assert_rowwise_equal(model, setup, batch(3, mask=mask))


def test_averages_and_prompts():
    model = model_of("Bert", METHODS["lora"])
    assert_rowwise_equal(model, BatchSplit(Average("a", "b"), "c", batch_sizes=[2, 1]), batch(3))
    model = model_of("Bert", dict.fromkeys("ab", PromptTuningConfig(prompt_length=2)))
    assert_rowwise_equal(model, BatchSplit("a", "b", batch_sizes=[2, 1]), batch(3, mask="padded"))
