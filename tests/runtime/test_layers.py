"""Contracts of every layer that composes, on real models: defects are named, right runs stay silent."""

from __future__ import annotations

import re

import pytest
import torch

pytest.importorskip("adapters")

import adapters
import models
from adapters.composition import Average, BatchSplit, Fuse, Parallel, Split, Stack
from releases import RELEASE, MultiTask, config_of, known
from transformers import LlamaConfig, LlamaModel, T5Config, T5Model

import shapeguard
from shapeguard.errors import ShapeContractError

pytestmark = [
    pytest.mark.adapters,
    pytest.mark.filterwarnings("ignore:`past_key_value` is deprecated:FutureWarning"),
]

METHODS = {
    "bottleneck": lambda: adapters.SeqBnConfig(reduction_factor=4),
    "parallel bottleneck": lambda: adapters.ParBnConfig(reduction_factor=4),
    "lora": lambda: adapters.LoRAConfig(r=2),
    "ia3": adapters.IA3Config,
    "dora": lambda: config_of("DoRAConfig", r=2),
    "feed-forward lora": lambda: adapters.LoRAConfig(
        r=2, selfattn_lora=False, intermediate_lora=True
    ),
    "prefix": models.prefix,
}
MODELS = {
    "bert": models.tiny_bert,
    "t5": lambda methods: models.with_adapters(
        T5Model,
        T5Config(vocab_size=100, d_model=32, d_kv=10, d_ff=48, num_layers=2, num_heads=4),
        methods,
    ),
    "llama": lambda methods: models.with_adapters(
        LlamaModel,
        LlamaConfig(
            vocab_size=100,
            hidden_size=32,
            intermediate_size=48,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            pad_token_id=0,
        ),
        methods,
    ),
}
_made = {}


def model_of(family, method):
    if (family, method) not in _made:
        model = MODELS[family]({name: METHODS[method]() for name in "abc"})
        if "bottleneck" in method:
            model.add_adapter_fusion(Fuse("a", "b"))
        _made[family, method] = model
    return _made[family, method]


def split(*children, sizes):
    return BatchSplit(*children, batch_sizes=sizes)


def run(family, model, setup, rows=3, **more):
    model.set_active_adapters(known(setup))
    inputs = models.batch(rows, mask="padded")
    if family == "t5":
        inputs["decoder_input_ids"] = inputs["input_ids"]
    if isinstance(setup, MultiTask):
        more.setdefault("task_ids", torch.arange(rows) % 2)
    with torch.no_grad():
        return model(**inputs, **more)[0]


SETUPS = {
    "single": "a",
    "batch split": split("a", "b", sizes=[2, 1]),
    "empty first": split("a", "b", sizes=[0, 3]),
    "empty last": split("a", "b", sizes=[3, 0]),
    "nested": split("a", Stack("b", "c"), sizes=[1, 2]),
    "parallel": Parallel("a", "b"),
    "task ids": MultiTask("a", "b"),
}


FAILING = {
    *(("bert", method, "parallel") for method in ("lora", "ia3", "dora") if RELEASE >= (1, 3)),
    *((family, method, "nested") for family in ("t5", "llama") for method in ("lora", "dora")),
}
"""Keys of more rows than the hidden states, where BERT folds them by the rows of those, and layers that are not square, in a stack."""


@pytest.mark.parametrize("family", MODELS)
@pytest.mark.parametrize("method", ["bottleneck", "lora", "ia3", "dora"])
@pytest.mark.parametrize("name", SETUPS)
def test_a_run_that_comes_out_stays_silent_and_one_that_fails_is_named(family, method, name):
    model, setup = model_of(family, method), SETUPS[name]
    if (family, method, name) in FAILING:
        with pytest.raises(RuntimeError):
            run(family, model, setup)
        assert broken(family, method, setup).code == "SG501"
        return
    plain = run(family, model, setup)
    with shapeguard.debug():
        assert torch.equal(run(family, model, setup), plain)


@pytest.mark.parametrize(
    "setup", [Average("a", "b", weights=[0.5, 0.5]), Fuse("a", "b"), Split("a", "b", splits=[2, 4])]
)
def test_blocks_of_bottleneck_adapters_stay_silent(setup):
    model = model_of("bert", "bottleneck")
    plain = run("bert", model, setup)
    with shapeguard.debug():
        assert torch.equal(run("bert", model, setup), plain)


def broken(family, method, setup, **more):
    model = model_of(family, method) if isinstance(method, str) else method
    with shapeguard.debug(), pytest.raises(ShapeContractError) as caught:
        run(family, model, setup, **more)
    assert len(str(caught.value).splitlines()) <= 25
    return caught.value


@pytest.mark.parametrize("method", ["bottleneck", "lora"])
@pytest.mark.parametrize(
    ("sizes", "phrase"),
    [
        ([4, -1], "every size is at least 0; they are [4, -1]"),
        ([1, 1, 1], "3 sizes [1, 1, 1] for 2 children"),
        ([2, 2], "[2, 2] add up to 4; batch is 3"),
    ],
)
def test_sizes_that_do_not_fit_are_named(method, sizes, phrase):
    error = broken("bert", method, split("a", "b", sizes=sizes))
    assert error.code == "SG503"
    assert error.method.endswith(".compose_batch_split")
    assert phrase in str(error)


@pytest.mark.parametrize(
    ("splits", "phrase"),
    [([7, -1], "every size is at least 0"), ([2, 2, 2], "3 sizes [2, 2, 2] for 2 children")],
)
def test_positions_that_do_not_fit_are_named(splits, phrase):
    error = broken("bert", "bottleneck", Split("a", "b", splits=splits))
    assert (error.code, error.axis) == ("SG503", "seq")
    assert error.method.endswith(".compose_split")
    assert phrase in str(error)


def test_a_lora_that_reads_the_outputs_of_another_one_is_named():
    error = broken("bert", "feed-forward lora", Stack("a", "b"))
    assert (error.code, error.method) == ("SG501", "LoRALinearTorch.compose_single")
    assert "changed == inputs" in str(error)
    assert error.adapter == "b"


def test_a_child_without_a_module_in_the_layer_is_named():
    model = MODELS["bert"](
        {"a": adapters.LoRAConfig(r=2), "b": adapters.LoRAConfig(r=2, leave_out=[0])}
    )
    error = broken("bert", model, split("a", "b", sizes=[2, 1]))
    assert (error.code, error.method) == ("SG504", "LoRALinearTorch.pad_and_concat")
    assert error.argument == "states[1].hidden_states"
    assert error.layer == 0


def test_factors_and_updates_in_one_batch_are_named():
    model = MODELS["bert"](
        {"a": adapters.LoRAConfig(r=2, attn_matrices=["k"]), "b": adapters.IA3Config()}
    )
    error = broken("bert", model, split("a", "b", sizes=[2, 1]))
    assert error.code in {"SG501", "SG504"}
    assert error.method == "LoRALinearTorch.pad_and_concat"


def test_a_model_that_is_run_again_after_a_type_error_does_not_hide_the_violation():
    """``check_model_inputs`` of transformers 4.57; the second run has other numbers of rows."""
    model = MODELS["llama"]({name: models.prefix() for name in "abc"})
    error = broken("llama", model, Parallel("c", split("a", "b", sizes=[3, 0])))
    assert (error.method, error.code) in (  # which of them, differs between releases of adapters
        ("adjust_tensors_for_parallel", "SG501"),
        ("PrefixTuningLayer.compose_single", "SG510"),
    )


def test_a_residual_of_which_no_copies_were_made_is_named():
    error = broken("bert", "parallel bottleneck", Parallel("a", "b"))
    assert (error.code, error.method) == ("SG501", "ParallelAdapter.post_forward")
    assert (error.expected, error.actual) == (6, 3)


def test_weights_for_other_states_are_named():
    model = MODELS["bert"](
        {
            "a": adapters.SeqBnConfig(reduction_factor=4),
            "b": adapters.SeqBnConfig(reduction_factor=4, leave_out=[1]),
        }
    )
    error = broken("bert", model, Average("a", "b", weights=[0.5, 0.5]))
    assert error.method.endswith(".mean")
    assert re.search(r"len\(states\) == children", str(error))
    assert error.layer == 1


def test_a_head_without_a_row_is_named():
    model = adapters.AutoAdapterModel.from_config(model_of("bert", "lora").config)
    for name in "ab":
        model.add_adapter(name, config=adapters.LoRAConfig(r=2))
        model.add_classification_head(name, num_labels=2)
    model.eval()
    model.set_active_adapters(split("a", "b", sizes=[3, 0]))
    with pytest.raises(IndexError), torch.no_grad():
        model(**models.batch(3))
    with shapeguard.debug(), pytest.raises(ShapeContractError) as caught, torch.no_grad():
        model(**models.batch(3))
    assert (caught.value.code, caught.value.actual) == ("SG503", 0)
    assert "head 'b' gets no row" in str(caught.value)
    assert "An extent of 0 is an empty share" in str(caught.value)


def test_functions_are_wrapped_where_they_were_imported_and_restored():
    from adapters import composition  # noqa: PLC0415 - seconds, and only here
    from adapters.methods import bottleneck, prefix_tuning  # noqa: PLC0415 - as above

    holders = (composition, bottleneck, prefix_tuning)
    before = [each.adjust_tensors_for_parallel for each in holders]
    with shapeguard.debug():
        for each in holders:
            with pytest.raises(ShapeContractError, match="tensors\\[0\\] has 0 rows"):
                each.adjust_tensors_for_parallel(torch.zeros(3, 2), torch.zeros(0, 2))
        (kept,) = composition.adjust_tensors_for_parallel(torch.zeros(4, 2), torch.zeros(2, 2))
        assert kept.shape == (4, 2)
    assert [each.adjust_tensors_for_parallel for each in holders] == before


@pytest.mark.parametrize("rows", [(0, 3, 3), (2, 3, 3)])
def test_matrices_that_cannot_be_matched_are_named(rows):
    from adapters import composition  # noqa: PLC0415 - seconds, and only here

    matrices = [torch.zeros(each, 2, 4, 8) for each in rows]
    with shapeguard.debug(), pytest.raises(ShapeContractError, match="query has") as caught:
        composition.match_attn_matrices_for_parallel(*matrices)
    assert caught.value.code == "SG501"
