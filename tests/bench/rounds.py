"""Timing in rounds: each round runs every subject once, so that all of them meet the same machine."""

from __future__ import annotations

import gc
import statistics
import time
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager


@dataclass(frozen=True)
class Times:
    """Seconds of one subject, a number for each round."""

    seconds: tuple[float, ...]

    @property
    def best(self) -> float:
        """The round that the machine disturbed least."""
        return min(self.seconds)

    @property
    def median(self) -> float:
        """The round in the middle."""
        return statistics.median(self.seconds)


def in_rounds(
    subjects: Mapping[str, Callable[[], object]],
    *,
    rounds: int,
    number: int,
    wait: Callable[[], object] = lambda: None,
    around: Mapping[str, Callable[[], AbstractContextManager[object]]] | None = None,
) -> dict[str, Times]:
    """Time every subject ``number`` times in each of ``rounds``; ``wait`` lets a device catch up.

    A subject runs within what is ``around`` it, which is not timed. The order turns round with each round, so that nobody is always the first.
    """
    names, outer = [*subjects], around or {}
    for name in names:
        with outer.get(name, nullcontext)():
            subjects[name]()
    seconds: dict[str, list[float]] = {name: [] for name in names}
    gc.collect()
    gc.disable()
    try:
        for turn in range(rounds):
            for name in names if turn % 2 else reversed(names):
                with outer.get(name, nullcontext)():
                    seconds[name].append(_timed(subjects[name], number, wait))
    finally:
        gc.enable()
    return {name: Times(tuple(each)) for name, each in seconds.items()}


def paired(one: Times, other: Times) -> float:
    """How much longer one subject took than another: the median over rounds of their ratio."""
    return statistics.median(a / b for a, b in zip(one.seconds, other.seconds, strict=True))


def _timed(subject: Callable[[], object], number: int, wait: Callable[[], object]) -> float:
    wait()
    start = time.perf_counter()
    for _ in range(number):
        subject()
    wait()
    return (time.perf_counter() - start) / number
