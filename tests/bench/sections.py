"""The page in sections: those that were measured are written, the others stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

CONTRACTS = ("One call", "A step", "Off", "The reference", "A sweep")
CHECK = (
    "A check beside other tools",
    "A check: start",
    "A check: growth",
    "A check: phases",
    "A check: floor",
    "A check: aims",
)
MODELS = ("A check of all models",)
ORDER = (*CONTRACTS, *CHECK, *MODELS)
_HEADING = "## "
_PREFACE = """# What contracts, the reference and a check cost

*Written by `make bench`. Do not edit: run it.*

All subjects of a table run in turn, in one run. Clocks differ from machine to machine; ratios do less.
What follows for many packages is said in [scale](scale.md).
"""


def sections(text: str) -> dict[str, str]:
    """Return the sections of a text by their headings; what stands before the first is dropped."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in text.splitlines():
        if line.startswith(_HEADING):
            current = found.setdefault(line.removeprefix(_HEADING), [])
        current.append(line)
    return {name: "\n".join(lines).strip() for name, lines in found.items()}


def merged(page: str, measured: Iterable[str]) -> str:
    """Return a page with the sections that these lines hold, and the others of the page as they were.

    Raises ValueError for a section that has no place on the page.
    """
    new = sections("\n".join(measured))
    if unknown := new.keys() - {*ORDER}:
        message = f"no place on the page for {', '.join(sorted(unknown))}"
        raise ValueError(message)
    old = sections(page)
    kept = [new.get(name) or old.get(name) for name in ORDER]
    return "\n".join((_PREFACE, *(f"{each}\n" for each in kept if each is not None)))
