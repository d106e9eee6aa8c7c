"""A model of the size of BERT-base under BatchSplit: adapters as it is, beside the reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import adapters
import torch
from adapters.composition import BatchSplit
from transformers import BertConfig, BertModel

from bench.rounds import in_rounds, paired
from bench.step import STEPS, VOCABULARY, forward_of, training_of
from shapeguard import reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bench.rounds import Times

ROWS, TOKENS, ROUNDS = 8, 64, 7
MOST = 1.02
"""The aim: how much longer a step may take than with adapters as it is."""
METHODS = {
    "prefix tuning": lambda: adapters.PrefixTuningConfig(prefix_length=30, flat=True),
    "LoRA": adapters.LoRAConfig,
    "bottleneck": adapters.SeqBnConfig,
}
SHARES = {
    "2 adapters": [5, 3],
    "4 adapters": [2, 1, 3, 2],
    "8 adapters": [1] * ROWS,
    "8 adapters, 6 of them without rows": [0, 5, 0, 0, 3, 0, 0, 0],
}
Measured = dict[tuple[str, str, str], dict[str, "Times"]]


def measured(*, rounds: int = ROUNDS) -> Measured:
    """Time steps by method, shares and kind of step; ``plain`` and ``reference`` take turns."""
    found: Measured = {}
    for method, config in METHODS.items():
        model = _model(config())
        inputs = _inputs()
        for shares, sizes in SHARES.items():
            names = [f"a{at}" for at in range(len(sizes))]
            model.set_active_adapters(BatchSplit(*names, batch_sizes=list(sizes)))
            runs = {STEPS[0]: forward_of(model, inputs), STEPS[1]: training_of(model, inputs)}
            for step, run in runs.items():
                found[method, shares, step] = in_rounds(
                    {"plain": run, "reference": run},
                    rounds=rounds,
                    number=1,
                    around={"reference": reference.installed},
                )
    return found


def _model(config: Any) -> Any:
    torch.manual_seed(0)
    model = BertModel(BertConfig(vocab_size=VOCABULARY))
    adapters.init(model)
    names = [f"a{at}" for at in range(ROWS)]
    for name in names:
        model.add_adapter(name, config=config)
    model.train_adapter(names)
    return model


def _inputs() -> dict[str, torch.Tensor]:
    ids = torch.randint(1, VOCABULARY, (ROWS, TOKENS), generator=torch.Generator().manual_seed(0))
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids)}


def lines(times: Mapping[tuple[str, str, str], Mapping[str, Times]]) -> Iterator[str]:
    """Write the section of the page."""
    yield from ["", "## The reference", ""]
    yield (
        f"BERT-base, {ROWS} rows of {TOKENS} tokens under a `BatchSplit` that adapters runs right: how long a step "
        f"with the reference takes beside one without, the median of {ROUNDS} rounds in which both take turns."
    )
    yield ""
    yield "| method | shares | " + " | ".join(STEPS) + " |"
    yield "|---|---|" + "---:|" * len(STEPS)
    ratios = {key: paired(each["reference"], each["plain"]) for key, each in times.items()}
    for method in METHODS:
        for shares in SHARES:
            cells = (f"{ratios[method, shares, step]:.3f}" for step in STEPS)
            yield f"| {method} | {shares} | " + " | ".join(cells) + " |"
    yield ""
    over = [f"{', '.join(key)} ({ratio:.3f})" for key, ratio in ratios.items() if ratio > MOST]
    verdict = f"**missed** by {'; '.join(over)}" if over else "met"
    yield f"- The aim of at most {MOST} is {verdict}."
