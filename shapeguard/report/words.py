"""The words and styles that the formats for people share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from shapeguard.finding import Confidence, Consequence, Severity, Step
from shapeguard.report.sources import printable

if TYPE_CHECKING:
    from shapeguard.finding import Finding, Operand, Witness

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


_ANY: Final = "·"
"""The name of an axis of which nothing is known; its extent in a witness is made up."""
_SEVERITIES: Final = list(Severity)
_CONFIDENCES: Final = list(Confidence)


def urgency(finding: Finding) -> tuple[int, int]:
    """Order findings by severity, then by confidence: the most severe and surest first."""
    return _SEVERITIES.index(finding.severity), -_CONFIDENCES.index(finding.confidence)


def count(number: int, noun: str) -> str:
    """Return the number with its noun: ``1 file``, ``2 files``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def paragraphs(text: str) -> str:
    """Return ``text`` with its lines made printable and the breaks between them kept."""
    return "\n".join(printable(line) for line in text.splitlines())


def one_line(text: str) -> str:
    """Return ``text`` printable and on one line."""
    return printable(" ".join(text.split()))


def web_address(url: str | None) -> str | None:
    """Return ``url`` if it is one that a reader can be sent to, ``None`` for anything else."""
    if not url or not url.isascii() or not url.isprintable() or set(url) & set(' <>"`\\^{|}'):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.netloc else None


def whole_trace(finding: Finding) -> list[Step]:
    """Return the trace; it ends at the sink even where the finding's own trace stops before."""
    trace = list(finding.trace)
    if not trace or trace[-1].span.start.row != finding.span.start.row:
        trace.append(Step(finding.span, "" if not trace else "and here the extents meet"))
    return trace


def sizes(witness: Witness) -> str:
    """Return ``name = [sizes]`` for each name of a witness."""
    return printable(", ".join(f"{name} = {list(extents)}" for name, extents in witness.sizes))


def gist(witness: Witness, message: str) -> str:
    """Return the text of a witness, or its sizes where the message beside it says the same."""
    return witness.text if witness.text and witness.text not in message else sizes(witness)


class Cell(NamedTuple):
    """One axis of an operand in a witness.

    ``state`` is ``empty`` (extent 0), ``conflict`` (it differs from the same axis of another
    operand), ``unknown`` (no extent: it may be any, or the axes that follow are not known) or empty.
    """

    name: str
    extent: int | None
    state: str

    def __str__(self) -> str:
        """Return ``name=extent``, or what of it is known."""
        return "=".join(
            part for part in (self.name, "" if self.extent is None else str(self.extent)) if part
        )


def table(witness: Witness) -> list[tuple[str, list[Cell]]]:
    """Return one row an operand: its name, and one cell an axis."""
    wrong = _conflicts(witness)
    return [
        (printable(o.name), [_cell(i, name, extent, wrong) for i, (name, extent) in _axes(o)])
        for o in witness.operands
    ]


def _axes(operand: Operand) -> enumerate[tuple[str, int | None]]:
    names = operand.names + ("",) * (len(operand.shape) - len(operand.names))
    extents = operand.shape + (None,) * (len(names) - len(operand.shape))
    return enumerate(zip(names, extents, strict=True))


def _cell(axis: int, name: str, extent: int | None, wrong: frozenset[str | int]) -> Cell:
    if extent is None:
        return Cell("…", None, "unknown")
    if name == _ANY:
        return Cell(_ANY, None, "unknown")
    shown = "" if name == str(extent) else printable(name)  # a name that only repeats the extent
    if extent == 0:
        return Cell(shown, extent, "empty")
    return Cell(shown, extent, "conflict" if axis in wrong or (shown and name in wrong) else "")


def _conflicts(witness: Witness) -> frozenset[str | int]:
    """Return what disagrees: names of axes, and numbers of axes.

    Operands of a join may differ in one axis by right. So a difference at the same place counts if
    the names agree, if one of the extents is 0, or if there is no other difference, by name or place.
    """
    extents: dict[str | int, set[int]] = {}
    for operand in witness.operands:
        for axis, (name, extent) in _axes(operand):
            if extent is not None and name != _ANY:
                extents.setdefault(axis, set()).add(extent)
                extents.setdefault(name, set()).add(extent)
    differing = {key: seen for key, seen in extents.items() if len(seen) > 1}
    by_name = {key for key in differing if isinstance(key, str)} - {""}
    by_place = {key for key in differing if isinstance(key, int)}
    alone = len(by_place) == 1 and not by_name
    return frozenset(by_name | {key for key in by_place if alone or 0 in differing[key]})
