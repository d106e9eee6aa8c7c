from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from shapeguard.errors import OracleError, RowMismatch
from shapeguard.oracle import assert_rows_independent

pytestmark = pytest.mark.adapters

ROWS = torch.arange(12.0).reshape(4, 3)


def test_a_rowwise_function_passes():
    assert_rows_independent(lambda x: x * 2, ROWS)
    assert_rows_independent(lambda x: x * 2, ROWS, split=[0, 3, 0, 1, 0])


def test_numpy_structures_and_other_axes():
    inputs = {"x": np.arange(12.0).reshape(3, 4), "y": [np.ones((3, 4))]}
    assert_rows_independent(lambda i: (i["x"] + i["y"][0], None), inputs, batch_axis=1)


def test_a_function_that_looks_at_other_rows_is_found():
    with pytest.raises(RowMismatch, match=r"rows \[0\] of output differ by 4\.5"):
        assert_rows_independent(lambda x: x - x.mean(0), ROWS)


def test_a_function_that_cannot_take_an_empty_part_is_found():
    def pooled(x):
        return x - x.max()  # no maximum of nothing

    with pytest.raises(RowMismatch, match=re.escape("rows [] crash when they are run apart")):
        assert_rows_independent(pooled, ROWS, split=[0, 4])


def test_an_output_of_nothing_for_an_empty_part_must_be_empty():
    def padded(x):
        return x if len(x) else torch.zeros(1, 3)

    with pytest.raises(RowMismatch, match=re.escape("give shape (1, 3) for output, not 0 rows")):
        assert_rows_independent(padded, ROWS, split=[4, 0])


def test_a_lost_row_is_found():
    with pytest.raises(RowMismatch, match="output has 3 rows for 4 input rows"):
        assert_rows_independent(lambda x: x[1:], ROWS)


def test_nan_in_one_run_only_is_a_difference():
    def sometimes(x):
        return x / (0 if len(x) > 2 else 1)

    with pytest.raises(RowMismatch, match="differ by inf"):
        assert_rows_independent(sometimes, torch.zeros(4, 3))


def test_integers_and_booleans_do_not_wrap_around():
    assert_rows_independent(lambda x: x > 3, ROWS)
    unsigned = torch.arange(4, dtype=torch.uint8)
    with pytest.raises(RowMismatch, match="differ by 3"):
        assert_rows_independent(lambda x: x.flip(0), unsigned)


@pytest.mark.parametrize(
    ("fn", "reason"),
    [
        (torch.rand_like, "two equal runs of the callable differ"),
        (lambda x: x.reshape(5), "fails on the whole batch: RuntimeError"),
        (lambda x: None, "returns no tensor or array"),
    ],
)
def test_what_cannot_be_judged_is_said(fn, reason):
    with pytest.raises(OracleError, match=reason):
        assert_rows_independent(fn, ROWS)


def test_inputs_must_agree_on_the_batch():
    with pytest.raises(OracleError, match=re.escape("extents [3, 4]")):
        assert_rows_independent(lambda x: x[0], (ROWS, ROWS[1:]))


@pytest.mark.parametrize("split", [[3], [5, -1], [1, 1, 1, 1, 1]])
def test_a_split_must_add_up(split):
    with pytest.raises(ValueError, match="does not divide 4 rows"):
        assert_rows_independent(lambda x: x, ROWS, split=split)
