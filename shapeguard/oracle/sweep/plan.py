"""What is swept: methods, families, settings and compositions, divided into jobs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from shapeguard.oracle.sweep.compositions import COMPOSITIONS
from shapeguard.oracle.sweep.families import BOTH, FAMILIES, PADDINGS
from shapeguard.oracle.sweep.methods import METHODS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapeguard.oracle.sweep.families import Family

PLAIN: Final = "plain"
REFERENCE: Final = "reference"


@dataclass(frozen=True, slots=True)
class Cell:
    """Compositions in one setting of attention and padding, run by plain code or the reference."""

    attention: str
    padding: str
    compositions: tuple[str, ...]
    code: str = PLAIN
    smallest: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """All cells of one model; ``factory`` names the user's own, for which method and family are names."""

    method: str
    family: str
    cells: tuple[Cell, ...]
    factory: str = ""

    @property
    def size(self) -> int:
        """The number of cases."""
        return sum(len(cell.compositions) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Choice:
    """What to sweep. Without ``attentions`` and ``paddings`` the settings are chosen by default."""

    methods: Sequence[str] = tuple(METHODS)
    families: Sequence[str] = tuple(FAMILIES)
    compositions: Sequence[str] = tuple(COMPOSITIONS)
    attentions: Sequence[str] | None = None
    paddings: Sequence[str] | None = None
    codes: Sequence[str] = (PLAIN,)


def jobs(choice: Choice) -> list[Job]:
    """Divide a sweep into jobs, one a method and family."""
    found: list[Job] = []
    for method in choice.methods:
        for name in choice.families:
            cells = [
                Cell(*setting, compositions, code)
                for setting, compositions in _settings(FAMILIES[name], choice)
                for code in choice.codes
                if compositions
            ]
            if cells:
                found.append(Job(method, name, tuple(cells)))
    return found


def _settings(family: Family, choice: Choice) -> Iterator[tuple[tuple[str, str], tuple[str, ...]]]:
    """Go through the settings of a family, each with its compositions.

    By default all compositions are run with attention ``eager`` on padded rows (there a composition
    is judged by itself), and a few of each group in the other settings, where a method may fail
    whatever the composition is.
    """
    asked = choice.attentions is not None or choice.paddings is not None
    for attention in choice.attentions or BOTH:
        for padding in choice.paddings or _default_paddings(family, asked=asked):
            if attention in family.attentions and padding in family.paddings:
                in_full = asked or (attention, padding) == ("eager", family.paddings[-1])
                yield (attention, padding), _fitting(family, padding, choice, in_full=in_full)


def _default_paddings(family: Family, *, asked: bool) -> tuple[str, ...]:
    return PADDINGS if asked else tuple(dict.fromkeys((family.paddings[-1], family.paddings[0])))


def _fitting(family: Family, padding: str, choice: Choice, *, in_full: bool) -> tuple[str, ...]:
    return tuple(
        name for name in choice.compositions if _fits(name, family, padding, in_full=in_full)
    )


def _fits(name: str, family: Family, padding: str, *, in_full: bool) -> bool:
    composition = COMPOSITIONS[name]
    if composition.whole:
        return family.tokens > 0 and padding != "padded"
    return in_full or composition.brief
