"""Where the shares of a batch lie along a bar, in percent of its width."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MOST: Final = 16
_FIRST, _LAST, _EMPTY = 6, 3, 5
_SLIVER: Final = 5.0
_LEAST: Final = 2.0
_LARGEST: Final = 10**15
"""More is drawn as this many: an int may be larger than any float."""


@dataclass(frozen=True, slots=True)
class Share:
    """One share, or several that are not drawn one by one (``state`` is ``more``)."""

    x: float
    width: float
    extent: int
    text: str
    label: str
    state: str


@dataclass(frozen=True, slots=True)
class Scale:
    """Places of rows: known at the ends of shares, in proportion between them.

    ``sliver`` is the width of what is empty.
    """

    points: tuple[tuple[int, float], ...]
    sliver: float = _SLIVER

    @property
    def total(self) -> int:
        """The last row that has a place."""
        return self.points[-1][0]

    def at(self, row: int) -> float:
        """Return the place of the boundary before ``row``; the first or last for rows outside."""
        row = min(max(row, 0), self.total)
        left, right = self.points[0], self.points[-1]
        for point in self.points:
            if left[0] < point[0] <= row:
                left = point
            if point[0] >= row:
                right = point
                break
        if right[0] == left[0] or right[0] == row:
            return round(right[1] if right[0] == row and row else left[1], 2)
        part = (row - left[0]) / (right[0] - left[0])
        return round(left[1] + part * (right[1] - left[1]), 2)


def divided(extents: Sequence[int]) -> list[Share]:
    """Return the shares side by side; where there are many, most are drawn as one.

    A share is as wide as it is large, but never too thin to be seen; together they fill the bar.
    """
    pieces = list(_pieces(extents))
    weights = _widths([extent for extent, _, _, _ in pieces])
    shares: list[Share] = []
    x = 0.0
    for (extent, text, label, state), width in zip(pieces, weights, strict=True):
        long = f"share{'s' if '-' in label else ''} {label}"
        said = long if _fits(long, width) else label if _fits(label, width) else ""
        inner = text if _fits(text, width) else ""
        shares.append(Share(round(x, 2), round(width, 2), extent, inner, said, state))
        x += width
    return shares


def scale_of(extents: Sequence[int]) -> Scale:
    """Return where rows lie along the bar of :func:`divided`."""
    shares = divided(extents)
    points: list[tuple[int, float]] = []
    row = 0
    for share in shares:
        if share.extent > 0:
            points += [] if points else [(0, share.x)]
            row += min(share.extent, _LARGEST)
            points.append((row, round(share.x + share.width, 2)))
    return Scale(tuple(points) or ((0, 0.0),))


def said_of(name: str, extents: Sequence[int]) -> str:
    """Say in words what :func:`divided` draws."""
    shown = ", ".join(map(str, extents[:_MOST])) + (", …" if len(extents) > _MOST else "")
    return f"{name} = [{shown}]: {len(extents)} shares, {sum(extents):,} in all"


def said_of_empty(extents: Sequence[int]) -> str:
    """Say which shares are empty, counted from 0; nothing if none is."""
    empty = [i for i, extent in enumerate(extents) if extent == 0]
    if len(empty) == 1:
        return f"share {empty[0]} is empty"
    if len(empty) > _EMPTY:
        return f"{len(empty)} shares are empty"
    *first, last = [str(i) for i in empty] or [""]
    return f"shares {', '.join(first)} and {last} are empty" if first else ""


def _pieces(extents: Sequence[int]) -> Iterator[tuple[int, str, str, str]]:
    """Yield extent, text, label and state of what is drawn."""
    kept = set(range(len(extents)))
    if len(extents) > _MOST:
        empty = [i for i, extent in enumerate(extents) if extent == 0][:_EMPTY]
        kept = {*range(_FIRST), *range(len(extents) - _LAST, len(extents)), *empty}
    for is_kept, numbers in groupby(range(len(extents)), lambda i: i in kept):
        run = list(numbers)
        if is_kept:
            for i in run:
                state = "empty" if extents[i] == 0 else "conflict" if extents[i] < 0 else ""
                yield extents[i], str(extents[i]), str(i), state
        else:
            total = sum(max(0, extents[i]) for i in run)
            yield total, f"{len(run)} more", f"{run[0]}-{run[-1]}", "more" if total else "empty"


def _fits(text: str, width: float) -> bool:
    """Whether a bar of ``width`` percent has room for ``text``, on a narrow screen as well."""
    return width >= 2.2 * len(text) + 0.5


def _widths(extents: Sequence[int]) -> list[float]:
    """Return widths that add up to 100."""
    sizes = [min(max(0, extent), _LARGEST) for extent in extents]
    total = sum(sizes)
    if total == 0:
        return [min(_SLIVER * 2, 100 / len(sizes))] * len(sizes)
    thin = [_SLIVER if extent == 0 else _LEAST for extent in extents]
    room = 100 - sum(thin)
    return (
        [
            each + (room * size / total if size else 0.0)
            for each, size in zip(thin, sizes, strict=True)
        ]
        if room > 0
        else [100 / len(sizes)] * len(sizes)
    )
