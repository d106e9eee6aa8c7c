"""The row oracle judges prefix tuning of BERT: every composition that is accepted comes out right."""

from __future__ import annotations

import pytest
import torch
from adapters import ConfigUnion, LoRAConfig, UniPELTConfig
from adapters.composition import Average, BatchSplit, MultiTask, Parallel, Stack
from hypothesis import HealthCheck, given, settings
from models import batch, prefix, tiny_bert

from shapeguard import reference
from shapeguard.oracle import assert_rowwise_equal, rowwise_report
from shapeguard.oracle.strategies import compositions

pytestmark = pytest.mark.adapters


def split(*children, sizes):
    return BatchSplit(*children, batch_sizes=list(sizes))


SIZES = [(2, 1), (1, 2), (3, 0), (0, 3)]
SETUPS = [
    "a",
    Stack("a", "b", "c"),
    split("a", "b", "c", sizes=[0, 3, 0]),
    split("a", "b", "c", sizes=[1, 0, 2]),
    split("a", "b", "c", sizes=[0, 0, 3]),
    Parallel("a", "b", "c"),
    Stack(Parallel("a", "b"), Parallel("c", Stack("b", "a"))),
    Parallel(Stack("a", "b"), "c"),
    Stack("a", Parallel(Stack("b", "c"), "a"), "b"),
    *[
        setup
        for one, two in SIZES
        for setup in (
            split("a", "b", sizes=[one, two]),
            Stack(split("a", "b", sizes=[one, two]), "c"),
            Stack("c", split("a", "b", sizes=[one, two]), "a"),
            split(Stack("a", "b"), "c", sizes=[one, two]),
            Stack(split("c", Stack("a", "b"), sizes=[one, two]), "b"),
            split(split("a", "b", sizes=[one, 0]), "c", sizes=[one, two]),
            split("c", split(Stack("a", "b"), "b", sizes=[0, two]), sizes=[one, two]),
            Stack(split("a", "b", sizes=[one, two]), split("b", "c", sizes=[two, one])),
            Parallel("c", split("a", "b", sizes=[one, two])),
            Parallel(split("a", "b", sizes=[one, two]), "c"),
            Parallel(Stack("a", "c"), split("a", "b", sizes=[one, two]), "b"),
            Stack(Parallel("a", Stack("b", "c")), split("c", "a", sizes=[2 * one, 2 * two])),
        )
    ],
]
TASKS = [
    MultiTask("a", "b"),
    MultiTask(Stack("a", "c"), "b"),
    Stack("c", MultiTask("a", Stack("b", "c")), "b"),
    Stack(split("a", "b", sizes=[1, 2]), MultiTask("b", "c")),
]


def name(setup):
    return f"{setup}{getattr(setup, 'batch_sizes', '')}"


@pytest.fixture(scope="module", params=["eager", "sdpa"])
def ragged(request):
    """Prefixes of 4, 2 and 3 keys; the shortest is gated."""
    methods = {"a": prefix(4), "b": prefix(2, gated=True), "c": prefix(3)}
    return tiny_bert(methods, attention=request.param)


@pytest.fixture(autouse=True)
def installed():
    with reference.installed():
        yield


@pytest.mark.parametrize("mask", ["none", "padded"])
@pytest.mark.parametrize("setup", SETUPS, ids=name)
def test_every_row_is_right(ragged, setup, mask):
    assert_rowwise_equal(ragged, setup, batch(3, mask=mask))


@pytest.mark.parametrize("task_ids", [(1, 0, 1), (0, 0, 0), (1, 1, 1)])
@pytest.mark.parametrize("setup", TASKS, ids=name)
def test_every_row_is_right_under_tasks(ragged, setup, task_ids):
    inputs = batch(3, mask="padded")
    assert_rowwise_equal(ragged, setup, inputs, task_ids=torch.tensor(task_ids))


def test_task_ids_count_the_rows_that_parallel_has_replicated(ragged):
    setup = Stack(Parallel("a", "b"), MultiTask("c", "a"))
    assert_rowwise_equal(ragged, setup, batch(2), task_ids=torch.tensor([1, 0, 0, 0]))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(composed=compositions(["a", "b", "c"], rows=3))
def test_every_generated_composition_is_right(ragged, composed):
    report = rowwise_report(ragged, composed.setup, batch(3), task_ids=composed.task_ids)
    assert report.ok, report


@pytest.mark.parametrize("setup", [split("a", "b", sizes=[2, 0]), split("a", "b", sizes=[0, 2])])
@pytest.mark.parametrize("gated", [False, True])
def test_the_shares_of_the_reported_issue(setup, gated):
    """adapter-hub/adapters#794: an empty share at the end of the batch."""
    model = tiny_bert({name: prefix(4, gated=gated) for name in "ab"})
    assert_rowwise_equal(model, setup, batch(2, mask="full"))


@pytest.mark.parametrize("shared", [False, True])
def test_gates_open_for_their_own_row(shared):
    methods = {name: prefix(3, gated=True, shared_gating=shared) for name in "abc"}
    model = tiny_bert(methods)
    for setup in SETUPS[-24:]:
        assert_rowwise_equal(model, setup, batch(3, mask="padded"))


def test_a_child_without_prefix_in_a_layer():
    """Rows without a prefix are padded like rows with a short one (defect 06)."""
    methods = {"a": prefix(4, leave_out=[0]), "b": prefix(2), "c": prefix(3, leave_out=[1])}
    model = tiny_bert(methods)
    for setup in SETUPS:
        assert_rowwise_equal(model, setup, batch(3))


def test_an_average_of_adapters_without_prefix_in_a_layer_passes_the_state_on():
    methods = {"a": prefix(4), "b": LoRAConfig(), "c": LoRAConfig()}
    model = tiny_bert(methods)
    model.set_active_adapters(Stack("a", Average("b", "c")))
    with torch.no_grad():
        assert model(**batch(2)).last_hidden_state.shape == (2, 6, 32)


@pytest.fixture
def with_lora(request):
    """A gated prefix in one adapter with LoRA on keys and values, which replicates those first."""
    union = ConfigUnion(LoRAConfig(attn_matrices=["k", "v"]), prefix(3, gated=True))
    return tiny_bert({"a": union, "b": union}, attention=request.param)


@pytest.mark.parametrize("with_lora", ["eager", "sdpa"], indirect=True)
@pytest.mark.parametrize("rows", [1, 2, 3])
def test_lora_on_keys_beside_a_prefix(with_lora, rows):
    """Defect 05: adapters replicates the keys, and the residual input stays behind."""
    assert_rowwise_equal(with_lora, Parallel("a", "b"), batch(rows, mask="padded"))


def test_an_input_that_the_caller_has_replicated(ragged):
    """As generate() does, with adapter_input_parallelized."""
    setup = Parallel("a", BatchSplit("b", "c", batch_sizes=[2, 1]))
    inputs = batch(3, mask="padded")
    ragged.set_active_adapters(setup)
    twice = {key: value.repeat(2, 1) for key, value in inputs.items()}
    with torch.no_grad():
        once = ragged(**inputs).last_hidden_state
        again = ragged(**twice, adapter_input_parallelized=True).last_hidden_state
    assert torch.allclose(once, again, atol=1e-5)


def test_training_mode_takes_the_same_dropped_prefix_for_every_channel():
    """Dropout gives every input row a prefix of its own, so a prefix is taken by row."""
    methods = {name: prefix(4, dropout=0.5) for name in "ab"}
    model = tiny_bert(methods, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0).train()
    model.set_active_adapters(Parallel("a", "a"))
    output = model(**batch(3)).last_hidden_state
    assert torch.equal(output[:3], output[3:])
    assert not torch.allclose(output[0], model(**batch(3)).last_hidden_state[0])


def test_gradients_reach_every_prefix_that_has_rows():
    model = tiny_bert({"a": prefix(4, flat=True), "b": prefix(2, flat=True)})
    model.set_active_adapters(split("a", "b", sizes=[0, 3]))
    model(**batch(3)).last_hidden_state.sum().backward()
    tunings = model.prefix_tuning.prefix_tunings
    reached = {name: tunings[name]["self_prefix"].control_trans.grad for name in "ab"}
    assert reached["b"].abs().max() > 0
    assert reached["a"] is None or not reached["a"].any()


def test_unipelt_is_accepted():
    model = tiny_bert({name: UniPELTConfig() for name in "ab"})
    assert_rowwise_equal(model, split("a", "b", sizes=[0, 3]), batch(3, mask="full"))
