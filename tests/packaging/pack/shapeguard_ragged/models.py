"""What ``ragged.glue(tensors, dim=0)`` does to shapes: what ``torch.cat`` does."""

from __future__ import annotations

from shapeguard.lint.api import vocabulary

MODELS = (vocabulary.Joins("ragged.glue", vocabulary.Parameter("dim", 1, 0)),)
