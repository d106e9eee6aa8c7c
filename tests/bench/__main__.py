"""Measure, and write the page; or print one part of it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bench.sections import merged

if TYPE_CHECKING:
    from collections.abc import Iterable

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "benchmarks.md"
GROUPS = ("contracts", "check")
LONG = "models"
"""What is measured only where it is asked for."""


def main() -> None:
    """Measure on the CPU and write the page, or print what is measured elsewhere."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument(
        "--only",
        choices=(*GROUPS, LONG),
        help="measure these sections and keep the others of the page",
    )
    parser.add_argument("--device", default="cpu", help="cpu (writes the page) or such as cuda:0")
    parser.add_argument(
        "--tree",
        action="append",
        default=[],
        metavar="NAME=PATH",
        help="compare a check with other tools on this directory; writes nothing; may be repeated",
    )
    given = parser.parse_args()
    if given.tree:
        _print_trees(parser, given.tree)
    elif given.device != "cpu":
        _print_device(parser, given.device)
    else:
        chosen = GROUPS if given.only is None else (given.only,)
        if "contracts" in chosen:
            _write(_contracts())
        if "check" in chosen:
            _write(_check(parser))
        if LONG in chosen:
            _write(_models(parser))
        sys.stdout.write(PAGE.read_text("utf-8"))


def _write(lines: Iterable[str]) -> None:
    page = PAGE.read_text("utf-8") if PAGE.is_file() else ""
    PAGE.write_text(merged(page, lines), "utf-8")


def _contracts() -> list[str]:
    from bench import calls, page, reference, step, sweep  # noqa: PLC0415 - imports torch

    text = page.page(
        calls.measured(),
        calls.refusals(),
        step.measured("cpu"),
        sweep.measured(),
        reference.measured(),
        restored=step.is_restored(),
    )
    return text.splitlines()


def _check(parser: argparse.ArgumentParser) -> list[str]:
    from bench.check import whole  # noqa: PLC0415 - not for contracts
    from bench.check.processes import FailedError  # noqa: PLC0415
    from bench.check.trees import MissingError  # noqa: PLC0415

    _on_linux(parser)
    try:
        checked = whole.measured(whole.told)
    except (MissingError, FailedError) as error:
        parser.exit(2, f"{error}\n")
    whole.write(checked, DOCS)
    return [*whole.lines(checked)]


def _models(parser: argparse.ArgumentParser) -> list[str]:
    from bench.check import models  # noqa: PLC0415 - not for contracts
    from bench.check.trees import MissingError  # noqa: PLC0415
    from bench.check.whole import told  # noqa: PLC0415

    _on_linux(parser)
    try:
        return models.measured(told)
    except MissingError as error:
        parser.exit(2, f"{error}\n")


def _print_trees(parser: argparse.ArgumentParser, texts: list[str]) -> None:
    from bench.check import trees, whole  # noqa: PLC0415

    _on_linux(parser)
    try:
        given = [trees.given(text) for text in texts]
    except trees.MissingError as error:
        parser.error(str(error))
    sys.stdout.write("\n".join(whole.of_trees(given, whole.told)).strip() + "\n")


def _on_linux(parser: argparse.ArgumentParser) -> None:
    if sys.platform != "linux":
        parser.exit(2, "what processes cost is measured on Linux only\n")


def _print_device(parser: argparse.ArgumentParser, device: str) -> None:
    import torch  # noqa: PLC0415 - what a check costs needs none

    from bench import step  # noqa: PLC0415
    from bench.rounds import paired  # noqa: PLC0415

    if not torch.cuda.is_available():
        parser.exit(2, f"{device} needs a GPU that torch can use; there is none here\n")
    sys.stdout.write(f"{torch.cuda.get_device_name(device)}\n")
    for name, times in step.measured(device).items():
        longer = 100 * (paired(times["on"], times["off"]) - 1)
        sys.stdout.write(f"{name}: off {1e3 * times['off'].median:.1f} ms, on {longer:+.1f} %\n")


if __name__ == "__main__":
    main()
