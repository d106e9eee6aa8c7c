"""PEFT's mixed batches: rows together by ``adapter_names``, rows apart by ``set_adapter``."""

from __future__ import annotations

import re

import pytest
import torch
from peft import (
    FourierFTConfig,
    HRAConfig,
    IA3Config,
    LNTuningConfig,
    LoHaConfig,
    LoKrConfig,
    LoraConfig,
    OFTConfig,
    PrefixTuningConfig,
    RandLoraConfig,
    RoadConfig,
    VBLoRAConfig,
    VeraConfig,
    get_peft_model,
)
from torch import nn
from transformers import (
    BertConfig,
    BertModel,
    GenerationConfig,
    GPT2Config,
    GPT2Model,
    LlamaConfig,
    LlamaForCausalLM,
    MixtralConfig,
    MixtralForCausalLM,
    OPTConfig,
    OPTModel,
    T5Config,
    T5ForConditionalGeneration,
)

from shapeguard.errors import OracleError, RowMismatch
from shapeguard.oracle import MEMBERS, assert_rows_independent

pytestmark = [
    pytest.mark.adapters,
    pytest.mark.filterwarnings("ignore:Unsupported layer type.*LayerNorm:UserWarning"),
]

SIZES = {
    "vocab_size": 50,
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 24,
    "max_position_embeddings": 32,
}
NAMES = ["red", "__base__", "blue", "red"]
IDS = torch.randint(2, 50, (4, 5), generator=torch.Generator().manual_seed(2))
INPUTS = {"input_ids": IDS, "adapter_names": NAMES}
AXES = {"adapter_names": MEMBERS}
ATTENTION = ["query", "value"]


def bert():
    return BertModel(BertConfig(**SIZES))


def gpt2():
    return GPT2Model(GPT2Config(vocab_size=50, n_embd=16, n_layer=2, n_head=2, n_positions=32))


def llama():
    return LlamaForCausalLM(LlamaConfig(**SIZES, pad_token_id=0))


def t5():
    config = T5Config(
        vocab_size=50,
        d_model=16,
        d_kv=8,
        d_ff=24,
        num_layers=2,
        num_heads=2,
        decoder_start_token_id=0,
        pad_token_id=0,
    )
    return T5ForConditionalGeneration(config)


class Pictures(nn.Module):
    """Embedding, convolution and two linear layers: takes no rows too, unlike BERT."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(50, 8)
        self.convolution = nn.Conv1d(8, 8, 3, padding=1)
        self.linear = nn.Linear(8, 8)
        self.head = nn.Linear(8, 3)

    def forward(self, input_ids):
        x = self.embedding(input_ids).transpose(1, 2)
        return (self.head(self.linear(self.convolution(x).transpose(1, 2))),)


def lora(targets=("embedding", "convolution", "linear"), **options):
    targets = targets if isinstance(targets, str) else list(targets)
    return LoraConfig(**{"r": 4, "target_modules": targets, "lora_dropout": 0.3, **options})


def with_adapters(base, **configs):
    """A model in eval mode whose adapters are called by the keywords, with weights that show."""
    (first, config), *others = configs.items()
    torch.manual_seed(0)
    model = get_peft_model(base(), config, adapter_name=first)
    for name, other in others:
        model.add_adapter(name, other)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if set(name.split(".")) & set(configs):
                parameter.normal_(std=0.3)
    return model.eval()


def mixed(model):
    def run(inputs):
        with torch.no_grad():
            return model(**inputs)[0]

    return run


def single(model):
    """Run rows of one adapter as PEFT runs them without ``adapter_names``."""

    def run(inputs):
        (name,) = set(inputs["adapter_names"])
        given = {key: value for key, value in inputs.items() if key != "adapter_names"}
        with torch.no_grad():
            if name == "__base__":
                with model.disable_adapter():
                    return model(**given)[0]
            model.set_adapter(name)
            return model(**given)[0]

    return run


def judge(model, inputs=INPUTS, **options):
    assert_rows_independent(mixed(model), inputs, batch_axis=AXES, apart=single(model), **options)


# What holds


@pytest.mark.parametrize(
    ("base", "red", "blue"),
    [
        (bert, lora(ATTENTION), lora(ATTENTION, r=2)),
        (bert, lora(ATTENTION), lora(["key", "dense"])),
        (bert, lora(["word_embeddings", "query"]), lora(["word_embeddings"])),
        (bert, lora(ATTENTION, use_rslora=True, lora_bias=True), lora(ATTENTION)),
        (gpt2, lora(["c_attn"], fan_in_fan_out=True), lora(["c_proj"], fan_in_fan_out=True)),
        (llama, lora("all-linear"), lora("all-linear", r=2)),
        (Pictures, lora(), lora(r=3)),
        (Pictures, lora(modules_to_save=["head"]), lora(r=3, modules_to_save=["head"])),
        (
            Pictures,
            lora(["linear"], trainable_token_indices={"embedding": list(range(25))}),
            lora(["linear"], trainable_token_indices={"embedding": list(range(25, 50))}),
        ),
        (
            bert,
            RoadConfig(target_modules=ATTENTION, group_size=8),
            RoadConfig(target_modules=ATTENTION, group_size=8),
        ),
    ],
    ids=[
        "ranks", "layers", "embeddings", "variants", "gpt2", "llama", "convolution", "head", "tokens", "road",
    ],
)  # fmt: skip
def test_a_row_comes_out_as_with_its_adapter_set(base, red, blue):
    judge(with_adapters(base, red=red, blue=blue))


def test_rows_that_go_through_no_adapter_at_all():
    judge(
        with_adapters(Pictures, red=lora(), blue=lora()),
        INPUTS | {"adapter_names": ["__base__"] * 4},
    )


def test_lora_takes_an_empty_part():
    model = with_adapters(Pictures, red=lora(), blue=lora())
    assert_rows_independent(mixed(model), INPUTS, batch_axis=AXES, split=[2, 0, 2])


def test_wrong_names_for_the_rows_would_be_found():
    model = with_adapters(bert, red=lora(ATTENTION), blue=lora(ATTENTION))

    def turned(inputs):
        names = inputs["adapter_names"]
        return mixed(model)(inputs | {"adapter_names": names[1:] + names[:1]})

    with pytest.raises(RowMismatch, match=re.escape("rows [0] of output differ by")):
        assert_rows_independent(turned, INPUTS, batch_axis=AXES, apart=single(model))


@pytest.mark.parametrize("options", [{}, {"num_beams": 3}])
def test_generated_tokens(options):
    model = with_adapters(t5, red=lora(["q", "v", "wi"]), blue=lora(["q", "v"]))
    lengths = {"max_new_tokens": 6, "min_new_tokens": 6}

    def together(inputs):
        return model.generate(**inputs, **lengths, **options)

    def apart(inputs):
        (name,) = inputs["adapter_names"]
        if name == "__base__":
            with model.disable_adapter():
                return model.generate(input_ids=inputs["input_ids"], **lengths, **options)
        model.set_adapter(name)
        return model.generate(input_ids=inputs["input_ids"], **lengths, **options)

    assert_rows_independent(together, INPUTS, batch_axis=AXES, apart=apart)


# What is refused with a reason


def merged(model):
    model.merge_adapter(["red"])
    return model


@pytest.mark.parametrize(
    ("change", "names", "reason"),
    [
        (lambda model: model, NAMES[:3], "got 3 and 4 respectively"),
        (lambda model: model, [*NAMES, "red"], "got 5 and 4 respectively"),
        (lambda model: model, ["red", "x", "blue", "red"], "non-existing adapter(s): x"),
        (lambda model: model.train(), NAMES, "when the model is in training mode"),
        (merged, NAMES, "when there are merged adapters"),
    ],
    ids=["fewer", "more", "unknown", "training", "merged"],
)
def test_refused(change, names, reason):
    model = change(with_adapters(bert, red=lora(ATTENTION), blue=lora(ATTENTION)))
    with pytest.raises(ValueError, match=re.escape(reason)):
        model(input_ids=IDS, adapter_names=names)


def test_dora_is_refused():
    model = with_adapters(bert, red=lora(ATTENTION, use_dora=True), blue=lora(ATTENTION))
    with pytest.raises(OracleError, match="Cannot pass `adapter_names` when DoRA is enabled"):
        judge(model)


def test_after_unloading_the_model_knows_no_names():
    model = with_adapters(bert, red=lora(ATTENTION), blue=lora(ATTENTION)).unload()
    with pytest.raises(TypeError, match="unexpected keyword argument 'adapter_names'"):
        model(**INPUTS)


# What fails for another reason than it says


@pytest.mark.parametrize(
    ("base", "targets", "extent"),
    [
        (
            lambda: OPTModel(
                OPTConfig(
                    vocab_size=50,
                    hidden_size=16,
                    num_hidden_layers=1,
                    num_attention_heads=2,
                    ffn_dim=24,
                    max_position_embeddings=32,
                    word_embed_proj_dim=16,
                )
            ),
            ["fc1"],
            20,
        ),
        (lambda: MixtralForCausalLM(MixtralConfig(**SIZES, num_key_value_heads=2)), ["gate"], 20),
        (bert, ["position_embeddings"], 1),
    ],
    ids=["OPT", "Mixtral", "BERT"],
)
def test_layers_that_do_not_see_rows_fail_with_a_length(base, targets, extent):
    model = with_adapters(base, red=lora(targets), blue=lora(targets))
    with pytest.raises(OracleError, match=f"but got 4 and {extent} respectively"):
        judge(model)


def test_beams_of_a_generation_config_are_not_seen():
    model = with_adapters(t5, red=lora(["q"]), blue=lora(["q"]))
    beams = GenerationConfig(num_beams=3, decoder_start_token_id=0, pad_token_id=0)
    with pytest.raises(ValueError, match="but got 4 and 12 respectively"):
        model.generate(**INPUTS, generation_config=beams)


def test_a_head_that_one_adapter_alone_saves_fails_for_the_others():
    model = with_adapters(Pictures, red=lora(modules_to_save=["head"]), blue=lora())
    with pytest.raises(OracleError, match="KeyError: 'blue'"):
        judge(model)
    model = with_adapters(Pictures, red=lora(modules_to_save=["head"]), blue=lora())
    judge(model, INPUTS | {"adapter_names": ["red", "__base__", "red", "red"]})


def test_saved_modules_take_no_empty_part():
    model = with_adapters(
        Pictures, red=lora(modules_to_save=["head"]), blue=lora(modules_to_save=["head"])
    )
    expected = "rows [] crash when they are run apart: RuntimeError: stack expects a non-empty"
    with pytest.raises(RowMismatch, match=re.escape(expected)):
        assert_rows_independent(mixed(model), INPUTS, batch_axis=AXES, split=[4, 0])


# What comes out wrong and raises nothing


IGNORANT = {
    "IA3": IA3Config(target_modules=ATTENTION, feedforward_modules=[]),
    "VeRA": VeraConfig(r=4, target_modules=ATTENTION),
    "RandLora": RandLoraConfig(r=4, target_modules=ATTENTION),
    "LoHa": LoHaConfig(r=4, target_modules=ATTENTION),
    "LoKr": LoKrConfig(r=4, target_modules=ATTENTION),
    "OFT": OFTConfig(r=0, oft_block_size=4, target_modules=ATTENTION),
    "FourierFT": FourierFTConfig(n_frequency=4, target_modules=ATTENTION),
    "LN tuning": LNTuningConfig(target_modules=["LayerNorm"]),
    "HRA": HRAConfig(r=4, target_modules=ATTENTION),
    "VB-LoRA": VBLoRAConfig(r=4, num_vectors=8, vector_length=4, topk=2, target_modules=ATTENTION),
}


@pytest.mark.parametrize("method", IGNORANT)
def test_methods_without_mixed_batches_ignore_the_names(method):
    model = with_adapters(bert, red=IGNORANT[method], blue=IGNORANT[method])
    # With itself the model agrees: every row goes through the active adapter, together and apart.
    assert_rows_independent(mixed(model), INPUTS, batch_axis=AXES)
    with pytest.raises(RowMismatch, match=re.escape("rows [1] of output differ by")):
        judge(model)


def test_prefix_tuning_ignores_the_names():
    prefix = PrefixTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=3)
    model = with_adapters(llama, red=prefix, blue=prefix)
    with pytest.raises(RowMismatch, match=re.escape("rows [1] of output differ by")):
        judge(model)


def test_road_gives_all_rows_the_saved_module_of_the_active_adapter():
    def road():
        return RoadConfig(target_modules=["linear"], group_size=8, modules_to_save=["head"])

    model = with_adapters(Pictures, red=road(), blue=road())
    with pytest.raises(RowMismatch) as caught:
        judge(model)
    lines = str(caught.value).splitlines()
    assert [line.partition(" of ")[0] for line in lines] == ["rows [1]", "rows [2]"]


def test_after_an_error_the_names_stay_for_the_next_batch():
    """https://github.com/huggingface/peft/issues/3475."""
    model = with_adapters(bert, red=lora(ATTENTION), blue=lora(ATTENTION))
    model.set_adapter("red")
    with torch.no_grad():
        before = model(input_ids=IDS)[0]
        of_blue = model(input_ids=IDS, adapter_names=["blue"] * 4)[0]
        with pytest.raises(IndexError):
            model(input_ids=IDS + 50, adapter_names=["blue"] * 4)
        after = model(input_ids=IDS)[0]
    assert not torch.allclose(before, after)
    assert torch.equal(after, of_blue)


def test_without_enabled_adapters_the_names_are_ignored():
    model = with_adapters(bert, red=lora(ATTENTION), blue=lora(ATTENTION))
    with torch.no_grad(), model.disable_adapter():
        named = model(input_ids=IDS, adapter_names=["red", "x"])[0]
        assert torch.equal(named, model(input_ids=IDS)[0])


def test_positions_are_taken_for_rows_where_there_are_as_many():
    targets = ["relative_attention_bias"]
    model = with_adapters(t5, red=lora(targets), blue=lora(targets))

    def together(inputs):
        with torch.no_grad():
            return model(**inputs, decoder_input_ids=inputs["input_ids"])[0]

    def apart(inputs):
        model.set_adapter(inputs["adapter_names"][0])
        ids = inputs["input_ids"]
        with torch.no_grad():
            return model(input_ids=ids, decoder_input_ids=ids)[0]

    square = {"input_ids": IDS[:, :4], "adapter_names": ["red", "blue", "red", "blue"]}
    with pytest.raises(RowMismatch, match=re.escape("rows [0] of output differ by")):
        assert_rows_independent(together, square, batch_axis=AXES, apart=apart)
    with pytest.raises(OracleError, match="but got 4 and 5 respectively"):
        assert_rows_independent(together, square | {"input_ids": IDS}, batch_axis=AXES, apart=apart)
