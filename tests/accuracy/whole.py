"""Whole packages: how often anything is reported where nothing is known to be wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accuracy.page import Whole
from accuracy.releases import Release, UnavailableError, fetched
from accuracy.verdicts import judged, load

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from accuracy.running import Store

RELEASES = (
    Release("accelerate", "1.15.0"),
    Release("adapters", "1.3.0"),
    Release("peft", "0.21.2"),
    Release("sentence-transformers", "6.2.0"),
    Release("torchmetrics", "1.9.0"),
    Release("torchvision", "0.29.1"),
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
    verdicts = load()
    for release, names in sorted(whole.items()):
        measured = [found for _, found in store.of({release: names})]
        shown = [(file.file, [each for each in file.found if each.shown]) for file in measured]
        found = [each for _, of_file in shown for each in of_file]
        said = [
            each for file, of_file in shown for each in judged(release, file, of_file, verdicts)
        ]
        yield Whole(
            name=f"{release}",
            files=len(measured),
            lines=sum(file.lines for file in measured),
            findings=len(found),
            right=sum(each.right for each in said),
            wrong=sum(not each.right for each in said),
            not_analysed=sum(bool(file.note) for file in measured),
        )


def to_look_at(whole: Mapping[Release, set[str]], store: Store) -> Iterator[str]:
    """Yield one line for each finding that is shown by default and that nobody has judged."""
    verdicts = load()
    for release, measured in store.of(whole):
        for found in measured.found:
            if found.shown and not judged(release, measured.file, [found], verdicts):
                place = f"{release} {measured.file}:{found.rows[0]}"
                yield f"{found.code} {place} {found.function}: {found.message}"
