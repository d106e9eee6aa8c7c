"""A model of the size of BERT-base, with prefix tuning under a BatchSplit: contracts off and on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import adapters
import torch
from adapters.composition import BatchSplit
from adapters.methods.prefix_tuning import PrefixTuningLayer
from transformers import BertConfig, BertModel

import shapeguard
from bench.rounds import in_rounds

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.rounds import Times

ROWS, TOKENS, ROUNDS = 8, 64, 45
VOCABULARY = 30_522
STEPS = ("forward pass", "training step")


def measured(device: str, *, rounds: int = ROUNDS) -> dict[str, dict[str, Times]]:
    """Time a forward pass and a training step on a device, with contracts and without."""
    model, inputs = _model(device), _inputs(device)
    wait = torch.cuda.synchronize if device.startswith("cuda") else lambda: None
    runs = {"forward pass": forward_of(model, inputs), "training step": training_of(model, inputs)}
    return {
        name: in_rounds(
            {"off": run, "on": run},
            rounds=rounds,
            number=1,
            wait=wait,
            around={"on": shapeguard.debug},
        )
        for name, run in runs.items()
    }


def _model(device: str) -> Any:
    torch.manual_seed(0)
    model = BertModel(BertConfig(vocab_size=VOCABULARY))
    adapters.init(model)
    for name in "ab":
        model.add_adapter(name, config=adapters.PrefixTuningConfig(prefix_length=30))
    model.train_adapter(["a", "b"])
    model.set_active_adapters(BatchSplit("a", "b", batch_sizes=[ROWS - 3, 3]))
    return model.to(device)


def _inputs(device: str) -> dict[str, torch.Tensor]:
    ids = torch.randint(1, VOCABULARY, (ROWS, TOKENS), generator=torch.Generator().manual_seed(0))
    return {"input_ids": ids.to(device), "attention_mask": torch.ones_like(ids).to(device)}


def forward_of(model: Any, inputs: dict[str, torch.Tensor]) -> Callable[[], object]:
    """Return a forward pass."""

    def run() -> object:
        with torch.no_grad():
            return model(**inputs).last_hidden_state

    return run


def training_of(model: Any, inputs: dict[str, torch.Tensor]) -> Callable[[], object]:
    """Return a training step of whatever is trained."""
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=1e-4)

    def run() -> object:
        optimizer.zero_grad()
        loss = model(**inputs).last_hidden_state.pow(2).mean()
        loss.backward()
        optimizer.step()
        return loss

    return run


def is_restored() -> bool:
    """Say whether a contracted method is the very function of the library again, once contracts are off."""
    layer = PrefixTuningLayer
    before = vars(layer)["compose_single"]
    with shapeguard.debug():
        patched = vars(layer)["compose_single"] is not before
    return patched and vars(layer)["compose_single"] is before
