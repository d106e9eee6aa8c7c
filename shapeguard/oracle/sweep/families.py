# pyright: basic
# ruff: noqa: PLC0415 - each function is self-contained: its source is printed into regression tests
"""Model families: how their tiny models are built, and inputs for them.

All inputs have 3 rows, of 6 tokens where there are tokens; a decoder gets 7. Like the builders, the
functions that make them stand alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from shapeguard.oracle.sweep import models

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS: Final = 3
BOTH: Final = ("eager", "sdpa")
PADDINGS: Final = ("none", "full", "padded")


@dataclass(frozen=True, slots=True)
class Family:
    """How to build a model of a family and inputs for it.

    ``build(attention)`` returns the model without adapters, ``inputs(padding)`` keyword arguments.
    ``tokens`` is the length of all hidden states, 0 if it is not the same everywhere.
    """

    build: Callable[[str], Any]
    inputs: Callable[[str], dict[str, Any]]
    attentions: tuple[str, ...] = BOTH
    paddings: tuple[str, ...] = PADDINGS
    tokens: int = 0


def of_tokens(padding: str) -> dict[str, Any]:
    """Make 3 rows of 6 tokens, padded at the end to 6, 5 and 4 of them, or with a full mask or none."""
    import torch

    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(2, 100, (3, 6), generator=generator)
    if padding == "none":
        return {"input_ids": ids}
    lengths = torch.tensor([6, 5, 4] if padding == "padded" else [6, 6, 6])
    mask = torch.arange(6) < lengths[:, None]
    return {"input_ids": ids, "attention_mask": mask.long()}


def of_two_texts(padding: str) -> dict[str, Any]:
    """Make 3 rows of 6 tokens, as ``of_tokens``, and 7 tokens for the decoder."""
    import torch

    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(2, 100, (3, 6), generator=generator)
    texts = {
        "input_ids": ids,
        "decoder_input_ids": torch.randint(2, 100, (3, 7), generator=generator),
    }
    if padding == "none":
        return texts
    lengths = torch.tensor([6, 5, 4] if padding == "padded" else [6, 6, 6])
    mask = torch.arange(6) < lengths[:, None]
    return {**texts, "attention_mask": mask.long()}


def of_images(padding: str) -> dict[str, Any]:
    """Make 3 images of 8 by 8; there is nothing to pad."""
    import torch

    del padding
    generator = torch.Generator().manual_seed(1)
    return {"pixel_values": torch.randn((3, 3, 8, 8), generator=generator)}


def of_sounds(padding: str) -> dict[str, Any]:
    """Make 3 spectrograms and 7 tokens for the decoder; there is nothing to pad."""
    import torch

    del padding
    generator = torch.Generator().manual_seed(1)
    return {
        "input_features": torch.randn((3, 8, 12), generator=generator),
        "decoder_input_ids": torch.randint(3, 100, (3, 7), generator=generator),
    }


FAMILIES: Final = {
    "bert": Family(models.bert, of_tokens, tokens=6),
    "distilbert": Family(models.distilbert, of_tokens, tokens=6),
    "roberta": Family(models.roberta, of_tokens, tokens=6),
    "gpt2": Family(models.gpt2, of_tokens, tokens=6),
    "llama": Family(models.llama, of_tokens, tokens=6),
    "mistral": Family(models.mistral, of_tokens, tokens=6),
    "t5": Family(models.t5, of_two_texts, attentions=("eager",)),
    "bart": Family(models.bart, of_two_texts),
    "vit": Family(models.vit, of_images, paddings=("none",), tokens=5),
    "whisper": Family(models.whisper, of_sounds, paddings=("none",)),
}
