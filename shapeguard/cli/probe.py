"""``shapeguard probe``: judge compositions over methods of adapters and model families."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

_Declared = TypeVar("_Declared", bound="Callable[..., Any] | click.Command")

FORMATS: Final = ("json", "markdown", "html")
_PATTERNS: Final = "PATTERNS"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeOptions:
    """The command line of ``probe``, as click has read it."""

    methods: tuple[str, ...]
    families: tuple[str, ...]
    compositions: tuple[str, ...]
    attentions: tuple[str, ...]
    paddings: tuple[str, ...]
    factory: str | None
    reference: bool
    jobs: int | None
    resume: Path | None
    reports: tuple[tuple[str, Path], ...]
    shrink: bool
    emit_test: str | None
    show_list: bool
    quiet: bool
    verbose: bool


def _split(
    _ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    return tuple(each.strip() for value in values for each in value.split(",") if each.strip())


def _split_reports(
    _ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, Path], ...]:
    found: list[tuple[str, Path]] = []
    for value in values:
        name, equals, path = value.partition("=")
        if not equals or not path or name not in FORMATS:
            message = f"{value!r} is not NAME=FILE with one of {', '.join(FORMATS)} as NAME."
            raise click.BadParameter(message)
        found.append((name, Path(path)))
    return tuple(found)


def _filter(name: str, destination: str, what: str) -> Callable[[_Declared], _Declared]:
    return click.option(
        name,
        destination,
        multiple=True,
        metavar=_PATTERNS,
        callback=_split,
        help=f"Sweep these {what} only: names or glob patterns, comma-separated. May be repeated.",
    )


@click.command(short_help="Judge compositions over methods and model families.")
@_filter("--method", "methods", "methods")
@_filter("--family", "families", "model families")
@_filter("--composition", "compositions", "compositions, or groups of them,")
@_filter("--attention", "attentions", "attention implementations, all compositions in each,")
@_filter("--padding", "paddings", "paddings, all compositions in each,")
@click.option(
    "--model",
    "factory",
    metavar="MODULE:FUNCTION",
    help="Sweep your own model: a function that returns it, with adapters, and its inputs by name.",
)
@click.option(
    "--reference",
    is_flag=True,
    help="Run every case a second time with the reference installed, and compare.",
)
@click.option(
    "--jobs", type=click.IntRange(min=1), metavar="N", help="Processes.  [default: cores]"
)
@click.option(
    "--resume",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="F",
    help="Keep results in F as they come; what F has already is not run again.",
)
@click.option(
    "--report",
    "reports",
    multiple=True,
    metavar="NAME=F",
    callback=_split_reports,
    help="Write a report to F: json, markdown (a matrix) or html (a heat map). May be repeated.",
)
@click.option(
    "--shrink", is_flag=True, help="Look for the smallest case of one example of each failure."
)
@click.option(
    "--emit-test",
    metavar="DIR",
    help="Write a pytest regression test of each failure, shrunk, to DIR; with -, print the first.",
)
@click.option("--list", "show_list", is_flag=True, help="List what would be swept, and stop.")
@click.option("-q", "--quiet", is_flag=True, help="Print failures and errors, nothing else.")
@click.option("-v", "--verbose", is_flag=True, help="Also print every case that fails.")
def probe(**given: Any) -> int:  # noqa: ANN401 - click passes what the options above declare
    """Judge, by rows run alone, what becomes of compositions of adapters.

    By default 24 methods, 10 families of tiny random models and about a hundred compositions of 3
    rows. Exit status: 0 every case is right or clearly refused, 1 one is not, 2 wrong usage. With
    --reference it speaks of the cases run with the reference.
    """
    from shapeguard.cli.probing import run_probe  # noqa: PLC0415 - --help must load nothing heavy

    return run_probe(ProbeOptions(**given))
