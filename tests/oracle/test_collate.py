"""Collate functions: the inputs are a list of rows, and rows apart come out shorter."""

from __future__ import annotations

import re
import string

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from torch.utils.data import default_collate
from transformers import (
    DataCollatorForTokenClassification,
    DataCollatorWithPadding,
    PreTrainedTokenizerFast,
    default_data_collator,
)

from shapeguard.errors import RowMismatch
from shapeguard.oracle import MEMBERS, assert_rows_independent, padded

pytestmark = pytest.mark.adapters

TEXTS = ["a b c d", "e f", "g", "h i j"]


def tokenizer(side: str = "right") -> PreTrainedTokenizerFast:
    words = {word: place for place, word in enumerate(["[PAD]", "[UNK]", *string.ascii_lowercase])}
    inner = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))  # noqa: S106 - no password
    inner.pre_tokenizer = pre_tokenizers.Whitespace()
    return PreTrainedTokenizerFast(
        tokenizer_object=inner,
        pad_token="[PAD]",  # noqa: S106 - no password
        unk_token="[UNK]",  # noqa: S106 - no password
        padding_side=side,
    )


def samples(*, labels: bool = False) -> list[dict[str, list[int]]]:
    ids = [tokenizer()(text)["input_ids"] for text in TEXTS]
    return [{"input_ids": row, **({"labels": row} if labels else {})} for row in ids]


def test_default_collate():
    rows = [(torch.full((2, 3), float(row)), row, f"row {row}") for row in range(4)]
    assert_rows_independent(default_collate, rows, batch_axis=MEMBERS)
    assert_rows_independent(default_collate, rows, batch_axis=MEMBERS, split=[3, 1])


def test_default_collate_takes_no_empty_part():
    with pytest.raises(RowMismatch, match="rows \\[\\] crash when they are run apart: IndexError"):
        assert_rows_independent(default_collate, [1, 2], batch_axis=MEMBERS, split=[2, 0])


@pytest.mark.parametrize("side", ["left", "right"])
def test_padding_is_all_that_a_row_gets_from_others(side):
    collate = DataCollatorWithPadding(tokenizer(side))
    join = padded({"input_ids": 0, "attention_mask": 0}, side=side)
    assert_rows_independent(collate, samples(), batch_axis=MEMBERS, join=join)
    assert_rows_independent(collate, samples(), batch_axis=MEMBERS, join=join, split=[1, 2, 1])


def test_without_a_join_padding_is_a_difference():
    collate = DataCollatorWithPadding(tokenizer())
    expected = "rows [1] run apart give (rows, 2) of torch.int64 for output.input_ids"
    with pytest.raises(RowMismatch, match=re.escape(expected)):
        assert_rows_independent(collate, samples(), batch_axis=MEMBERS)


def test_padding_at_the_other_side_is_found():
    collate = DataCollatorWithPadding(tokenizer("left"))
    with pytest.raises(RowMismatch, match=r"output\.attention_mask of the whole differs by 1"):
        assert_rows_independent(collate, samples(), batch_axis=MEMBERS, join=padded(0))


def test_labels_are_padded_with_another_number():
    collate = DataCollatorForTokenClassification(tokenizer(), label_pad_token_id=-100)
    numbers = {"input_ids": 0, "attention_mask": 0, "labels": -100}
    rows = samples(labels=True)
    assert_rows_independent(collate, rows, batch_axis=MEMBERS, join=padded(numbers))
    assert all(set(row) == {"input_ids", "labels"} for row in rows)  # the collator takes labels out
    with pytest.raises(RowMismatch, match=r"output\.labels of the whole differs by 100"):
        assert_rows_independent(collate, rows, batch_axis=MEMBERS, join=padded(0))


def test_the_first_row_decides_which_keys_all_have():
    rows = [{"x": [1.0], "label": 1}, {"x": [2.0], "label": 2}]
    assert_rows_independent(default_data_collator, rows, batch_axis=MEMBERS)
    del rows[0]["label"]

    def keys(rows):
        return [str(sorted(default_data_collator(rows)))] * len(rows)

    with pytest.raises(RowMismatch, match=re.escape("rows [1] of output differ")):
        assert_rows_independent(keys, rows, batch_axis=MEMBERS)


def broken(rows):
    """Pads with the last token of the row before, as an uninitialised buffer would."""
    width = max(len(row) for row in rows)
    buffer = torch.zeros(len(rows), width, dtype=torch.int64)
    for place, row in enumerate(rows):
        buffer[place:, : len(row)] = torch.tensor(row)
    return buffer


def test_a_collate_function_that_leaks_the_row_before_is_found():
    rows = [[1, 2, 3], [4], [5, 6]]
    with pytest.raises(RowMismatch, match="output of the whole differs by 3"):
        assert_rows_independent(broken, rows, batch_axis=MEMBERS, join=padded(0))
