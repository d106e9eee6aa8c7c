"""Prediction heads: the outputs of a model, handed out to the heads of a composition."""

from __future__ import annotations

from typing import Protocol

from shapeguard.contracts.language import declares, requires
from shapeguard.contracts.relations import HeadsTakeShares


@declares("adapters.heads.model_mixin:ModelWithFlexibleHeadsAdaptersMixin")
class ModelWithFlexibleHeadsAdaptersMixin(Protocol):
    """A model with one head or several."""

    active_head: object

    @requires(HeadsTakeShares("self.active_head", "all_outputs"))
    def forward_head(
        self,
        all_outputs: object,
        head_name: str | None = None,
        cls_output: object = None,
        attention_mask: object = None,
        return_dict: bool = False,  # noqa: FBT001, FBT002 - the signature is that of the library
        context: object = None,
        **kwargs: object,
    ) -> object:
        """Give every active head its rows of the outputs."""
        ...
