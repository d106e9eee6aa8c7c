"""Where adapters is right, the reference gives the same numbers; weights are the same either way."""

from __future__ import annotations

import pytest
import torch
from adapters import (
    CompacterConfig,
    DoRAConfig,
    DoubleSeqBnConfig,
    IA3Config,
    LoRAConfig,
    LoReftConfig,
    MAMConfig,
    ParBnConfig,
    PromptTuningConfig,
    SeqBnConfig,
    SeqBnInvConfig,
    UniPELTConfig,
)
from adapters.composition import BatchSplit, Fuse, MultiTask, Stack
from models import batch, prefix, tiny_bert

from shapeguard import reference

pytestmark = pytest.mark.adapters

METHODS = {
    "prefix": prefix(4),
    "gated prefix": prefix(4, gated=True),
    "lora": LoRAConfig(r=2),
    "dora": DoRAConfig(r=2),
    "ia3": IA3Config(),
    "seq_bn": SeqBnConfig(reduction_factor=4),
    "double_seq_bn": DoubleSeqBnConfig(reduction_factor=4),
    "par_bn": ParBnConfig(reduction_factor=4),
    "compacter": CompacterConfig(reduction_factor=4, phm_dim=2),
    "seq_bn_inv": SeqBnInvConfig(reduction_factor=4),
    "reft": LoReftConfig(r=2),
    "prompt": PromptTuningConfig(prompt_length=3),
    "mam": MAMConfig(),
    "unipelt": UniPELTConfig(),
}
COMPOSABLE = [name for name in METHODS if name not in {"dora", "reft", "prompt", "seq_bn_inv"}]


def both(model, setup, inputs, **options):
    model.set_active_adapters(setup)
    with torch.no_grad():
        plain = model(**inputs, **options)
        with reference.installed():
            return plain, model(**inputs, **options)


@pytest.mark.parametrize("attention", ["eager", "sdpa"])
@pytest.mark.parametrize("method", METHODS)
def test_a_single_adapter_is_the_same_bit_for_bit(method, attention):
    model = tiny_bert({"a": METHODS[method]}, attention=attention)
    plain, corrected = both(model, Stack("a"), batch(3, mask="full"))
    assert torch.equal(plain.last_hidden_state, corrected.last_hidden_state)


@pytest.mark.parametrize("sizes", [[2, 1], [3, 0], [0, 3]])
@pytest.mark.parametrize("method", COMPOSABLE)
def test_a_flat_split_is_the_same(method, sizes):
    model = tiny_bert(dict.fromkeys("ab", METHODS[method]))
    plain, corrected = both(model, BatchSplit("a", "b", batch_sizes=sizes), batch(3))
    torch.testing.assert_close(
        corrected.last_hidden_state, plain.last_hidden_state, atol=2e-6, rtol=2e-6
    )


def test_fusion_is_the_same_bit_for_bit():
    model = tiny_bert(dict.fromkeys("ab", METHODS["seq_bn"]))
    model.add_adapter_fusion(Fuse("a", "b"))
    model.eval()
    plain, corrected = both(model, Fuse("a", "b"), batch(3), output_adapter_fusion_attentions=True)
    assert torch.equal(plain.last_hidden_state, corrected.last_hidden_state)
    theirs, ours = plain.adapter_fusion_attentions, corrected.adapter_fusion_attentions
    for layer, places in theirs["a,b"].items():
        for place, attention in places.items():
            assert (attention == ours["a,b"][layer][place]).all()


@pytest.mark.parametrize("method", ["gated prefix", "unipelt"])
def test_gating_scores_are_the_same(method):
    model = tiny_bert(dict.fromkeys("ab", METHODS[method]))
    setup = BatchSplit("a", "b", batch_sizes=[2, 1])
    plain, corrected = both(model, setup, batch(3), output_adapter_gating_scores=True)
    for name, layers in plain.adapter_gating_scores.items():
        rows = {"a": 2, "b": 1}[name]
        for layer, places in layers.items():
            for place, score in places.items():
                ours = corrected.adapter_gating_scores[name][layer][place]
                assert ours.shape[0] == rows
                assert abs(ours.reshape(score.shape) - score).max() < 1e-6


@pytest.mark.parametrize("shared", [True, False])
def test_a_row_has_a_score_of_its_own(shared):
    """Defect 24: adapters takes two outputs of the gate of a single row for two rows."""
    model = tiny_bert({"a": prefix(3, gated=True, shared_gating=shared)})
    model.set_active_adapters("a")
    with reference.installed():
        output = model(**batch(1), output_adapter_gating_scores=True)
    score = output.adapter_gating_scores["a"][0]["self_prefix"]
    assert score.shape == ((1,) if shared else (1, 2))


@pytest.mark.parametrize("first", ["plain", "reference"])
def test_saved_adapters_load_both_ways(tmp_path, first):
    def run(model, *, corrected):
        model.set_active_adapters("a")
        with torch.no_grad():
            if not corrected:
                return model(**batch(2)).last_hidden_state
            with reference.installed():
                return model(**batch(2)).last_hidden_state

    model = tiny_bert({"a": UniPELTConfig()})
    with reference.installed():
        keys = set(model.state_dict())
    assert keys == set(model.state_dict())
    if first == "plain":
        model.save_adapter(str(tmp_path), "a")
    else:
        with reference.installed():
            model.save_adapter(str(tmp_path), "a")
    other = tiny_bert({"b": LoRAConfig(r=2)})
    if first == "plain":
        with reference.installed():
            other.load_adapter(str(tmp_path))
    else:
        other.load_adapter(str(tmp_path))
    expected = run(model, corrected=first == "plain")
    torch.testing.assert_close(run(other, corrected=first == "reference"), expected)


@pytest.mark.parametrize("tasks", [["a", "b", "a"], ["b", "a", "a"]])
def test_scores_of_an_adapter_in_several_groups_follow_the_rows(tasks):
    """``c`` stands in the chains of all rows, which are no neighbours."""
    model = tiny_bert(dict.fromkeys("abc", METHODS["gated prefix"]))
    model.set_active_adapters(Stack(MultiTask("a", "b"), "c"))
    asked = {"output_adapter_gating_scores": True, "task_ids": tasks}
    with torch.no_grad(), reference.installed():
        together = model(**batch(3), **asked).adapter_gating_scores["c"][0]["self_prefix"]
        assert together.shape == (3,)
        for row, task in enumerate(tasks):
            own = {name: value[row : row + 1] for name, value in batch(3).items()}
            alone = model(**own, output_adapter_gating_scores=True, task_ids=[task])
            score = alone.adapter_gating_scores["c"][0]["self_prefix"]
            assert abs(score[0] - together[row]) < 1e-6


def test_fusion_attentions_of_all_groups():
    model = tiny_bert(dict.fromkeys("abc", METHODS["seq_bn"]))
    model.add_adapter_fusion(Fuse("a", "b"))
    model.eval()
    model.set_active_adapters(Stack(MultiTask("b", "c"), Fuse("a", "b")))
    ids = torch.tensor([0, 1, 0])
    with torch.no_grad(), reference.installed():
        output = model(**batch(3), task_ids=ids, output_adapter_fusion_attentions=True)
    attentions = output.adapter_fusion_attentions["a,b"][0]["output_adapter"]
    assert attentions.shape == (3, 6, 2)
