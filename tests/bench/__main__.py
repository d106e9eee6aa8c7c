"""Measure, and write the page; or print the step on another device."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch

from bench import calls, page, step, sweep
from bench.rounds import paired

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"


def main() -> None:
    """Measure on the CPU and write the page, or print what a step takes on a GPU."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--device", default="cpu", help="cpu (writes the page) or such as cuda:0")
    device = parser.parse_args().device
    if device == "cpu":
        text = page.page(
            calls.measured(),
            calls.refusals(),
            step.measured(device),
            sweep.measured(),
            restored=step.is_restored(),
        )
        PAGE.write_text(text, "utf-8")
        sys.stdout.write(text)
    elif not torch.cuda.is_available():
        parser.exit(2, f"{device} needs a GPU that torch can use; there is none here\n")
    else:
        sys.stdout.write(f"{torch.cuda.get_device_name(device)}\n")
        for name, times in step.measured(device).items():
            longer = 100 * (paired(times["on"], times["off"]) - 1)
            sys.stdout.write(
                f"{name}: off {1e3 * times['off'].median:.1f} ms, on {longer:+.1f} %\n"
            )


if __name__ == "__main__":
    main()
