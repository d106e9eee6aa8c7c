"""Whole packages: how often anything is reported where nothing is known to be wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accuracy.page import Whole
from accuracy.releases import Release, UnavailableError, fetched

from shapeguard.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from accuracy.measure import Found
    from accuracy.running import Store

RELEASES = (
    Release("adapters", "1.3.0"),
    Release("gliner", "0.2.29"),
    Release("peft", "0.21.2"),
    Release("pytorch-metric-learning", "2.9.0"),
    Release("sentence-transformers", "6.2.0"),
    Release("torchmetrics", "1.9.0"),
)


def all_files(cache: Path) -> dict[Release, set[str]]:
    """Return every Python file of the packages that can be had."""
    homes = fetched(RELEASES, cache)
    return {
        release: {path.relative_to(home).as_posix() for path in home.rglob("*.py")}
        for release, home in homes.items()
        if not isinstance(home, UnavailableError)
    }


def summed(whole: Mapping[Release, set[str]], store: Store) -> Iterator[Whole]:
    """Yield the figures of each package."""
    for release, names in sorted(whole.items()):
        measured = [found for _, found in store.of({release: names})]
        found = [each for file in measured for each in file.found if _shown(each)]
        yield Whole(
            name=f"{release}",
            files=len(measured),
            lines=sum(file.lines for file in measured),
            built_in=sum(not each.hazard for each in found),
            prototypes=sum(each.hazard for each in found),
            not_analysed=sum(bool(file.note) for file in measured),
        )


def _shown(found: Found) -> bool:
    return found.confidence >= Confidence.MEDIUM


def to_look_at(whole: Mapping[Release, set[str]], store: Store) -> Iterator[str]:
    """Yield one line for each finding that is shown by default."""
    for release, measured in store.of(whole):
        for found in filter(_shown, measured.found):
            place = f"{release} {measured.file}:{found.rows[0]}"
            yield f"{found.code} {place} {found.function}: {found.message}"
