"""Model families whose prefix tuning comes out right with the reference: all that it accepts."""

from __future__ import annotations

import pytest
import torch
import transformers
from adapters.composition import BatchSplit, MultiTask, Parallel, Stack
from models import GPT, SIZES, T5, TWO_STACKS, batch, prefix, with_adapters

from shapeguard import reference
from shapeguard.oracle import assert_rowwise_equal
from shapeguard.oracle.sweep.families import FAMILIES as SWEPT
from shapeguard.reference.models.attention import JUDGED_FAMILIES

pytestmark = [
    pytest.mark.adapters,
    pytest.mark.filterwarnings("ignore::FutureWarning"),  # adapters calls T5 the old way
]

IMAGES = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 48,
    "image_size": 8,
    "patch_size": 4,
}
BOTH = ("eager", "sdpa")
EAGER = ("eager",)
FAMILIES = {
    "albert": ("Albert", {**SIZES, "embedding_size": 32}, BOTH),
    "bart": ("Bart", TWO_STACKS, BOTH),
    "beit": ("Beit", IMAGES, BOTH),
    "bert": ("Bert", SIZES, BOTH),
    "bert-generation": ("BertGeneration", SIZES, EAGER),
    "distilbert": (
        "DistilBert",
        {"vocab_size": 100, "dim": 32, "n_layers": 2, "n_heads": 4, "hidden_dim": 48},
        BOTH,
    ),
    "electra": ("Electra", {**SIZES, "embedding_size": 32}, EAGER),
    "gpt2": ("GPT2", GPT, BOTH),
    "gptj": (
        "GPTJ",
        {**GPT, "rotary_dim": 4},
        EAGER,
    ),
    "llama": ("Llama", {**SIZES, "num_key_value_heads": 2}, BOTH),
    "mbart": ("MBart", TWO_STACKS, BOTH),
    "mistral": ("Mistral", {**SIZES, "num_key_value_heads": 2, "sliding_window": 4}, BOTH),
    "mt5": (
        "MT5",
        T5,
        EAGER,
    ),
    "plbart": ("PLBart", TWO_STACKS, BOTH),
    "roberta": ("Roberta", SIZES, BOTH),
    "t5": (
        "T5",
        T5,
        EAGER,
    ),
    "vit": ("ViT", IMAGES, BOTH),
    "whisper": (
        "Whisper",
        {
            **TWO_STACKS,
            "num_mel_bins": 8,
            "max_source_positions": 6,
            "pad_token_id": 0,
            "decoder_start_token_id": 1,
        },
        BOTH,
    ),
    "xlm-roberta": ("XLMRoberta", SIZES, BOTH),
    "xmod": ("Xmod", {**SIZES, "default_language": "en_XX", "languages": ["en_XX"]}, EAGER),
}
SETUPS = [
    BatchSplit("a", "b", batch_sizes=[0, 3]),
    BatchSplit(Stack("a", "b"), "c", batch_sizes=[1, 2]),
    Stack(BatchSplit("a", "b", batch_sizes=[2, 1]), "c"),
    Parallel("c", BatchSplit("a", "b", batch_sizes=[1, 2])),
    MultiTask(Stack("a", "b"), "c"),
]


def inputs_of(family, mask):
    if family in {"vit", "beit"}:
        return SWEPT["vit"].inputs(mask)
    if family == "whisper":
        return SWEPT["whisper"].inputs(mask)
    decoder = {"decoder_input_ids": torch.randint(3, 100, (3, 7))} if family in DECODERS else {}
    return {**batch(3, mask=mask), **decoder}


CLASSES = {"bert-generation": "BertGenerationEncoder"}
DECODERS = {"bart", "mbart", "plbart", "t5", "mt5"}


def test_every_accepted_family_is_judged():
    assert set(FAMILIES) == JUDGED_FAMILIES
    assert set(SWEPT) <= JUDGED_FAMILIES


@pytest.mark.parametrize(
    ("family", "attention"), [(name, each) for name in FAMILIES for each in FAMILIES[name][2]]
)
def test_every_row_is_right(family, attention):
    name, sizes, _ = FAMILIES[family]
    model_class = getattr(transformers, CLASSES.get(family, f"{name}Model"))
    config = getattr(transformers, f"{name}Config")(**sizes, attn_implementation=attention)
    model = with_adapters(model_class, config, {"a": prefix(4), "b": prefix(2), "c": prefix(3)})
    with reference.installed():
        for mask in ("none", "padded"):
            for setup in SETUPS:
                if family == "beit" and isinstance(setup, Parallel):
                    continue  # adapters has no Parallel for BEiT
                task_ids = torch.tensor([1, 0, 1]) if isinstance(setup, MultiTask) else None
                assert_rowwise_equal(model, setup, inputs_of(family, mask), task_ids=task_ids)
