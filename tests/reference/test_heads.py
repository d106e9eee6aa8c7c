"""Heads get the rows of their share, with everything that has rows, also where the share is empty."""

from __future__ import annotations

import adapters
import pytest
import torch
from adapters import BartAdapterModel, BertAdapterModel, LoRAConfig, SeqBnInvConfig
from adapters.composition import BatchSplit, MultiTask, Parallel, Stack
from adapters.context import AdapterSetup
from models import SIZES, batch, prefix, randomise
from transformers import BartConfig, BertConfig

from shapeguard import reference
from shapeguard.errors import CompositionError

pytestmark = pytest.mark.adapters

ROWS = 3
SHARES = [[3, 0], [0, 3], [2, 1], [1, 2]]


@pytest.fixture(autouse=True)
def installed():
    with reference.installed():
        yield


def split(*children, sizes):
    return BatchSplit(*children, batch_sizes=list(sizes))


def bert(add_head, methods=None, **options):
    torch.manual_seed(0)
    model = BertAdapterModel(BertConfig(**SIZES))
    adapters.init(model)
    methods = methods or dict.fromkeys("abc", prefix(3))
    for name, method in methods.items():
        model.add_adapter(name, config=method)
        getattr(model, add_head)(name, **options)
    randomise(model, methods, 0)
    return model.eval()


def run(model, setup, inputs, **targets):
    model.set_active_adapters(setup)
    with torch.no_grad():
        return model(**inputs, **targets)


def alone(model, name, inputs, rows, **targets):
    own = {key: value[rows] for key, value in inputs.items()}
    return run(model, Stack(name), own, **{key: value[rows] for key, value in targets.items()})


def same(one, other):
    torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-5)


def check(model, sizes, targets, output="logits"):
    """The output and the loss of every head are those of its rows alone."""
    inputs = batch(ROWS, mask="padded")
    together = run(model, split("a", "b", sizes=sizes), inputs, **targets)
    first, second = slice(0, sizes[0]), slice(sizes[0], ROWS)
    losses = []
    for at, (name, rows) in enumerate([("a", first), ("b", second)]):
        got = together.head_outputs[at]
        if sizes[at] == 0:
            assert got[output].size(0) == 0
            assert got.get("loss") is None
            continue
        expected = alone(model, name, inputs, rows, **targets)
        same(got[output], expected[output])
        if targets:
            same(got["loss"], expected["loss"])
            losses.append(expected["loss"])
    if targets:
        same(together.loss, torch.stack(losses).sum())
    else:
        assert together.loss is None


@pytest.mark.parametrize("sizes", SHARES)
class TestEveryKindOfHead:
    """Defects 01 and 21."""

    @pytest.mark.parametrize("labels", [{}, {"labels": torch.tensor([1, 0, 1])}])
    @pytest.mark.parametrize("use_pooler", [False, True])
    def test_classification(self, sizes, labels, use_pooler):
        check(bert("add_classification_head", use_pooler=use_pooler), sizes, labels)

    def test_tagging(self, sizes):
        labels = torch.randint(0, 2, (ROWS, 6), generator=torch.Generator().manual_seed(0))
        check(bert("add_tagging_head"), sizes, {"labels": labels})

    def test_question_answering(self, sizes):
        spans = {
            "start_positions": torch.tensor([1, 2, 0]),
            "end_positions": torch.tensor([2, 3, 1]),
        }
        check(bert("add_qa_head"), sizes, spans, output="start_logits")

    def test_language_modelling_through_invertible_adapters(self, sizes):
        methods = dict.fromkeys("ab", SeqBnInvConfig(reduction_factor=4))
        labels = torch.randint(0, 100, (ROWS, 6), generator=torch.Generator().manual_seed(0))
        check(bert("add_masked_lm_head", methods), sizes, {"labels": labels})


def test_choices_stay_together():
    model = bert("add_multiple_choice_head", num_choices=2)
    inputs = batch(4, mask="padded")
    labels = torch.tensor([1, 0])
    together = run(model, split("a", "b", sizes=[2, 2]), inputs, labels=labels)
    for at, (name, rows) in enumerate([("a", slice(0, 2)), ("b", slice(2, 4))]):
        own = {key: value[rows] for key, value in inputs.items()}
        expected = run(model, Stack(name), own, labels=labels[at : at + 1])
        same(together.head_outputs[at].logits, expected.logits)
        same(together.head_outputs[at].loss, expected.loss)
    empty = run(model, split("a", "b", sizes=[0, 4]), inputs, labels=labels)
    assert empty.head_outputs[0].logits.shape == (0, 2)
    with pytest.raises(CompositionError, match="its 2 choices must stay together"):
        run(model, split("a", "b", sizes=[1, 3]), inputs, labels=labels)


def test_every_channel_has_its_head():
    model = bert("add_classification_head", use_pooler=True)
    inputs, labels = batch(ROWS, mask="padded"), torch.tensor([1, 0, 1])
    together = run(model, Parallel("a", "b"), inputs, labels=labels)
    for at, name in enumerate("ab"):
        expected = run(model, Stack(name), inputs, labels=labels)
        same(together.head_outputs[at].logits, expected.logits)
        same(together.head_outputs[at].loss, expected.loss)


@pytest.mark.parametrize("sizes", SHARES)
def test_a_batch_split_within_a_channel_has_a_head_for_every_part(sizes):
    """adapters gives all rows of the channel to the head of its last adapter."""
    model = bert("add_classification_head")
    inputs = batch(ROWS, mask="padded")
    together = run(model, Parallel("c", split("a", "b", sizes=sizes)), inputs)
    same(together.head_outputs[0].logits, run(model, Stack("c"), inputs).logits)
    for at, (name, rows) in enumerate([("a", slice(0, sizes[0])), ("b", slice(sizes[0], ROWS))]):
        if sizes[at]:
            same(together.head_outputs[at + 1].logits, alone(model, name, inputs, rows).logits)


def test_as_many_heads_as_channels():
    model = bert("add_classification_head")
    model.set_active_adapters(Parallel("a", "b"))
    model.active_head = ["a", "b", "c"]
    with pytest.raises(CompositionError, match="cannot serve 2 parallel channels"):
        model(**batch(ROWS))


def test_heads_of_an_earlier_split_are_forgotten():
    """Defect 01: adapters uses them for the tasks of a MultiTask block."""
    model = bert("add_classification_head")
    run(model, split("a", "b", sizes=[2, 1]), batch(ROWS))
    output = run(model, MultiTask("a", "b"), batch(ROWS), task_ids=torch.tensor([0, 1, 0]))
    assert output.last_hidden_state.shape == (ROWS, 6, 32)
    model.active_head = "c"
    output = run(model, MultiTask("a", "b"), batch(ROWS), task_ids=torch.tensor([0, 1, 0]))
    assert output.logits.shape == (ROWS, 2)


def test_sizes_of_heads_that_do_not_fit():
    model = bert("add_classification_head")
    model.set_active_adapters(Stack("a"))
    model.active_head = split("a", "b", sizes=[2, 2])
    with pytest.raises(CompositionError, match="add up to 4, and 3 rows"):
        model(**batch(ROWS))


@pytest.mark.parametrize("sizes", SHARES)
def test_sequence_to_sequence_classification_from_the_last_token(sizes):
    torch.manual_seed(0)
    config = BartConfig(
        vocab_size=100, d_model=32, encoder_layers=1, decoder_layers=1, encoder_attention_heads=4,
        decoder_attention_heads=4, encoder_ffn_dim=48, decoder_ffn_dim=48,
        max_position_embeddings=64,
    )  # fmt: skip
    model = BartAdapterModel(config)
    adapters.init(model)
    methods = dict.fromkeys("ab", LoRAConfig(r=2))
    for name, method in methods.items():
        model.add_adapter(name, config=method)
        model.add_classification_head(name)
    randomise(model, methods, 0)
    model.eval()
    ids = torch.randint(3, 100, (ROWS, 6), generator=torch.Generator().manual_seed(0))
    ids[:, -1] = config.eos_token_id
    inputs, labels = {"input_ids": ids}, torch.tensor([1, 0, 1])
    together = run(model, split("a", "b", sizes=sizes), inputs, labels=labels)
    for at, (name, rows) in enumerate([("a", slice(0, sizes[0])), ("b", slice(sizes[0], ROWS))]):
        if sizes[at] == 0:
            assert together.head_outputs[at].logits.shape == (0, 2)
            continue
        expected = alone(model, name, inputs, rows, labels=labels)
        same(together.head_outputs[at].logits, expected.logits)
        same(together.head_outputs[at].loss, expected.loss)


def test_outputs_as_tuples():
    model = bert("add_classification_head")
    inputs = batch(ROWS)
    together = run(model, split("a", "b", sizes=[0, 3]), {**inputs, "return_dict": False})
    assert together.head_outputs[0][0].shape == (0, 2)
    same(together.head_outputs[1][0], run(model, Stack("b"), inputs).logits)


def test_the_setup_of_a_context_decides_the_heads():
    model = bert("add_classification_head")
    inputs = batch(ROWS, mask="padded")
    expected = {name: run(model, Stack(name), inputs).logits for name in "ab"}
    with torch.no_grad():
        model.set_active_adapters(Parallel("a", "b"))
        with AdapterSetup("a", head_setup="a"):
            same(model(**inputs).logits, expected["a"])
        for setup in (Stack("a"), split("a", "b", sizes=[1, 2])):
            model.set_active_adapters(setup)
            with AdapterSetup(Parallel("a", "b"), head_setup=["a", "b"]):
                for at, name in enumerate("ab"):
                    same(model(**inputs).head_outputs[at].logits, expected[name])
        with AdapterSetup("b", head_setup="b"):
            same(model(**inputs).logits, expected["b"])


@pytest.mark.parametrize("setup", [split("a", "b", sizes=[1, 2]), Parallel("a", "b")])
def test_a_training_step_leaves_the_targets_alone(setup):
    """The head of adapters clamps them in place."""
    model = bert("add_qa_head")
    model.set_active_adapters(setup)
    spans = {"start_positions": torch.tensor([0, 1, 99]), "end_positions": torch.tensor([1, 2, 99])}
    model(**batch(ROWS), **spans).loss.backward()
    assert spans["start_positions"].tolist() == [0, 1, 99]


def test_an_empty_share_of_dependencies():
    model = bert("add_dependency_parsing_head", num_labels=2)
    starts = torch.tensor([[1, 2, 3, 4, 5, -1]] * ROWS)
    labels = torch.randint(0, 2, (ROWS, 6), generator=torch.Generator().manual_seed(0))
    targets = {"word_starts": starts, "labels_arcs": labels, "labels_rels": labels}
    output = run(model, split("a", "b", sizes=[0, 3]), batch(ROWS), **targets)
    assert output.head_outputs[0].arc_preds.size(0) == 0


def test_a_mask_of_booleans():
    model = bert("add_classification_head")
    inputs = batch(ROWS, mask="padded")
    expected = run(model, Stack("a"), inputs).logits
    inputs["attention_mask"] = inputs["attention_mask"].bool()
    same(run(model, Stack("a"), inputs).logits, expected)
