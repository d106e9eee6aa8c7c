"""How many cases of a sweep are judged in a second, on one thread."""

from __future__ import annotations

import time

import torch

from shapeguard.oracle.sweep.plan import Choice, jobs
from shapeguard.oracle.sweep.running import run

METHOD = "lora"
FAMILIES = ("bert", "gpt2", "t5", "llama", "vit")


def measured() -> dict[str, float]:
    """Sweep one method over some families, in all default settings: cases a second."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        list(run(jobs(Choice(methods=[METHOD], families=["bert"], compositions=["a"]))[0]))
        return {family: _rate(family) for family in FAMILIES}
    finally:
        torch.set_num_threads(before)


def _rate(family: str) -> float:
    (job,) = jobs(Choice(methods=[METHOD], families=[family]))
    start = time.perf_counter()
    return len(list(run(job))) / (time.perf_counter() - start)
