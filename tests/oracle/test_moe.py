"""Layers of experts: the tokens of all rows meet in an expert, and may compete for room in it."""

from __future__ import annotations

import re

import pytest
import torch
from transformers import MixtralConfig, NllbMoeConfig, Qwen2MoeConfig, SwitchTransformersConfig
from transformers.models.mixtral.modeling_mixtral import MixtralSparseMoeBlock
from transformers.models.nllb_moe.modeling_nllb_moe import NllbMoeSparseMLP
from transformers.models.qwen2_moe.modeling_qwen2_moe import Qwen2MoeSparseMoeBlock
from transformers.models.switch_transformers.modeling_switch_transformers import (
    SwitchTransformersSparseMLP,
)

from shapeguard.errors import RowMismatch
from shapeguard.oracle import assert_rows_independent

pytestmark = pytest.mark.adapters

TOKENS = torch.randn(4, 5, 16, generator=torch.Generator().manual_seed(0))


def layer(kind, *arguments, options=()):
    """A layer in eval mode, as the function of hidden states that it is."""
    torch.manual_seed(0)
    module = kind(*arguments).eval()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.normal_()

    def run(hidden):
        with torch.no_grad():
            return module(hidden, *options)[0]

    return run


def mixtral():
    config = MixtralConfig(hidden_size=16, intermediate_size=24, num_local_experts=4)
    return layer(MixtralSparseMoeBlock, config)


def qwen2():
    config = Qwen2MoeConfig(
        hidden_size=16,
        moe_intermediate_size=8,
        shared_expert_intermediate_size=8,
        num_experts=6,
        num_experts_per_tok=2,
    )
    return layer(Qwen2MoeSparseMoeBlock, config)


def switch(capacity):
    config = SwitchTransformersConfig(
        d_model=16, d_ff=24, num_experts=3, expert_capacity=capacity, dropout_rate=0.0
    )
    return layer(SwitchTransformersSparseMLP, config)


def nllb(fraction):
    config = NllbMoeConfig(
        d_model=16,
        encoder_ffn_dim=24,
        num_experts=3,
        moe_eval_capacity_token_fraction=fraction,
        moe_token_dropout=0.0,
    )
    return layer(NllbMoeSparseMLP, config, 24, options=[None])


@pytest.mark.parametrize("build", [mixtral, qwen2])
@pytest.mark.parametrize("split", [None, [3, 1]])
def test_experts_that_take_every_token_give_independent_rows(build, split):
    assert_rows_independent(build(), TOKENS, split=split)


@pytest.mark.parametrize("build", [mixtral, qwen2])
def test_they_take_no_rows_too(build):
    assert_rows_independent(build(), TOKENS, split=[2, 0, 2])


@pytest.mark.parametrize("capacity", [1, 64])
def test_the_capacity_of_switch_counts_the_tokens_of_one_row(capacity):
    assert_rows_independent(switch(capacity), TOKENS)


def test_the_capacity_of_switch_drops_tokens():
    assert not torch.allclose(switch(1)(TOKENS), switch(64)(TOKENS))


def test_the_capacity_of_nllb_counts_the_tokens_of_all_rows():
    with pytest.raises(RowMismatch, match=re.escape("of output differ by")):
        assert_rows_independent(nllb(0.25), TOKENS)


def test_with_room_for_all_tokens_nllb_passes():
    assert_rows_independent(nllb(1.0), TOKENS)
