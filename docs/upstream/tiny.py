# ruff: noqa: INP001 - a helper beside pages
"""Tiny models with random adapters, for the tests of the pages beside this file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import adapters
import torch
import transformers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

TOKENS = 6
SIZES: dict[str, Any] = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 48,
}
TEXT: dict[str, Any] = {**SIZES, "vocab_size": 100, "max_position_embeddings": 32}
CONFIGS: dict[str, dict[str, Any]] = {
    "Bert": TEXT,
    "DistilBert": {"vocab_size": 100, "dim": 32, "n_layers": 2, "n_heads": 4, "hidden_dim": 48},
    "GPT2": {"vocab_size": 100, "n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 32},
    "Llama": {**TEXT, "num_key_value_heads": 2},
    "ViT": {**SIZES, "image_size": 8, "patch_size": 4},
}


def tiny(
    family: str, methods: Mapping[str, Any], *, attention: str = "eager", head: str | None = None
) -> Any:  # noqa: ANN401 - models of adapters have no annotations
    """Return a random model in eval mode, with one adapter for each entry of ``methods``.

    All adapter weights are random, so that every adapter changes the output. With ``head``, such as
    ``"classification"``, every adapter has a prediction head of its name.
    """
    sizes = CONFIGS[family]
    config = getattr(transformers, f"{family}Config")(**sizes, attn_implementation=attention)
    torch.manual_seed(0)
    if head is None:
        model = getattr(transformers, f"{family}Model")(config)
        adapters.init(model)
    else:
        model = getattr(adapters, f"{family}AdapterModel")(config)
    for name, method in methods.items():
        model.add_adapter(name, config=method)
        if head is not None:
            getattr(model, f"add_{head}_head")(name)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            path = set(name.split("."))
            # What torch keeps of an orthogonal matrix cannot be any numbers.
            if path & set(methods) and "parametrizations" not in path:
                parameter.normal_(std=0.5)
    return model.eval()


def prefix(length: int = 3, **options: Any) -> Any:  # noqa: ANN401 - as above
    """Return the configuration of a small prefix of ``length`` keys."""
    return adapters.PrefixTuningConfig(prefix_length=length, bottleneck_size=8, **options)


def text(rows: int, *, padded: bool = False) -> dict[str, Tensor]:
    """Return random tokens, and with ``padded`` a mask: row 0 has all tokens, row 1 all but one, ..."""
    ids = torch.randint(1, 100, (rows, TOKENS), generator=torch.Generator().manual_seed(1))
    if not padded:
        return {"input_ids": ids}
    lengths = TOKENS - torch.arange(rows) % 4
    return {"input_ids": ids, "attention_mask": (torch.arange(TOKENS) < lengths[:, None]).long()}


def images(rows: int) -> dict[str, Tensor]:
    """Return random images."""
    generator = torch.Generator().manual_seed(1)
    return {"pixel_values": torch.randn(rows, 3, 8, 8, generator=generator)}


def run(model: Any, setup: Any, inputs: Mapping[str, Tensor], **options: Any) -> Any:  # noqa: ANN401 - as above
    """Run a model with ``setup`` active."""
    model.set_active_adapters(setup)
    with torch.no_grad():
        return model(**inputs, **options)


def states(model: Any, setup: Any, inputs: Mapping[str, Tensor], **options: Any) -> Tensor:  # noqa: ANN401 - as above
    """Run a model with ``setup`` active and return its last hidden states."""
    result: Tensor = run(model, setup, inputs, **options).last_hidden_state
    return result


def alone(model: Any, setups: Sequence[Any], inputs: Mapping[str, Tensor]) -> Tensor:  # noqa: ANN401 - as above
    """Run every row by itself, with its own setup active, and return the last hidden states of all."""
    rows = [{name: each[at : at + 1] for name, each in inputs.items()} for at in range(len(setups))]
    return torch.cat([states(model, *each) for each in zip(setups, rows, strict=True)])


def assert_same(actual: Tensor, expected: Tensor) -> None:
    """Compare with a tolerance far below what any adapter here changes."""
    torch.testing.assert_close(actual, expected, atol=1e-4, rtol=1e-4)
