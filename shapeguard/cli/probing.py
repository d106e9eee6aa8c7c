"""Run a sweep for ``shapeguard probe``: jobs in, outcomes kept, shown and reported."""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shapeguard.cli import probe_results, probe_tests
from shapeguard.cli.output import note, wants_colour, write, write_file
from shapeguard.cli.probe_choice import chosen_jobs, listing
from shapeguard.errors import MissingExtraError, UsageError
from shapeguard.oracle.sweep.plan import REFERENCE, cases, only, without
from shapeguard.oracle.sweep.pool import Pool
from shapeguard.outcome import GOOD, Verdict
from shapeguard.report import sweep
from shapeguard.report.words import count

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from shapeguard.cli.probe import ProbeOptions
    from shapeguard.oracle.sweep.plan import Job
    from shapeguard.outcome import Outcome

_NO_MODEL = "the model cannot be built: "


@dataclass(frozen=True, slots=True)
class _Run:
    """What a run did: how many cases, in how long, with how much memory of one process at most."""

    cases: int
    seconds: float
    peak: int

    def __str__(self) -> str:
        return (
            f"{count(self.cases, 'case')} in {self.seconds:.0f} s, "
            f"{self.cases / self.seconds:.0f} a second; a process took up to {self.peak} MiB"
        )


def run_probe(options: ProbeOptions) -> int:
    """Do what the command line asks for and return the exit status."""
    jobs = chosen_jobs(options)
    if options.show_list:
        write(listing(jobs))
        return 0
    if options.emit_test is not None:
        probe_tests.require_directory(options.emit_test)
    formats = [(sweep.load_format(name), path) for name, path in options.reports]
    _require_libraries()
    if options.factory is not None:
        sys.path.insert(0, str(Path.cwd()))  # as python -m puts it there; workers inherit it
    wanted = {case.key for job in jobs for case in cases(job)}
    known = {} if options.resume is None else probe_results.read(options.resume)
    found = {key: outcome for key, outcome in known.items() if key in wanted}
    try:
        ran = _swept([without(job, found.keys()) for job in jobs], options, found)
        if options.shrink or options.emit_test is not None:
            _shrink(jobs, options, found)
    except KeyboardInterrupt:
        _say_where(options, len(found), len(wanted))
        raise
    outcomes = [found[case.key] for job in jobs for case in cases(job)]
    _require_model(options, outcomes)
    result = sweep.Sweep(tuple(outcomes), probe_results.header()["versions"])
    for module, path in formats:
        write_file(path, module.render(result))
    printed = options.emit_test == probe_tests.STANDARD_OUTPUT
    colour = wants_colour(sys.stderr if printed else sys.stdout)
    (note if printed else write)(sweep.summary(result, colour=colour, verbose=options.verbose))
    if options.emit_test is not None:
        probe_tests.emit(outcomes, options.emit_test)
    if not options.quiet:
        note(str(ran) if ran.cases else f"{count(len(outcomes), 'case')}, all known")
    return _status(outcomes, reference=options.reference)


def _swept(
    jobs: Sequence[Job], options: ProbeOptions, found: dict[tuple[str, ...], Outcome]
) -> _Run:
    """Run jobs and add what comes of them to ``found``."""
    total = sum(job.size for job in jobs)
    start = time.perf_counter()
    pool = Pool(jobs, options.jobs or _cores())
    shown = sys.stderr.isatty() and not options.quiet
    with (
        probe_results.kept(options.resume) as keep,
        _progress(total, len(found), shown=shown) as show,
        closing(pool.outcomes()) as outcomes,
    ):
        for outcome in outcomes:
            found[outcome.key] = outcome
            keep(outcome)
            show(outcome)
    return _Run(total, time.perf_counter() - start, pool.peak)


@contextmanager
def _progress(total: int, known: int, *, shown: bool) -> Generator[Callable[[Outcome], None]]:
    if not shown:
        yield lambda _: None
        return
    from shapeguard.cli.probe_progress import Progress  # noqa: PLC0415 - brings rich

    with Progress(total, known) as show:
        yield show


def _shrink(
    jobs: Sequence[Job], options: ProbeOptions, found: dict[tuple[str, ...], Outcome]
) -> None:
    """Run one example of each failure once more and look for the smallest case that fails alike."""
    examples: dict[tuple[str, ...], tuple[str, ...]] = {}
    for key, outcome in found.items():
        if outcome.verdict not in {*GOOD, Verdict.UNJUDGED}:
            examples.setdefault((outcome.code, *outcome.cause), key)
    left = {key for key in examples.values() if not found[key].smallest}
    _swept([only(job, left, smallest=True) for job in jobs], options, found)


def _status(outcomes: Sequence[Outcome], *, reference: bool) -> int:
    judged = [each for each in outcomes if not reference or each.code == REFERENCE]
    return int(any(each.verdict not in GOOD for each in judged))


def _require_libraries() -> None:
    for package in ("torch", "transformers", "adapters"):
        if package not in sys.modules and importlib.util.find_spec(package) is None:
            feature = "shapeguard probe"
            raise MissingExtraError(feature, "adapters", package)


def _require_model(options: ProbeOptions, outcomes: Sequence[Outcome]) -> None:
    """Raise UsageError if a user's own model could not be made."""
    errors = {each.error for each in outcomes}
    if options.factory is not None and len(errors) == 1:
        (error,) = errors
        if error.startswith(_NO_MODEL):
            raise UsageError(error)


def _say_where(options: ProbeOptions, done: int, total: int) -> None:
    if options.resume is not None:
        note(f"{done:,} of {total:,} cases are in {options.resume}; the same command goes on there")


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
