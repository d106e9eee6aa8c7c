"""Functions of einops with a literal pattern; one with an ellipsis says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.models.vocabulary import Parameter, Rearranges

if TYPE_CHECKING:
    from shapeguard.lint.flow.models.vocabulary import Model

_PATTERN = Parameter("pattern", 1)

EINOPS: tuple[Model, ...] = (
    Rearranges("einops.rearrange", _PATTERN),
    Rearranges("einops.repeat", _PATTERN, reduces=True),
    Rearranges("einops.reduce", _PATTERN, reduces=True, by=Parameter("reduction", 2)),
)
