"""The row oracle on real models: real defects of adapters 1.3.0, planted ones, and none."""

from __future__ import annotations

import pytest
import torch
from adapters import DoubleSeqBnConfig, LoRAConfig, PromptTuningConfig, SeqBnConfig
from adapters.composition import Average, BatchSplit, Fuse, MultiTask, Parallel, Split, Stack
from adapters.context import AdapterSetup
from models import batch, prefix, tiny_bert

from shapeguard import reference
from shapeguard.errors import CompositionError, OracleError, RowMismatch
from shapeguard.oracle import Relation, Verdict, assert_rowwise_equal, rowwise_report

pytestmark = pytest.mark.adapters


@pytest.fixture(scope="module")
def bottlenecks():
    return tiny_bert({name: SeqBnConfig(reduction_factor=4) for name in "abc"})


@pytest.fixture(scope="module")
def prefixes():
    return tiny_bert({"a": prefix(4), "b": prefix(2), "c": prefix(3)})


def split(*children, sizes):
    return BatchSplit(*children, batch_sizes=sizes)


@pytest.mark.parametrize(
    "setup",
    [
        "a",
        Stack("a", "b"),
        split("a", "b", sizes=[2, 1]),
        split("a", "b", "c", sizes=[0, 3, 0]),
        Stack(split("a", "b", sizes=[2, 1]), "c"),
        Parallel("a", "b"),
    ],
    ids=str,
)
def test_right_compositions_are_ok(bottlenecks, setup):
    report = rowwise_report(bottlenecks, setup, batch(3, mask="padded"))
    assert (report.ok, report.verdict, report.wrong_rows) == (True, Verdict.CORRECT, ())
    assert (report.max_difference, report.smallest) == (0.0, None)
    assert_rowwise_equal(bottlenecks, setup, batch(3, mask="padded"))


def test_layer_norm_applied_twice_is_found(bottlenecks):
    """Defect 10: silently wrong, no shape shows it."""
    setup = split(Stack("a", "b"), "c", sizes=[1, 2])
    report = rowwise_report(bottlenecks, setup, batch(3, mask="full"))
    assert not report.ok
    assert report.verdict is Verdict.WRONG
    assert report.wrong_rows == (0,)
    assert report.max_difference > 0.5
    assert report.differences[0].chain == ("a", "b")
    assert str(report).startswith("1 of 3 rows do not come out as they do alone:\n  row 0 differs")
    assert len(report.smallest.rows) == 1
    assert report.smallest.rows == (0,)


def test_the_smallest_case_fails_and_nothing_smaller_does(bottlenecks):
    setup = Stack(split(Stack("a", "b"), "c", sizes=[1, 2]), "c")
    smallest = rowwise_report(bottlenecks, setup, batch(3)).smallest
    inputs = {"input_ids": batch(3)["input_ids"][list(smallest.rows)]}
    again = rowwise_report(bottlenecks, smallest.setup, inputs)
    assert again.verdict is Verdict.WRONG
    assert str(again.smallest.setup) == str(smallest.setup)


def test_prefixes_of_different_length_are_found(prefixes):
    """Defect 06: the padding of the short prefix is attended to."""
    setup = split(Stack("a", "b"), "c", sizes=[1, 2])
    report = rowwise_report(prefixes, setup, batch(3))
    assert report.wrong_rows == (1, 2)
    assert str(report.smallest).startswith("BatchSplit(")


def test_a_crash_is_reported_with_its_smallest_case(prefixes):
    """Defect 02: the metadata of an empty share outlives the share."""
    setup = Stack("b", split("a", "b", sizes=[0, 3]), "c")
    report = rowwise_report(prefixes, setup, batch(3, mask="padded"))
    assert (report.ok, report.verdict) == (False, Verdict.ERROR)
    assert report.error == "ZeroDivisionError: integer division or modulo by zero"
    assert len(report.smallest.rows) == 1
    assert "crashes, and every row alone runs: ZeroDivisionError" in str(report)
    with pytest.raises(RowMismatch, match="ZeroDivisionError"):
        assert_rowwise_equal(prefixes, setup, batch(3, mask="padded"))


def test_a_clear_refusal_is_told_from_a_crash(prefixes):
    setup = Stack(split("a", "b", sizes=[1, 2]), Parallel("a", "c"))
    upstream = rowwise_report(prefixes, setup, batch(3))
    assert upstream.verdict is Verdict.REFUSED  # adapters says what the sizes are
    assert upstream.error.startswith("IndexError: The given batch has a size of 6")
    lengths = {"a": 2, "b": 3}
    prompts = tiny_bert(
        {name: PromptTuningConfig(prompt_length=at) for name, at in lengths.items()}
    )
    with reference.installed():
        report = rowwise_report(prompts, split("a", "b", sizes=[1, 2]), batch(3))
    assert (report.ok, report.verdict, report.smallest) == (False, Verdict.REFUSED, None)
    assert report.error.startswith("CompositionError: this composition cannot be run right")
    assert "the composed run is refused, and every row alone runs" in str(report)


@pytest.mark.parametrize("task_ids", [torch.tensor([1, 0, 1]), [1, 0, 1], ["b", "a", "b"]])
def test_tasks(task_ids):
    model = tiny_bert({name: LoRAConfig() for name in "abc"})
    report = rowwise_report(model, MultiTask("a", "b"), batch(3, mask="full"), task_ids=task_ids)
    assert report.ok, report
    chains = {row: share.chain for share in report.against for row in share.output_rows}
    assert chains == {0: ("b",), 1: ("a",), 2: ("b",)}


def test_rows_that_look_at_each_other_are_found(prefixes):
    """A planted defect: the output of a row depends on the batch."""
    handle = prefixes.register_forward_hook(_subtract_mean_of_rows)
    try:
        with pytest.raises(RowMismatch, match="3 of 3 rows"):
            assert_rowwise_equal(prefixes, split("a", "c", sizes=[1, 2]), batch(3))
    finally:
        handle.remove()


def _subtract_mean_of_rows(module, args, output):
    output.last_hidden_state = output.last_hidden_state - output.last_hidden_state.mean(0)
    return output


def test_lost_rows_are_found(bottlenecks):
    def drop(module, args, output):
        if len(output.last_hidden_state) == 3:
            output.last_hidden_state = output.last_hidden_state[:2]
        return output

    handle = bottlenecks.register_forward_hook(drop)
    try:
        report = rowwise_report(bottlenecks, split("a", "b", sizes=[1, 2]), batch(3))
    finally:
        handle.remove()
    assert report.wrong_rows == (0, 1, 2)
    assert report.max_difference == float("inf")


def test_the_model_is_left_as_it_was(bottlenecks):
    bottlenecks.set_active_adapters(Stack("a"), skip_layers=[1])
    before = bottlenecks.adapters_config.active_setup
    inputs = batch(3, mask="padded")
    kept = {name: tensor.clone() for name, tensor in inputs.items()}
    rowwise_report(bottlenecks, split(Stack("a", "b"), "c", sizes=[1, 2]), inputs)
    assert bottlenecks.adapters_config.active_setup is before
    assert bottlenecks.adapters_config.skip_layers == [1]
    assert not bottlenecks.training
    assert all(torch.equal(inputs[name], kept[name]) for name in kept)
    bottlenecks.set_active_adapters(None)


def test_a_crash_leaves_the_model_as_it_was(prefixes):
    rowwise_report(prefixes, Stack(split("a", "b", sizes=[0, 2]), "c"), batch(2))
    assert prefixes.adapters_config.active_setup is None


def test_a_random_model_cannot_be_judged(bottlenecks):
    def disturb(module, args, output):
        output.last_hidden_state = output.last_hidden_state + torch.rand(1)
        return output

    handle = bottlenecks.register_forward_hook(disturb)
    try:
        with pytest.raises(
            OracleError, match=r"two equal runs differ in output\.last_hidden_state"
        ):
            rowwise_report(bottlenecks, split("a", "b", sizes=[1, 1]), batch(2))
    finally:
        handle.remove()


def test_adapters_that_change_nothing_cannot_be_judged():
    """A new LoRA is such: its second matrix is zero."""
    model = tiny_bert({})
    for name in "ab":
        model.add_adapter(name, config=LoRAConfig())
    with pytest.raises(OracleError, match="no adapter of the setup changes the output"):
        rowwise_report(model.eval(), split("a", "b", sizes=[2, 1]), batch(3))


@pytest.mark.parametrize("attention", ["eager", "sdpa"])
def test_dropout_is_off_in_training(attention):
    methods = {name: LoRAConfig(dropout=0.5) for name in "ab"}
    model = tiny_bert(methods, attention=attention).train()
    setup = Stack(split("a", "b", sizes=[1, 2]), "a")
    assert rowwise_report(model, setup, batch(3), gradients=True).ok
    assert model.training


def test_an_average_of_copies_is_the_copy(bottlenecks):
    """Defect 16: a mean of products with weights that add up to one."""
    report = rowwise_report(bottlenecks, Average("a", "a"), batch(2))
    assert (report.verdict, report.relation) == (Verdict.WRONG, Relation.IDENTITY)
    assert report.codes == ("SG604",)
    report = rowwise_report(bottlenecks, Average("a", "b"), batch(2))
    assert (report.verdict, report.relation) == (Verdict.WRONG, Relation.IDENTITY)
    assert report.smallest.layers == (0,)


def test_mixtures_are_judged_by_rows():
    model = tiny_bert({name: DoubleSeqBnConfig(reduction_factor=4) for name in "abc"})
    model.add_adapter_fusion(Fuse("a", "b"))
    inputs = batch(3, mask="full")
    for setup in (
        Stack(Fuse("a", "b")),
        Split("a", "b", splits=[3, 3]),
        Split("a", "a", splits=[2, 4]),
        split(Split("a", "b", splits=[2, 4]), "c", sizes=[1, 2]),
    ):
        report = rowwise_report(model, setup, inputs)
        assert report.ok, report


@pytest.mark.parametrize(
    ("setup", "reason"),
    [
        (split("a", "b", sizes=[2, 2]), "do not add up to 3 rows"),
        (Parallel(Stack(split("a", "b", sizes=[1, 2]))), "adapters does not accept this setup"),
        (Stack("a", "x"), "the model has no adapter x"),
    ],
    ids=str,
)
def test_a_setup_that_does_not_fit_is_refused(bottlenecks, setup, reason):
    with pytest.raises(CompositionError, match=reason):
        rowwise_report(bottlenecks, setup, batch(3))


def test_a_row_that_fails_alone_cannot_be_judged(bottlenecks):
    inputs = {"input_ids": torch.tensor([[1, 2], [3, 1000]])}
    with pytest.raises(OracleError, match=r"rows 1 alone through b fail.*IndexError"):
        rowwise_report(bottlenecks, split("a", "b", sizes=[1, 1]), inputs)


def test_a_setup_that_would_be_overridden_cannot_be_judged(bottlenecks):
    with AdapterSetup(Stack("a")), pytest.raises(OracleError, match="AdapterSetup context"):
        rowwise_report(bottlenecks, Stack("b"), batch(2))


@pytest.mark.parametrize("inputs", [{}, {"use_cache": False}])
def test_inputs_need_a_batch(bottlenecks, inputs):
    with pytest.raises(OracleError, match="no tensor with a batch axis"):
        rowwise_report(bottlenecks, "a", inputs)


def test_a_model_without_adapters_cannot_be_judged():
    with pytest.raises(OracleError, match=r"call adapters\.init"):
        rowwise_report(torch.nn.Linear(2, 2), "a", batch(2))


def test_tuple_outputs_are_judged(bottlenecks):
    inputs = {**batch(3), "return_dict": False}
    report = rowwise_report(bottlenecks, split(Stack("a", "b"), "c", sizes=[1, 2]), inputs)
    assert report.wrong_rows == (0,)
    assert report.differences[0].leaf == "output[0]"


def test_merged_weights_stay_merged():
    model = tiny_bert({"a": LoRAConfig(), "b": SeqBnConfig(reduction_factor=4)})
    model.merge_adapter("a")
    assert rowwise_report(model, "b", batch(2)).ok
    assert any(getattr(module, "merged", None) == "a" for module in model.modules())
