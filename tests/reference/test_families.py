"""Model families beside BERT whose prefix tuning comes out right with the reference."""

from __future__ import annotations

import pytest
import torch
from adapters.composition import BatchSplit, MultiTask, Parallel, Stack
from models import SIZES, batch, prefix, with_adapters
from transformers import (
    BertConfig,
    BertModel,
    DistilBertConfig,
    DistilBertModel,
    ElectraConfig,
    ElectraModel,
    RobertaConfig,
    RobertaModel,
    XLMRobertaConfig,
    XLMRobertaModel,
)

from shapeguard import reference
from shapeguard.oracle import assert_rowwise_equal
from shapeguard.reference.models.attention import JUDGED_FAMILIES

pytestmark = pytest.mark.adapters

DISTILBERT_SIZES = {
    "vocab_size": SIZES["vocab_size"],
    "dim": SIZES["hidden_size"],
    "n_layers": SIZES["num_hidden_layers"],
    "n_heads": SIZES["num_attention_heads"],
    "hidden_dim": SIZES["intermediate_size"],
    "max_position_embeddings": SIZES["max_position_embeddings"],
}
FAMILIES = {
    "bert": (BertModel, BertConfig, SIZES),
    "distilbert": (DistilBertModel, DistilBertConfig, DISTILBERT_SIZES),
    "electra": (ElectraModel, ElectraConfig, {**SIZES, "embedding_size": 32}),
    "roberta": (RobertaModel, RobertaConfig, SIZES),
    "xlm-roberta": (XLMRobertaModel, XLMRobertaConfig, SIZES),
}
SETUPS = [
    BatchSplit("a", "b", batch_sizes=[0, 3]),
    BatchSplit(Stack("a", "b"), "c", batch_sizes=[1, 2]),
    Stack(BatchSplit("a", "b", batch_sizes=[2, 1]), "c"),
    Parallel("c", BatchSplit("a", "b", batch_sizes=[1, 2])),
    MultiTask(Stack("a", "b"), "c"),
]


def test_every_accepted_family_is_judged():
    assert set(FAMILIES) == JUDGED_FAMILIES


# transformers has no attention "sdpa" for ELECTRA.
ATTENTIONS = [
    (family, attention)
    for family in FAMILIES
    for attention in ("eager", "sdpa")
    if (family, attention) != ("electra", "sdpa")
]


@pytest.mark.parametrize(("family", "attention"), ATTENTIONS)
def test_every_row_is_right(family, attention):
    model_class, config_class, sizes = FAMILIES[family]
    config = config_class(**sizes, attn_implementation=attention)
    model = with_adapters(model_class, config, {"a": prefix(4), "b": prefix(2), "c": prefix(3)})
    with reference.installed():
        for mask in ("none", "padded"):
            for setup in SETUPS:
                task_ids = torch.tensor([1, 0, 1]) if isinstance(setup, MultiTask) else None
                assert_rowwise_equal(model, setup, batch(3, mask=mask), task_ids=task_ids)
