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
from shapeguard.runtime import environment, switch

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
    "under torch.compile, torch.export and torch.jit.trace: what is compiled or traced is the plain code",
    "inside a call that has broken its own contract: what follows is not reported again",
    "in a test with the marker no_shapeguard",
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
