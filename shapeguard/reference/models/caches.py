"""Caches of keys: LLaMA and Mistral get theirs under the name that transformers gives it.

adapters reads ``past_key_value``, and newer releases of transformers pass ``past_key_values``, so that the
cache stays empty and every token after the first is generated without those before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def forward(below: Callable[..., Any]) -> Callable[..., Any]:
    """Return the forward pass of a decoder layer, which finds its cache under both names."""

    def corrected(self: Any, *args: Any, **kwargs: Any) -> Any:
        cache = kwargs.pop("past_key_values", None)
        if cache is not None:
            kwargs.setdefault("past_key_value", cache)
        return below(self, *args, **kwargs)

    return corrected
