"""The words and styles that the formats for people share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shapeguard.finding import Consequence, Severity

if TYPE_CHECKING:
    from shapeguard.finding import Operand, Witness

SEVERITY_STYLE: Final = {
    Severity.ERROR: "bold red",
    Severity.WARNING: "bold yellow",
    Severity.INFO: "bold blue",
}

CONSEQUENCE: Final = {
    Consequence.CRASH: "the program stops with an error",
    Consequence.NAN: "the result becomes NaN or infinite",
    Consequence.SILENT: "the numbers are wrong and nothing reports it",
    Consequence.NONE: "",
}


def count(number: int, noun: str) -> str:
    """Return the number with its noun: ``1 file``, ``2 files``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def cells(operand: Operand) -> list[tuple[str, int | None]]:
    """Return one pair an axis: its name, if it has one, and its extent.

    The extent is ``None`` for what follows the known axes (``...``) where the rank is not known.
    """
    names = operand.names + ("",) * (len(operand.shape) - len(operand.names))
    extents = operand.shape + (None,) * (len(names) - len(operand.shape))
    return list(zip(names, extents, strict=True))


def conflicts(witness: Witness) -> frozenset[str]:
    """Return the names of axes on which the operands of a witness have different extents."""
    extents: dict[str, set[int | None]] = {}
    for operand in witness.operands:
        for name, extent in cells(operand):
            extents.setdefault(name, set()).add(extent)
    return frozenset(name for name, seen in extents.items() if name and len(seen) > 1)
