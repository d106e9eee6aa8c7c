"""The examples of the page on row independence run, and what it says cannot be judged is so."""

from __future__ import annotations

import re

import pytest

from shapeguard.errors import OracleError, RowMismatch
from shapeguard.oracle import MEMBERS, assert_rows_independent

pytestmark = pytest.mark.adapters


def test_the_examples_run_one_after_another(root, blocks):
    page = root / "docs" / "row-independence.md"
    examples = blocks(page.read_text("utf-8"), "python")
    assert len(examples) == 7
    names: dict[str, object] = {}
    for example in examples:
        exec(compile(example, page.name, "exec"), names)  # noqa: S102 - our own page


def test_the_message_of_the_page(root, blocks):
    import torch  # noqa: PLC0415 - not before the mark

    (shown,) = blocks((root / "docs" / "row-independence.md").read_text("utf-8"), "text")
    with pytest.raises(RowMismatch) as caught:
        assert_rows_independent(lambda x: x.softmax(0), torch.eye(4)[:, :3])
    found = str(caught.value).splitlines()
    for line, actual in zip(shown.splitlines()[:2], found, strict=False):
        assert re.fullmatch(re.escape(line).replace(r"\.\.\.", r"[\d.]+"), actual)


def test_batch_statistics_are_a_mismatch_in_training_mode_alone():
    import torch  # noqa: PLC0415 - as above

    layer = torch.nn.BatchNorm1d(3, track_running_stats=False)
    rows = torch.randn(4, 3, generator=torch.Generator().manual_seed(0))
    with pytest.raises(RowMismatch, match=re.escape("rows [0, 1] of output differ")):
        assert_rows_independent(layer, rows, split=[2, 2])
    assert_rows_independent(torch.nn.BatchNorm1d(3).eval(), rows)


def test_a_contrastive_loss_is_one_number():
    import torch  # noqa: PLC0415 - as above

    def loss(rows):
        return torch.nn.functional.cross_entropy(rows @ rows.T, torch.arange(len(rows)))

    with pytest.raises(OracleError, match="output is one number, so no row can be compared"):
        assert_rows_independent(loss, torch.eye(4))


def test_dropout_is_random_and_a_seed_does_not_help():
    import torch  # noqa: PLC0415 - as above

    def seeded(rows):
        torch.manual_seed(0)
        return torch.nn.functional.dropout(rows)

    with pytest.raises(OracleError, match="it is random"):
        assert_rows_independent(torch.nn.functional.dropout, torch.ones(8, 8))
    with pytest.raises(RowMismatch):
        assert_rows_independent(seeded, torch.ones(8, 8))


def test_padding_is_judged_from_samples():
    import torch  # noqa: PLC0415 - as above
    from transformers import GPT2Config, GPT2Model  # noqa: PLC0415 - as above

    torch.manual_seed(0)
    config = GPT2Config(vocab_size=20, n_embd=16, n_layer=2, n_head=2, n_positions=16)
    model = GPT2Model(config).eval()
    with torch.no_grad():
        model.wpe.weight.normal_()

    def last(samples, *, counted):
        width = max(map(len, samples))
        ids = torch.tensor([[0] * (width - len(sample)) + sample for sample in samples])
        mask = torch.tensor([[0] * (width - len(sample)) + [1] * len(sample) for sample in samples])
        places = (mask.cumsum(1) - 1).clamp(min=0) if counted else None
        with torch.no_grad():
            return model(ids, attention_mask=mask, position_ids=places).last_hidden_state[:, -1]

    samples = [[3, 4, 5, 6], [7, 8]]
    assert_rows_independent(lambda rows: last(rows, counted=True), samples, batch_axis=MEMBERS)
    with pytest.raises(RowMismatch, match=re.escape("rows [1] of output differ")):
        assert_rows_independent(lambda rows: last(rows, counted=False), samples, batch_axis=MEMBERS)
