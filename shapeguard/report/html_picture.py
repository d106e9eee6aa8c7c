"""The extents of a witness as a drawing: bars on one scale, in percent of the width.

A list of sizes is a bar divided into shares, an empty share a dashed sliver. Below it, on the same
scale, are the operands along each axis on which they disagree or are empty. Everything that is drawn
is said in a caption too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from shapeguard.report.html_shares import divided, said_of, said_of_empty, scale_of
from shapeguard.report.sources import printable
from shapeguard.report.words import paragraphs, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from shapeguard.finding import Witness
    from shapeguard.report.html_shares import Scale
    from shapeguard.report.words import Cell

_MOST_ROWS: Final = 8
_UNITS: Final = 16
_MOST_NUMBERS: Final = 3
"""More are the axes of a contract, which need not agree: they are only said."""
_POSITION: Final = re.compile(r"(?:.*\.)?(?:i|j|idx|index|start|stop)(?: \(\d+\))?")
"""Names of what is a place and no extent: a bar of that length would mean nothing."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A piece of a row; ``below`` stands under it.

    ``state`` is ``empty``, ``conflict``, ``ghost`` (what is missing), ``more`` (shares that are not
    drawn one by one) or empty.
    """

    x: float
    width: float
    text: str
    state: str
    below: str = ""

    @property
    def middle(self) -> float:
        """The place of the text."""
        return round(self.x + self.width / 2, 2)


@dataclass(frozen=True, slots=True)
class Row:
    """One named bar, and the places of the lines that run through all rows of a group."""

    name: str
    value: str
    bars: tuple[Bar, ...]
    lines: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that are to be compared. ``caption`` says all that is drawn, ``sign`` what is odd in it."""

    caption: str
    sign: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole drawing; ``given`` are sizes that are only said, ``operands`` one row of cells each."""

    groups: tuple[Group, ...]
    given: tuple[str, ...]
    operands: tuple[tuple[str, tuple[Cell, ...]], ...]
    text: str


def picture(witness: Witness, message: str = "") -> Picture:
    """Return the drawing of ``witness``; its text, where ``message`` beside it says something else."""
    lists = [(name, extents) for name, extents in witness.sizes if len(extents) > 1]
    single = [(name, extents[0]) for name, extents in witness.sizes if len(extents) == 1]
    operands = tuple((name, tuple(cells)) for name, cells in table(witness))
    drawn = [] if operands else [each for each in single if not _POSITION.fullmatch(each[0])]
    drawn = drawn if len(drawn) <= _MOST_NUMBERS else []
    scale = scale_of(lists[0][1]) if lists else None
    groups = [_split(name, extents) for name, extents in lists]
    groups += _axes(operands, scale)
    groups += [_numbers(drawn)] if drawn else []
    return Picture(
        groups=tuple(groups),
        given=tuple(_given(witness, drawn)),
        operands=operands,
        text=paragraphs(witness.text) if _adds(witness) and witness.text not in message else "",
    )


def _adds(witness: Witness) -> bool:
    """Whether the text says more than the sizes."""
    said = ", ".join(
        f"{name}={extents[0] if len(extents) == 1 else list(extents)}"
        for name, extents in witness.sizes
    )
    return witness.text.replace(" = ", "=") != said


def _given(witness: Witness, drawn: Sequence[tuple[str, int]]) -> Iterator[str]:
    """Yield the sizes that no bar shows."""
    for name, extents in witness.sizes:
        if not extents:
            yield f"{printable(name)} = []"
        elif len(extents) == 1 and (name, extents[0]) not in drawn:
            yield f"{printable(name)} = {extents[0]}"


def rows_of_shares(name: str, extents: tuple[int, ...], wrong: Sequence[int]) -> Group:
    """Return a split, with the rows below it of which those in ``wrong`` are marked."""
    group = _split(name, extents)
    number = sum(extents)
    if not wrong or not 0 < number <= _UNITS or max(wrong) >= number or min(extents) < 0:
        return group
    scale = scale_of(extents)
    bars = tuple(
        Bar(start, round(end - start, 2), str(row), "conflict" if row in wrong else "")
        for row, (start, end) in enumerate(pairwise(scale.at(row) for row in range(number + 1)))
    )
    marked = ", ".join(map(str, wrong))
    sign = f"wrong: row{'s' if len(wrong) > 1 else ''} {marked}"
    signs = " · ".join(each for each in (group.sign, sign) if each)
    return Group(group.caption, signs, (*group.rows, Row("rows", "", bars)))


def _split(name: str, extents: tuple[int, ...]) -> Group:
    shares = divided(extents)
    bars = tuple(Bar(each.x, each.width, each.text, each.state, each.label) for each in shares)
    caption = said_of(printable(name), extents)
    return Group(caption, said_of_empty(extents), (Row(printable(name), "", bars),))


def _axes(operands: Sequence[tuple[str, tuple[Cell, ...]]], scale: Scale | None) -> Iterator[Group]:
    """Yield a group for each axis along which an extent is 0 or differs.

    Axes that have a name in common meet by that; they need not stand at the same place.
    """
    apart = _apart([row for _, row in operands])
    for axis in range(max((len(cells) for _, cells in operands), default=0)):
        cells = [(name, row[axis]) for name, row in operands if axis < len(row)]
        known = _known((name, cell) for name, cell in cells if cell.name not in apart)
        names = list(dict.fromkeys(cell.name for _, cell, _ in known if cell.name))
        if any(cell.state for _, cell, _ in known):
            yield _axis(f"axis {axis}{f' ({names[0]})' if len(names) == 1 else ''}", known, scale)
    for each in apart:
        known = _known((name, cell) for name, row in operands for cell in row if cell.name == each)
        if any(cell.state for _, cell, _ in known):
            yield _axis(each, known, scale)


def _apart(rows: Sequence[tuple[Cell, ...]]) -> list[str]:
    """Return the names that stand in several rows and at no place in all of these."""
    found: dict[str, list[set[int]]] = {}
    for row in rows:
        for name in {cell.name for cell in row if cell.name}:
            places = {axis for axis, cell in enumerate(row) if cell.name == name}
            found.setdefault(name, []).append(places)
    return sorted(
        name
        for name, each in found.items()
        if len(each) > 1 and not each[0].intersection(*each[1:])
    )


def _known(cells: Iterable[tuple[str, Cell]]) -> list[tuple[str, Cell, int]]:
    known = [(name, cell, cell.extent) for name, cell in cells if cell.extent is not None]
    return known[:_MOST_ROWS]


def _axis(title: str, known: Sequence[tuple[str, Cell, int]], scale: Scale | None) -> Group:
    extents = [extent for _, _, extent in known]
    if scale is None or max(extents) > scale.total:
        scale = scale_of((max(extents),))
    lines = tuple(sorted({scale.at(extent) for extent in extents}))
    rows = tuple(
        Row(name, "", tuple(_against(extent, max(extents), scale)), lines)
        for name, _, extent in known
    )
    differ = list(dict.fromkeys(extents))
    said = ", ".join(f"{name} has {extent}" for name, _, extent in known)
    sign = " ≠ ".join(map(str, differ)) if len(differ) > 1 else "empty" if differ == [0] else ""
    return Group(f"{title}: {said}", sign, rows)


def _against(extent: int, longest: int, scale: Scale) -> Iterator[Bar]:
    """Yield the bar of an extent, and the ghost of what it lacks to the longest."""
    start, end = scale.at(0), scale.at(extent)
    if extent <= 0:
        end = min(start + scale.sliver, 100)
        yield Bar(start, round(end - start, 2), str(extent), "empty")
    else:
        yield Bar(start, round(end - start, 2), str(extent), "")
    if scale.at(longest) > end:
        yield Bar(end, round(scale.at(longest) - end, 2), "", "ghost")


def _numbers(numbers: Sequence[tuple[str, int]]) -> Group:
    """Return lengths and counts that stand alone, one row each."""
    scale = scale_of((max(1, *(value for _, value in numbers)),))
    rows = tuple(
        Row(printable(name), str(value), tuple(_units(value, scale))) for name, value in numbers
    )
    said = ", ".join(f"{printable(name)} is {value}" for name, value in numbers)
    return Group(said, "", rows)


def _units(value: int, scale: Scale) -> Iterator[Bar]:
    if not 0 < value <= _UNITS:
        yield from _against(value, value, scale)
        return
    for start, end in pairwise(scale.at(each) for each in range(value + 1)):
        yield Bar(start, round(end - start, 2), "", "")
