"""Layers and losses of ``torch.nn``: objects that do what a function does when they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.models.vocabulary import Builds

if TYPE_CHECKING:
    from shapeguard.lint.flow.models.vocabulary import Model

_FUNCTIONAL = "torch.nn.functional"
_LOSSES = {
    "BCELoss": "binary_cross_entropy",
    "BCEWithLogitsLoss": "binary_cross_entropy_with_logits",
    "CTCLoss": "ctc_loss",
    "CosineEmbeddingLoss": "cosine_embedding_loss",
    "CrossEntropyLoss": "cross_entropy",
    "GaussianNLLLoss": "gaussian_nll_loss",
    "HingeEmbeddingLoss": "hinge_embedding_loss",
    "HuberLoss": "huber_loss",
    "KLDivLoss": "kl_div",
    "L1Loss": "l1_loss",
    "MSELoss": "mse_loss",
    "MarginRankingLoss": "margin_ranking_loss",
    "MultiLabelSoftMarginLoss": "multilabel_soft_margin_loss",
    "MultiMarginLoss": "multi_margin_loss",
    "NLLLoss": "nll_loss",
    "PoissonNLLLoss": "poisson_nll_loss",
    "SmoothL1Loss": "smooth_l1_loss",
    "SoftMarginLoss": "soft_margin_loss",
    "TripletMarginLoss": "triplet_margin_loss",
}
_LAYERS = {
    "BatchNorm2d": "batch_norm",
    "Conv1d": "conv1d",
    "Conv2d": "conv2d",
    "Conv3d": "conv3d",
    "Dropout": "dropout",
    "ELU": "elu",
    "GELU": "gelu",
    "GroupNorm": "group_norm",
    "LayerNorm": "layer_norm",
    "LeakyReLU": "leaky_relu",
    "Linear": "linear",
    "LogSoftmax": "log_softmax",
    "ReLU": "relu",
    "SiLU": "silu",
    "Sigmoid": "sigmoid",
    "Softmax": "softmax",
    "Softplus": "softplus",
    "Tanh": "tanh",
}

_RECURRENT = {"GRU": "gru", "LSTM": "lstm", "RNN": "rnn_tanh"}

MODULES: tuple[Model, ...] = (
    *(
        Builds(f"torch.nn.{k}", f"{_FUNCTIONAL}.{f}", ("reduction", "weight"))
        for k, f in _LOSSES.items()
    ),
    *(Builds(f"torch.nn.{name}", f"{_FUNCTIONAL}.{f}") for name, f in _LAYERS.items()),
    Builds("torch.nn.BatchNorm1d", f"{_FUNCTIONAL}.batch_norm", flags=("training",)),
    *(Builds(f"torch.nn.{k}", f"torch.{f}", ("batch_first",)) for k, f in _RECURRENT.items()),
)
