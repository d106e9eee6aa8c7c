"""Run over many releases: one process a release, results kept so that a run can be taken up again."""

from __future__ import annotations

import hashlib
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from accuracy.measure import Measured, measured
from accuracy.releases import UnavailableError, fetched

import shapeguard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from accuracy.releases import Release

    Told = Callable[[str], None]

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Options:
    """How to run: where the releases are, how many processes, how many seconds a file may take."""

    cache: Path
    jobs: int
    limit: int


def engine_digest() -> str:
    """Return a value that changes with every change of the linter, the rules or what is measured."""
    package = Path(shapeguard.__file__).parent
    sources = (package / "lint", package / "contracts", package.parent / "rules")
    paths = [path for source in sources for path in sorted(source.rglob("*.py"))]
    digest = hashlib.sha256()
    for path in (*paths, _HERE / "measure.py"):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def run(files: Mapping[Release, set[str]], options: Options, store: Store, told: Told) -> None:
    """Check files of releases, the most first; a release that cannot be had yields notes alone."""
    homes = fetched(files, options.cache)
    ordered = sorted(files, key=lambda release: (-len(files[release]), release))
    with ProcessPoolExecutor(options.jobs, get_context("spawn")) as pool:
        running = {
            pool.submit(_checked, homes[each], sorted(files[each]), options.limit): each
            for each in ordered
        }
        for count, done in enumerate(as_completed(running), start=1):
            release = running[done]
            store.add(release, done.result())
            told(f"{count}/{len(files)} {release}: {_summary(done.result())}")


def _checked(home: Path | UnavailableError, files: Sequence[str], limit: int) -> list[Measured]:
    if isinstance(home, UnavailableError):
        return [Measured(file, note=f"not available: {home}") for file in files]
    return measured(home, files, limit)


def _summary(results: Sequence[Measured]) -> str:
    found = sum(len(each.found) for each in results)
    seconds = sum(each.seconds for each in results)
    notes = sorted({f"; {each.file}: {each.note}" for each in results if each.note})
    return f"{len(results)} files, {found} findings, {seconds:.0f} s{''.join(notes)}"


class _Stored(msgspec.Struct):
    digest: str
    results: dict[str, dict[str, Measured]]


class Store:
    """Results of this run and of earlier ones that were made with the same state of the linter."""

    def __init__(self, path: Path, digest: str, *, fresh: bool = False) -> None:
        self._path = path
        self._kept = _Stored(digest, {})
        if not fresh:
            self._read()

    def _read(self) -> None:
        try:
            kept = msgspec.json.decode(self._path.read_bytes(), type=_Stored)
        except (OSError, msgspec.DecodeError):
            return
        if kept.digest == self._kept.digest:
            self._kept = kept

    def add(self, release: Release, results: Sequence[Measured]) -> None:
        """Keep results at once, so that a run that is broken off loses nothing."""
        of_release = self._kept.results.setdefault(f"{release}", {})
        of_release.update({each.file: each for each in results})
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_bytes(msgspec.json.encode(self._kept))

    def get(self, release: Release, file: str) -> Measured | None:
        """Return what was found in a file, or None if it was not checked yet."""
        return self._kept.results.get(f"{release}", {}).get(file)

    def missing(self, files: Mapping[Release, set[str]]) -> dict[Release, set[str]]:
        """Return the files that were not checked yet."""
        wanted = {
            release: {file for file in names if self.get(release, file) is None}
            for release, names in files.items()
        }
        return {release: names for release, names in wanted.items() if names}

    def of(self, files: Mapping[Release, set[str]]) -> Iterator[tuple[Release, Measured]]:
        """Yield what was found in these files."""
        for release, names in sorted(files.items()):
            for name in sorted(names):
                if (found := self.get(release, name)) is not None:
                    yield release, found
