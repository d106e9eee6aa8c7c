"""What torch refuses of nothing is what the models say it refuses, and what it takes is not refused."""

from __future__ import annotations

import pytest

from shapeguard.lint.flow.models import MODELS
from shapeguard.lint.flow.models.vocabulary import Encodes, Joins, Requires

torch = pytest.importorskip("torch")
F = torch.nn.functional
rnn = torch.nn.utils.rnn


def zeros(*shape):
    return torch.zeros(shape)


def whole(*shape):
    return torch.zeros(shape, dtype=torch.long)


REFUSED = {
    "torch.nn.functional.affine_grid": lambda n: F.affine_grid(
        zeros(n, 2, 3), [n, 1, 2, 2], align_corners=False
    ),
    "torch.nn.functional.ctc_loss": lambda n: F.ctc_loss(
        zeros(3, n, 4).log_softmax(-1), whole(n, 2) + 1, whole(n) + 3, whole(n) + 2
    ),
    "torch.nn.functional.interpolate": lambda n: F.interpolate(zeros(2, n, 4, 4), scale_factor=2),
    "torch.nn.functional.one_hot": lambda n: F.one_hot(whole(n)),
    "torch.nn.utils.rnn.pack_padded_sequence": lambda n: rnn.pack_padded_sequence(
        zeros(3, n, 4), whole(n) + 2
    ),
    "torch.nn.utils.rnn.pad_sequence": lambda n: rnn.pad_sequence([zeros(2)] * n),
    "torch.nn.utils.rnn.pack_sequence": lambda n: rnn.pack_sequence([zeros(2)] * n),
    "torch.gru": lambda n: torch.nn.GRU(3, 4)(zeros(n, 2, 3)),
    "torch.lstm": lambda n: torch.nn.LSTM(3, 4, batch_first=True)(zeros(2, n, 3)),
    "torch.rnn_tanh": lambda n: torch.nn.RNN(3, 4)(zeros(n, 2, 3)),
    "torch.fft.fft": lambda n: torch.fft.fft(zeros(n)),
    "torch.fft.ifft": lambda n: torch.fft.ifft(zeros(n)),
    "torch.fft.rfft": lambda n: torch.fft.rfft(zeros(n)),
    "torch.fft.irfft": lambda n: torch.fft.irfft(zeros(2 * n)),
    "torch.stft": lambda n: torch.stft(zeros(8 * n), 4, window=torch.ones(4), return_complex=True),
    "torch.randint": lambda n: torch.randint(n, (2,)),
    "torch.multinomial": lambda n: torch.multinomial(zeros(2, n) + 1, 1),
    "torch.cat": lambda n: torch.cat([zeros(2)] * n),
    "torch.stack": lambda n: torch.stack([zeros(2)] * n),
    "torch._foreach_add": lambda n: torch._foreach_add([zeros(2)] * n, 1),
}
TAKEN = {
    "torch.nn.functional.interpolate": lambda n: F.interpolate(zeros(n, 3, 4, 4), scale_factor=2),
    "torch.nn.functional.conv2d": lambda n: F.conv2d(zeros(n, 3, 4, 4), zeros(2, 3, 3, 3)),
    "torch.nn.functional.batch_norm": lambda n: F.batch_norm(
        zeros(2 * n, 3), zeros(3), zeros(3), training=True
    ),
    "torch.nn.functional.layer_norm": lambda n: F.layer_norm(zeros(n, 4), (4,)),
    "torch.nn.functional.max_pool2d": lambda n: F.max_pool2d(zeros(n, 3, 4, 4), 2),
    "torch.nn.functional.grid_sample": lambda n: F.grid_sample(
        zeros(n, 1, 2, 2), zeros(n, 2, 2, 2), align_corners=False
    ),
    "torch.nn.functional.scaled_dot_product_attention": lambda n: F.scaled_dot_product_attention(
        zeros(2, 2, 3, 4), zeros(2, 2, n, 4), zeros(2, 2, n, 4)
    ),
    "torch.gru": lambda n: torch.nn.GRU(3, 4)(zeros(2, n, 3)),
    "torch.nn.functional.embedding": lambda n: F.embedding(whole(n), zeros(5, 3)),
    "torch.nn.functional.cross_entropy": lambda n: F.cross_entropy(zeros(n, 3), whole(n)),
    "torch.bincount": lambda n: torch.bincount(whole(n)),
    "torch.cdist": lambda n: torch.cdist(zeros(n, 3), zeros(2, 3)),
    "torch.softmax": lambda n: torch.softmax(zeros(2, n), dim=-1),
    "torch.cumsum": lambda n: torch.cumsum(zeros(n), 0),
    "torch.sort": lambda n: torch.sort(zeros(n)),
    "torch.logsumexp": lambda n: torch.logsumexp(zeros(n), 0),
    "torch.einsum": lambda n: torch.einsum("ij,jk->ik", zeros(n, 3), zeros(3, n)),
}


@pytest.mark.parametrize("call", REFUSED.values(), ids=REFUSED)
def test_torch_refuses_nothing_and_takes_one(call):
    call(1)
    with pytest.raises((RuntimeError, ValueError, IndexError)):
        call(0)


@pytest.mark.parametrize("name", REFUSED)
def test_the_models_say_that_it_is_refused(name):
    assert isinstance(MODELS_BY_NAME[name], Requires | Encodes | Joins)


@pytest.mark.parametrize("call", TAKEN.values(), ids=TAKEN)
def test_torch_takes_nothing_here(call):
    call(1)
    call(0)


MODELS_BY_NAME = {model.name: model for model in MODELS}


def test_every_refusal_of_torch_that_is_modelled_is_measured():
    modelled = {
        name
        for name, model in MODELS_BY_NAME.items()
        if isinstance(model, Requires) and name.startswith("torch.")
    }
    measured = {*REFUSED, "torch.nn.functional.batch_norm"}
    assert {name for name in modelled if "_foreach_" not in name} <= measured


def test_batch_normalisation_refuses_one_row_in_training_and_no_other_number():
    layer = torch.nn.BatchNorm1d(3)
    assert [layer(zeros(n, 3)).size(0) for n in (0, 2)] == [0, 2]
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        layer(zeros(1, 3))
    assert layer.eval()(zeros(1, 3)).size(0) == 1


def test_what_torch_takes_is_not_refused_in_the_models():
    refusing = {name for name in TAKEN if isinstance(MODELS_BY_NAME.get(name), Requires)}
    others = {"torch.gru", "torch.nn.functional.interpolate"}
    assert refusing == {*others, "torch.nn.functional.batch_norm"}, "others refuse another axis"
