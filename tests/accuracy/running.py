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
from accuracy.prototypes import RULES
from accuracy.releases import UnavailableError, unpacked

import shapeguard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from accuracy.releases import Release

    Told = Callable[[str], None]

BUILT_IN = "built-in"
PROTOTYPES = "prototypes"


@dataclass(frozen=True)
class Job:
    """Some files of one release and the rules to check them with."""

    release: Release
    files: tuple[str, ...]
    rules: str = PROTOTYPES


@dataclass(frozen=True)
class Options:
    """How to run: where the releases are, how many processes, how many seconds a file may take."""

    cache: Path
    jobs: int
    limit: int


def engine_digest() -> str:
    """Return a value that changes with every change of the linter, the rules or the prototypes."""
    package = Path(shapeguard.__file__).parent
    sources = [package / "lint", package / "contracts", Path(__file__).parent / "prototypes"]
    sources.append(package.parent / "rules")
    digest = hashlib.sha256()
    for source in sources:
        for path in sorted(source.rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def run(jobs: Sequence[Job], options: Options, store: Store, told: Told) -> None:
    """Check every job, the longest first; a release that cannot be had yields notes alone."""
    ordered = sorted(jobs, key=lambda job: (-len(job.files), job.release, job.rules))
    with ProcessPoolExecutor(options.jobs, get_context("spawn")) as pool:
        running = {pool.submit(_checked, job, options): job for job in ordered}
        for count, done in enumerate(as_completed(running), start=1):
            job = running[done]
            store.add(job, done.result())
            told(f"{count}/{len(jobs)} {job.release}: {_summary(done.result())}")


def _checked(job: Job, options: Options) -> list[Measured]:
    try:
        home = unpacked(job.release, options.cache)
    except UnavailableError as error:
        return [Measured(file, note=f"not available: {error}") for file in job.files]
    rules = RULES if job.rules == PROTOTYPES else None
    return measured(home, job.files, options.limit, rules)


def _summary(results: Sequence[Measured]) -> str:
    found = sum(len(each.found) for each in results)
    seconds = sum(each.seconds for each in results)
    notes = sorted({f"; {each.file}: {each.note}" for each in results if each.note})
    return f"{len(results)} files, {found} findings, {seconds:.0f} s{''.join(notes)}"


class Store:
    """Results of earlier runs, by the state of the linter that they were made with."""

    def __init__(self, path: Path, digest: str) -> None:
        self._path = path
        self._digest = digest
        self._known = self._read()

    def _read(self) -> dict[str, list[Measured]]:
        try:
            data = msgspec.json.decode(self._path.read_bytes(), type=_Stored)
        except (OSError, msgspec.DecodeError):
            return {}
        return data.results if data.digest == self._digest else {}

    def known(self, jobs: Sequence[Job]) -> dict[Job, list[Measured]]:
        """Return the jobs whose results are at hand."""
        return {job: self._known[_key(job)] for job in jobs if _key(job) in self._known}

    def add(self, job: Job, results: list[Measured]) -> None:
        """Keep results at once, so that a run that is broken off loses nothing."""
        self._known[_key(job)] = results
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_bytes(msgspec.json.encode(_Stored(self._digest, self._known)))


class _Stored(msgspec.Struct):
    digest: str
    results: dict[str, list[Measured]]


def _key(job: Job) -> str:
    files = hashlib.sha256("\n".join(job.files).encode()).hexdigest()[:12]
    return f"{job.rules} {job.release} {files}"


def jobs_of(files: Mapping[Release, set[str]], rules: str = PROTOTYPES) -> Iterator[Job]:
    """Return one job for each release."""
    for release, names in sorted(files.items()):
        yield Job(release, tuple(sorted(names)), rules)
