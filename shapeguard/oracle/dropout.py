"""Dropout switched off, whatever mode the model is in: two runs of a row would draw other elements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional
from torch.overrides import TorchFunctionMode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_DROPOUTS: frozenset[Callable[..., Any]] = frozenset(
    {
        torch.dropout,
        functional.dropout,
        functional.dropout1d,
        functional.dropout2d,
        functional.dropout3d,
        functional.alpha_dropout,
        functional.feature_alpha_dropout,
    }
)


class _NoDropout(TorchFunctionMode):
    def __torch_function__(
        self,
        func: Any,  # noqa: ANN401 - torch's protocol
        types: Any,  # noqa: ANN401 - torch's protocol
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> object:
        given = dict(kwargs or {})
        if func in _DROPOUTS:
            return args[0] if args else given["input"]
        if func is functional.scaled_dot_product_attention:
            if len(args) > _BEFORE_DROPOUT:
                args = (*args[:_BEFORE_DROPOUT], 0.0, *args[_BEFORE_DROPOUT + 1 :])
            else:
                given["dropout_p"] = 0.0
        return func(*args, **given)


_BEFORE_DROPOUT = 4
"""``scaled_dot_product_attention(query, key, value, attn_mask, dropout_p, ...)``."""


def no_dropout() -> TorchFunctionMode:
    """Return a context in which dropout gives back its input."""
    return _NoDropout()
