"""``shapeguard doctor``: what contracts are made of here, what they cover, and why they may be silent."""

from __future__ import annotations

import os
import platform
import sys
from typing import TYPE_CHECKING, Final

import click

from shapeguard.cli.crash import version_of
from shapeguard.cli.output import write
from shapeguard.errors import MissingExtraError
from shapeguard.runtime import control, environment, switch

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGES: Final = (
    "shapeguard",
    "torch",
    "jaxtyping",
    "beartype",
    "adapters",
    "transformers",
    "libcst",
)
_STEPS_ASIDE: Final = (
    "under torch.compile, torch.export, torch.jit.trace and the symbolic tracing of torch.fx: what is recorded is the plain code",
    "inside a call that has broken its own contract: what follows is not reported again",
    "in a test with the marker no_shapeguard, and in every thread of its process meanwhile",
    "of a nested tensor in the strided layout, which tells no shape",
    "of split sizes that are tensors on a device, at every level: to read them would wait for it",
    "of task ids on a device below the level values, for the same reason",
    "of metadata that is wrong but divides the batch, below the level strict",
    f"once {control.MOST_KEPT} findings are kept, in the modes warn and collect: further sites are left out",
    "of the members of an iterator, which can be walked only once, and of defaults that a caller did not replace",
    "in an override with other parameters than the declared ones, but where it calls super(); shapeguard.runtime.library.passed_over() names those of a running program",
    "in child processes of shapeguard run that are started with python -E or -I, or without its environment",
)


@click.command(short_help="Show versions, what is covered, and why contracts are silent.")
def doctor() -> int:
    """Show what shape contracts are made of here, what they cover, and every reason to be silent.

    The exit status is 0 if the contracts of an installed library can be enforced, else 1.
    """
    covered, problems = _covered()
    sections = [
        ("versions", list(_versions())),
        ("covered under debug", covered or ["nothing"]),
        ("silent because", [*problems, *_silences()] or ["nothing"]),
        ("silent by design", list(_STEPS_ASIDE)),
    ]
    text = "\n\n".join(
        "\n".join([title, *(f"  {each}" for each in lines)]) for title, lines in sections
    )
    write(f"{text}\n")
    return int(not covered)


def _versions() -> Iterator[str]:
    optimised = " with -O, under which contracts hold all the same" if sys.flags.optimize else ""
    yield f"python {platform.python_version()} on {sys.platform}{optimised}"
    yield from (f"{name} {version_of(name)}" for name in PACKAGES)


def _covered() -> tuple[list[str], list[str]]:
    """Return the methods that contracts cover, by class, and what stands in the way of others."""
    try:
        switch.require_library("shapeguard doctor")
    except MissingExtraError as error:
        return [], [str(error)]
    from shapeguard.runtime import debug, library  # noqa: PLC0415 - bring torch and adapters

    with debug():
        names = library.covered()
    by_class: dict[str, list[str]] = {}
    for name in names:
        owner, _, method = name.rpartition(".")
        if method != "__init_subclass__":
            by_class.setdefault(owner, []).append(method)
    lines = [
        f"{owner}: {', '.join(sorted(methods))}" for owner, methods in sorted(by_class.items())
    ]
    return lines, list(library.passed_over())


def _silences() -> Iterator[str]:
    """Yield what the surroundings of this process silence."""
    value = os.environ.get(environment.VARIABLE, "")
    if value == "off":
        yield f"{environment.VARIABLE}=off: contracts of one's own functions are not applied"
    elif not value:
        yield f"{environment.VARIABLE} is not set: contracts of libraries hold where debug() or enable() says so"
