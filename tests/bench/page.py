"""The page of what contracts cost."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import TYPE_CHECKING

import torch

from bench.calls import NUMBER, SUBJECTS
from bench.calls import ROUNDS as CALL_ROUNDS
from bench.rounds import paired
from bench.step import ROUNDS, ROWS, TOKENS
from bench.sweep import METHOD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bench.rounds import Times

CHEAPER, SHARE = 5.0, 3.0
"""The aims: how much cheaper than others a call is, and the most that a step is longer, in percent."""
CASES_A_SECOND = 24 * 7 * 95 / (15 * 60) / 2
"""The aim for a sweep, on one core."""
OURS = "shapeguard"
AGAINST = {
    "two tensors and a result": "jaxtyped(beartype)",
    "a state of four fields": "jaxtyped(typeguard 2)",
    "a list of eight states": "jaxtyped(typeguard 2)",
}
"""Whom a case is compared with: beartype looks at no field of a state, and at one member of a list."""


def page(
    calls: Mapping[str, Mapping[str, Times]],
    refusals: Mapping[str, Mapping[str, bool]],
    steps: Mapping[str, Mapping[str, Times]],
    rates: Mapping[str, float],
    *,
    restored: bool,
) -> str:
    """Write the page."""
    lines = [*_lines(calls, refusals, steps, restored=restored), *_sweep(rates)]
    return "\n".join(lines) + "\n"


def _lines(
    calls: Mapping[str, Mapping[str, Times]],
    refusals: Mapping[str, Mapping[str, bool]],
    steps: Mapping[str, Mapping[str, Times]],
    *,
    restored: bool,
) -> Iterator[str]:
    yield "# What contracts cost"
    yield ""
    yield "*Written by `make bench`. Do not edit: run it.*"
    yield ""
    names = ("torch", "adapters", "jaxtyping", "beartype", "typeguard")
    releases = ", ".join(f"{name} {version(name)}" for name in names)
    yield (
        f"All subjects of a table run in turn, in one process: CPython {platform.python_version()}, "
        f"{releases}, {torch.get_num_threads()} threads. Clocks differ from machine to machine; ratios do less."
    )
    yield from _calls(calls, refusals)
    yield from _steps(steps)
    yield from ["", "## Off", ""]
    verdict = "it is" if restored else "**it is not**"
    yield (
        "Outside of `debug()` the methods of adapters are the very functions that the library defined: "
        f"{verdict}, compared by identity. With `SHAPEGUARD=off` `contract` returns the function itself."
    )


def _calls(
    calls: Mapping[str, Mapping[str, Times]], refusals: Mapping[str, Mapping[str, bool]]
) -> Iterator[str]:
    yield from ["", "## One call", ""]
    yield (
        f"Microseconds for a call whose shapes are right: the best of {CALL_ROUNDS} rounds of {NUMBER}. "
        "In brackets: whether the checker refuses a call whose shapes are wrong (of a list: of the last state)."
    )
    yield ""
    yield "| contract on | " + " | ".join(SUBJECTS) + " |"
    yield "|---|" + "---:|" * len(SUBJECTS)
    for case, times in calls.items():
        cells = (
            f"{1e6 * times[name].best:.2f} ({'yes' if refusals[case][name] else 'no'})"
            for name in SUBJECTS
        )
        yield f"| {case} | " + " | ".join(cells) + " |"
    yield ""
    for case, times in calls.items():
        other = AGAINST[case]
        ratio = paired(times[other], times[OURS])
        verdict = "met" if ratio >= CHEAPER else "**missed**"
        yield (
            f"- For {case} a contract is {ratio:.1f} times cheaper than {other}; the aim of {CHEAPER:.0f} "
            f"is {verdict}."
        )


def _steps(steps: Mapping[str, Mapping[str, Times]]) -> Iterator[str]:
    yield from ["", "## A step", ""]
    yield (
        "BERT-base (12 layers of 768), prefix tuning with 30 tokens for two adapters under a `BatchSplit` of "
        f"{ROWS} rows of {TOKENS} tokens, on the CPU; the median of {ROUNDS} rounds."
    )
    yield ""
    yield "| | contracts off | contracts on | longer by |"
    yield "|---|---:|---:|---:|"
    for name, times in steps.items():
        longer = 100 * (paired(times["on"], times["off"]) - 1)
        yield (
            f"| {name} | {1e3 * times['off'].median:.0f} ms | {1e3 * times['on'].median:.0f} ms "
            f"| {longer:+.1f} % |"
        )
    yield ""
    for name, times in steps.items():
        longer = 100 * (paired(times["on"], times["off"]) - 1)
        verdict = "met" if longer <= SHARE else "**missed**"
        yield f"- For a {name} the aim of at most {SHARE:.0f} % is {verdict}."


def _sweep(rates: Mapping[str, float]) -> Iterator[str]:
    yield from ["", "## A sweep", ""]
    yield (
        f"Cases that `shapeguard probe` judges in a second, on one thread: `{METHOD}` in all default settings. "
        "The start of a process, which takes some seconds, is not in it."
    )
    yield ""
    yield "| " + " | ".join(rates) + " |"
    yield "|" + "---:|" * len(rates)
    yield "| " + " | ".join(f"{rate:.0f}" for rate in rates.values()) + " |"
    yield ""
    verdict = "met" if min(rates.values()) >= CASES_A_SECOND else "**missed**"
    yield (
        f"- 24 methods, 7 families and 95 compositions in 15 minutes on two cores are {CASES_A_SECOND:.1f} cases "
        f"a second on each; the aim is {verdict}."
    )
