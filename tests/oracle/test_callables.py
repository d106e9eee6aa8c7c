from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pytest
import torch
from transformers import BatchEncoding
from transformers.modeling_outputs import BaseModelOutput

from shapeguard.errors import OracleError, RowMismatch
from shapeguard.oracle import MEMBERS, assert_rows_independent

pytestmark = pytest.mark.adapters

ROWS = torch.arange(12.0).reshape(4, 3)
NAMES = ["p", "q", "q", "r"]


class Pair(NamedTuple):
    x: object
    names: object


@dataclasses.dataclass
class Record:
    x: object
    names: object


def test_a_rowwise_function_passes():
    assert_rows_independent(lambda x: x * 2, ROWS)
    assert_rows_independent(lambda x: x * 2, ROWS, split=[0, 3, 0, 1, 0])


def test_numpy_structures_and_other_axes():
    inputs = {"x": np.arange(12.0).reshape(3, 4), "y": [np.ones((3, 4))]}
    assert_rows_independent(lambda i: (i["x"] + i["y"][0], None), inputs, batch_axis=1)


@pytest.mark.parametrize("axis", [1, -1])
def test_an_axis_counts_from_either_end(axis):
    assert_rows_independent(lambda x: x.cumsum(0), ROWS, batch_axis=axis)
    with pytest.raises(RowMismatch, match=r"rows \[1\] of output differ by"):
        assert_rows_independent(lambda x: x.cumsum(1), ROWS, batch_axis=axis)


def test_a_function_that_looks_at_other_rows_is_found():
    with pytest.raises(RowMismatch, match=r"rows \[0\] of output differ by 4\.5"):
        assert_rows_independent(lambda x: x - x.mean(0), ROWS)


def test_the_rows_of_a_part_that_differ_are_named():
    def leaks(x):
        return torch.cat([x[:1], x[1:] + (len(x) > 2)])

    expected = "rows [1] of output differ by 1 from the same rows run apart as part [0, 1]"
    with pytest.raises(RowMismatch, match=re.escape(expected)):
        assert_rows_independent(leaks, ROWS, split=[2, 2])


def test_every_part_is_reported_up_to_five():
    with pytest.raises(RowMismatch) as caught:
        assert_rows_independent(lambda x: x.flip(0), torch.arange(8.0))
    lines = str(caught.value).splitlines()
    assert len(lines) == 6
    assert lines[-1] == "and 3 more"


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


@pytest.mark.parametrize(
    ("nothing", "found"),
    [
        (torch.zeros(0), "(rows) of torch.float32"),
        (torch.zeros(0, 3, dtype=torch.int64), "(rows, 3) of torch.int64"),
        ([], "a list"),
    ],
)
def test_an_empty_output_must_fit_the_others(nothing, found):
    expected = f"rows [] run apart give {found} for output, in the whole it is (rows, 3)"
    with pytest.raises(RowMismatch, match=re.escape(expected)):
        assert_rows_independent(lambda x: x if len(x) else nothing, ROWS, split=[4, 0])


def test_a_lost_row_is_found():
    with pytest.raises(RowMismatch, match="output has 3 rows for 4 input rows"):
        assert_rows_independent(lambda x: x[1:], ROWS)


def test_a_lost_part_of_the_output_is_found():
    def two(x):
        return (x, x) if len(x) > 1 else (x,)

    with pytest.raises(RowMismatch, match=re.escape("give nothing for output[1], not 1 rows")):
        assert_rows_independent(two, ROWS)


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
        (lambda x: (), "returns no tensor or array"),
        (iter, "output is an iterator"),
        (lambda x: {"rows": map(len, x)}, "output.rows is an iterator \\(map\\)"),
        (lambda x: (x, x.mean()), "output\\[1\\] is one number, so no row"),
        (lambda x: {"rows": x, "loss": 1.5}, "output.loss is one number, so no row"),
    ],
)
def test_what_cannot_be_judged_is_said(fn, reason):
    with pytest.raises(OracleError, match=reason):
        assert_rows_independent(fn, ROWS)


def test_an_output_without_the_axis_is_not_judged():
    with pytest.raises(OracleError, match="output has no axis 1, so no row can be compared"):
        assert_rows_independent(lambda x: x.sum(0), ROWS, batch_axis=1)


def test_a_callable_that_keeps_a_state_is_not_judged():
    seen = []

    def counting(x):
        seen.append(x)
        return x + len(seen)

    with pytest.raises(OracleError, match="it is random, or keeps a state"):
        assert_rows_independent(counting, ROWS)


def test_inputs_must_agree_on_the_batch():
    with pytest.raises(OracleError, match=re.escape("inputs[0] has 4, inputs[1] has 3")):
        assert_rows_independent(lambda x: x[0], (ROWS, ROWS[1:]))


def test_no_rows_are_not_judged():
    with pytest.raises(OracleError, match="there is no row to judge"):
        assert_rows_independent(lambda x: x, ROWS[:0])


@pytest.mark.parametrize("split", [[3], [5, -1], [1, 1, 1, 1, 1]])
def test_a_split_must_add_up(split):
    with pytest.raises(ValueError, match="does not divide 4 rows"):
        assert_rows_independent(lambda x: x, ROWS, split=split)


@pytest.mark.parametrize(
    ("fn", "inputs"),
    [
        (lambda x: x.mul_(2), ROWS),
        (lambda x: np.add(x, 1, out=x), np.ones((4, 2))),
        (lambda rows: [row.pop("n") for row in rows], [{"n": n} for n in range(4)]),
    ],
    ids=["torch", "numpy", "dicts"],
)
def test_what_changes_its_inputs_gets_copies(fn, inputs):
    before = repr(inputs)
    axis = MEMBERS if isinstance(inputs, list) else 0
    assert_rows_independent(fn, inputs, batch_axis=axis)
    assert repr(inputs) == before


def test_what_goes_to_every_run_whole_is_copied_too():
    inputs = {"x": ROWS, "weight": torch.ones(3), "seen": []}

    def accumulating(i):
        i["seen"].append(len(i["x"]))
        return i["x"] * i["weight"].add_(len(i["seen"]))

    assert_rows_independent(accumulating, inputs, batch_axis={"weight": None})
    assert inputs["seen"] == []
    assert inputs["weight"].tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("inputs", "read"),
    [
        ({"x": ROWS, "names": NAMES}, lambda i: (i["x"], i["names"])),
        (BatchEncoding({"x": ROWS, "names": NAMES}), lambda i: (i.x, i.names)),
        (Pair(ROWS, tuple(NAMES)), lambda i: (i.x, i.names)),
        (Record(ROWS, NAMES), lambda i: (i.x, i.names)),
        (MappingProxyType({"x": ROWS, "names": NAMES}), lambda i: (i["x"], i["names"])),
    ],
    ids=["dict", "BatchEncoding", "NamedTuple", "dataclass", "read-only"],
)
def test_names_follow_their_rows_through_any_structure(inputs, read):
    seen = []

    def fn(given):
        x, names = read(given)
        seen.append("".join(names))
        return x + torch.tensor([[ord(name)] for name in names]).reshape(-1, 1)

    assert_rows_independent(fn, inputs, batch_axis={"names": MEMBERS}, split=[1, 0, 3])
    assert seen == ["pqqr", "pqqr", "p", "", "qqr"]


def test_places_have_axes_too():
    assert_rows_independent(
        lambda i: i[0] + torch.tensor([[len(word)] for word in i[1]]),
        (ROWS, ["a", "bb", "", "c"]),
        batch_axis=(0, MEMBERS),
    )


def test_a_list_as_long_as_the_batch_is_not_guessed():
    inputs = {"x": ROWS, "sizes": [1, 2, 3, 4]}
    expected = "inputs.sizes has 4 values, as many as there are rows"
    with pytest.raises(OracleError, match=expected):
        assert_rows_independent(lambda i: i["x"], inputs)
    assert_rows_independent(lambda i: i["x"] * sum(i["sizes"]), inputs, batch_axis={"sizes": None})
    shorter = {"x": ROWS, "sizes": [1, 2]}
    assert_rows_independent(lambda i: i["x"] * sum(i["sizes"]), shorter)


@pytest.mark.parametrize(
    ("axes", "reason"),
    [
        ({"y": 0}, "batch_axis names 'y', which inputs does not have"),
        ({"x": {"y": 0}}, "looks into inputs.x, which is one value"),
        ({"x": MEMBERS}, "inputs.x is no list or tuple, so it has no MEMBERS"),
        ({"both": (0,)}, "batch_axis has 1 places, inputs.both has 2"),
    ],
)
def test_axes_must_fit_the_inputs(axes, reason):
    with pytest.raises(ValueError, match=reason):
        assert_rows_independent(
            lambda i: i["x"], {"x": ROWS, "both": [ROWS, ROWS]}, batch_axis=axes
        )


@pytest.mark.parametrize(
    ("inputs", "axis", "reason"),
    [
        ({"x": ROWS, "scale": torch.tensor(2.0)}, 0, "inputs.scale has no axis 0, its shape is ()"),
        ([{"x": torch.ones(2)}, {"x": torch.ones(3)}], 0, "a list of rows, batch_axis=MEMBERS"),
        (["one text", "another"], 0, "for a list of rows, batch_axis=MEMBERS"),
        ([(letter for letter in "ab")], MEMBERS, "inputs cannot be copied"),
        (torch.eye(3).to_sparse(), 0, "let row numbers be the inputs, and fn select"),
    ],
)
def test_inputs_that_leave_rows_open_are_refused(inputs, axis, reason):
    with pytest.raises(OracleError, match=re.escape(reason)):
        assert_rows_independent(lambda i: torch.zeros(3), inputs, batch_axis=axis)


def test_row_numbers_select_from_anything():
    matrix = torch.eye(3).to_sparse()

    def fn(rows):
        return torch.index_select(matrix, 0, torch.from_numpy(rows)).to_dense()

    assert_rows_independent(fn, np.arange(3), split=[2, 0, 1])


def test_model_outputs_are_compared_by_name():
    def fn(x):
        return BaseModelOutput(last_hidden_state=x, hidden_states=(x * 2, x - x.sum()))

    with pytest.raises(RowMismatch, match=re.escape("rows [0] of output.hidden_states[1] differ")):
        assert_rows_independent(fn, ROWS)


def test_lists_of_numbers_and_texts_are_rows():
    def fn(x):
        return {"sums": [float(row.sum()) for row in x], "texts": [str(row) for row in x]}

    assert_rows_independent(fn, ROWS, split=[0, 1, 3])
    with pytest.raises(RowMismatch, match=re.escape("rows [0] of output differ by inf")):
        assert_rows_independent(lambda x: [f"row of {len(x)}"] * len(x), ROWS)
    with pytest.raises(RowMismatch, match=re.escape("rows [0] of output differ by 3")):
        assert_rows_independent(lambda x: [len(x)] * len(x), ROWS)


def test_numpy_texts_are_compared():
    names = np.array(["a", "bb", "c"])
    assert_rows_independent(np.char.upper, names)
    with pytest.raises(RowMismatch, match="differ by inf"):
        assert_rows_independent(lambda x: np.sort(x)[::-1], names)


def test_equal_infinities_in_numpy_are_equal():
    assert_rows_independent(lambda x: x, np.array([[np.inf, 1.0], [-np.inf, np.nan]]))


def test_gradients_do_not_disturb_the_comparison():
    assert_rows_independent(lambda x: x * 2, torch.ones(3, 2, requires_grad=True))
    with pytest.raises(RowMismatch, match="differ by 8"):
        assert_rows_independent(lambda x: x.sum(0) * x, torch.ones(3, 2, requires_grad=True) * 2)


def test_parts_can_be_run_another_way():
    assert_rows_independent(
        lambda x: x @ torch.ones(3, 2), ROWS, apart=lambda x: x.sum(1, keepdim=True).expand(-1, 2)
    )
    with pytest.raises(RowMismatch, match="differ by 1"):
        assert_rows_independent(lambda x: x + 1, ROWS, apart=lambda x: x)


def test_aggregates_are_joined():
    assert_rows_independent(lambda x: x.sum(), ROWS, join=sum, split=[2, 0, 2])
    expected = "output of the whole differs by 4.5 from the joined parts"
    with pytest.raises(RowMismatch, match=expected):
        assert_rows_independent(
            lambda x: x.mean().item(), torch.arange(10.0), join=sum, split=[5, 5], atol=0
        )


def test_lists_of_anything_are_joined():
    def nonzero(x):
        return [{"places": row.nonzero(), "text": str(row)} for row in x]

    assert_rows_independent(nonzero, ROWS, join=lambda parts: list(chain(*parts)), split=[2, 0, 2])
    with pytest.raises(RowMismatch, match=re.escape("only the whole has output[3].places")):
        assert_rows_independent(nonzero, ROWS, join=lambda parts: list(chain(*parts[1:])))


def test_joined_parts_must_have_the_same_form():
    expected = "output of the whole has shape (3,), the joined parts shape (4, 3)"
    with pytest.raises(RowMismatch, match=re.escape(expected)):
        assert_rows_independent(lambda x: x.sum(0), ROWS, join=torch.stack)
    with pytest.raises(RowMismatch, match="the parts cannot be joined: TypeError"):
        assert_rows_independent(lambda x: x.sum(0), ROWS, join=torch.add)
    with pytest.raises(OracleError, match="returns nothing that can be compared"):
        assert_rows_independent(lambda x: object(), ROWS, join=list)


def test_the_core_needs_no_tensor_library():
    program = (
        "import sys\n"
        "from shapeguard.oracle import MEMBERS, assert_rows_independent, padded\n"
        "assert_rows_independent(lambda rows: [row * 2 for row in rows], [1, 2], batch_axis=MEMBERS)\n"
        "assert not {'torch', 'numpy'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
