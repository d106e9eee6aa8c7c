"""Functions of ``torch.nn.functional``; what is refused for an empty batch is declared here too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.models.vocabulary import (
    Averages,
    Encodes,
    Full,
    Leads,
    Maps,
    Pads,
    Parameter,
    Requires,
    Several,
    Steps,
)

if TYPE_CHECKING:
    from shapeguard.lint.flow.models.vocabulary import Model

_FUNCTIONAL = "torch.nn.functional"
_MAPPED = (
    "alpha_dropout celu dropout dropout1d dropout2d dropout3d elu feature_alpha_dropout gelu "
    "gumbel_softmax hardshrink hardsigmoid hardswish hardtanh layer_norm leaky_relu log_softmax logsigmoid mish "
    "normalize relu relu6 rms_norm rrelu selu sigmoid silu softmax softmin softplus softshrink "
    "softsign tanh tanhshrink threshold group_norm instance_norm local_response_norm"
)
_LOSSES = (
    "cosine_embedding_loss cross_entropy gaussian_nll_loss margin_ranking_loss multi_margin_loss "
    "nll_loss triplet_margin_loss"
)
_COMPARED = (
    "binary_cross_entropy binary_cross_entropy_with_logits hinge_embedding_loss huber_loss l1_loss "
    "mse_loss multilabel_margin_loss multilabel_soft_margin_loss poisson_nll_loss smooth_l1_loss "
    "soft_margin_loss"
)
_TARGET = Parameter("target", 1)
_BATCHED = (
    "adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d "
    "adaptive_max_pool2d adaptive_max_pool3d avg_pool1d avg_pool2d avg_pool3d conv1d conv2d conv3d "
    "conv_transpose1d conv_transpose2d conv_transpose3d fold grid_sample max_pool1d "
    "max_pool2d max_pool3d pixel_shuffle pixel_unshuffle unfold upsample"
)

FUNCTIONAL: tuple[Model, ...] = (
    *(Maps(f"{_FUNCTIONAL}.{name}") for name in _MAPPED.split()),
    *(Averages(f"{_FUNCTIONAL}.{name}") for name in _LOSSES.split()),
    *(Averages(f"{_FUNCTIONAL}.{name}", beside=_TARGET) for name in _COMPARED.split()),
    Averages(f"{_FUNCTIONAL}.kl_div", Parameter("reduction", 4), beside=_TARGET),
    *(Leads(f"{_FUNCTIONAL}.{name}", axes=1) for name in _BATCHED.split()),
    Leads(f"{_FUNCTIONAL}.linear", rest=1),
    Leads(f"{_FUNCTIONAL}.bilinear", rest=1),
    Leads(f"{_FUNCTIONAL}.embedding", adds=1),
    Leads(f"{_FUNCTIONAL}.scaled_dot_product_attention", rest=1),
    Leads(f"{_FUNCTIONAL}.glu", rest=1),
    Pads(f"{_FUNCTIONAL}.pad", Parameter("pad", 1)),
    Encodes(f"{_FUNCTIONAL}.one_hot", Parameter("num_classes", 1, -1)),
    Requires(
        f"{_FUNCTIONAL}.interpolate",
        tuple(Full(Parameter("input", 0), axis) for axis in (1, 2)),
        Leads(f"{_FUNCTIONAL}.interpolate", axes=1),
    ),
    Requires(
        f"{_FUNCTIONAL}.batch_norm",
        (Several(Parameter("input", 0), Parameter("training", 5)),),
        Maps(f"{_FUNCTIONAL}.batch_norm"),
    ),
    *(
        Requires(f"torch.{name}", (Steps(Parameter("input", 0), Parameter("batch_first", 8)),))
        for name in ("gru", "lstm", "rnn_tanh")
    ),
    Requires(f"{_FUNCTIONAL}.affine_grid", (Full(Parameter("theta", 0)),)),
    Requires(f"{_FUNCTIONAL}.ctc_loss", (Full(Parameter("target_lengths", 3)),)),
    Requires(
        "torch.nn.utils.rnn.pack_padded_sequence",
        (Full(Parameter("lengths", 1)), Full(Parameter("input", 0), 1)),
    ),
)
