"""What is swept: methods, families, settings and compositions, divided into jobs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from shapeguard.oracle.sweep.compositions import COMPOSITIONS
from shapeguard.oracle.sweep.families import BOTH, FAMILIES, PADDINGS
from shapeguard.oracle.sweep.methods import METHODS
from shapeguard.outcome import Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from shapeguard.oracle.sweep.families import Family

PLAIN: Final = "plain"
REFERENCE: Final = "reference"
OWN: Final = "as made"
"""The attention and the padding of a user's own model."""


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


def own_job(factory: str, compositions: Sequence[str], codes: Sequence[str] = (PLAIN,)) -> Job:
    """Make the job of a user's own model, in the one setting that it was made in."""
    names = tuple(name for name in compositions if not COMPOSITIONS[name].whole)
    cells = tuple(Cell(OWN, OWN, names, code) for code in codes)
    return Job("own", factory, cells, factory)


def cases(job: Job) -> list[Outcome]:
    """Return the cases of a job, in order, none of them judged."""
    return [blank(job, cell, name) for cell in job.cells for name in cell.compositions]


def blank(job: Job, cell: Cell, name: str) -> Outcome:
    """Return a case that is not judged."""
    return Outcome(
        method=job.method,
        family=job.family,
        attention=cell.attention,
        padding=cell.padding,
        composition=name,
        group=COMPOSITIONS[name].group,
        text=name,
        verdict=Verdict.UNJUDGED,
        code=cell.code,
    )


def without(job: Job, done: AbstractSet[tuple[str, ...]]) -> Job:
    """Return a job without the cases of these keys."""
    cells = [
        replace(
            cell,
            compositions=tuple(
                name for name in cell.compositions if blank(job, cell, name).key not in done
            ),
        )
        for cell in job.cells
    ]
    return replace(job, cells=tuple(cell for cell in cells if cell.compositions))


def only(job: Job, wanted: AbstractSet[tuple[str, ...]], *, smallest: bool) -> Job:
    """Return a job of the cases of these keys alone, and whether to look for smallest cases."""
    others = {case.key for case in cases(job)} - wanted
    rest = without(job, others)
    return replace(rest, cells=tuple(replace(cell, smallest=smallest) for cell in rest.cells))


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
