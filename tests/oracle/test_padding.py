"""Rows without their padding: what a row comes out as must not depend on how it was padded."""

from __future__ import annotations

import pytest
import torch
from adapters import LoRAConfig
from adapters.composition import BatchSplit
from models import batch, prefix, tiny_bert, with_adapters
from transformers import GPT2Config, GPT2Model

from shapeguard.errors import OracleError
from shapeguard.oracle import Relation, rowwise_report

pytestmark = pytest.mark.adapters

SETUP = BatchSplit("a", "b", batch_sizes=[1, 3])


def test_padding_does_not_matter_where_it_is_masked():
    model = tiny_bert({name: prefix(3) for name in "ab"}, attention="sdpa")
    assert rowwise_report(model, SETUP, batch(4, mask="padded"), unpadded=True).ok


def test_a_prefix_that_padding_switches_off_is_found():
    """Defect 07: the mask of the prefix is inverted, in a mask of truths."""
    config = GPT2Config(
        vocab_size=100, n_embd=32, n_layer=2, n_head=4, n_positions=32, attn_implementation="sdpa"
    )
    model = with_adapters(GPT2Model, config, {name: prefix(3) for name in "ab"})
    inputs = {name: rows[1:] for name, rows in batch(4, mask="padded").items()}
    setup = BatchSplit("a", "b", batch_sizes=[1, 2])
    assert rowwise_report(model, setup, inputs).ok  # alone it is switched off, too
    report = rowwise_report(model, setup, inputs, unpadded=True)
    assert (report.relation, report.wrong_rows) == (Relation.UNPADDED, (0, 1, 2))
    assert "compared with the row alone, without its padding" in str(report)


def test_padding_elsewhere_than_at_the_end_cannot_be_taken_away():
    model = tiny_bert({name: LoRAConfig() for name in "ab"})
    inputs = {**batch(4, mask="padded")}
    inputs["attention_mask"] = torch.flip(inputs["attention_mask"], [1])
    assert rowwise_report(model, SETUP, inputs).ok
    with pytest.raises(OracleError, match="row 1 is not padded at its end alone"):
        rowwise_report(model, SETUP, inputs, unpadded=True)
