"""Measure the accuracy of the linter on released packages: ``python -m accuracy``, in ``tests/``."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
from accuracy.cases import Bug, load
from accuracy.releases import CACHE
from accuracy.running import Options, Store, engine_digest, jobs_of, run
from accuracy.scoring import score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accuracy.cases import Case
    from accuracy.measure import Measured
    from accuracy.releases import Release
    from accuracy.running import Job


@click.command()
@click.option("--cache", type=click.Path(path_type=Path), default=CACHE, show_default=True)
@click.option("--jobs", default=2, show_default=True, help="Processes.")
@click.option("--limit", default=60, show_default=True, help="Seconds a file may take.")
@click.option("--only", default="", help="Cases with this text in release, file or name.")
@click.option("--hazard", default="", help="Cases of this hazard, such as H9.")
@click.option("--fresh", is_flag=True, help="Use no results of an earlier run.")
@click.option("--verbose", is_flag=True, help="Print the findings at every case.")
def main(  # noqa: PLR0913 - one parameter an option
    *, cache: Path, jobs: int, limit: int, only: str, hazard: str, fresh: bool, verbose: bool
) -> None:
    """Print what is found, missed and disturbed."""
    cases = [case for case in load() if _chosen(case, only, hazard)]
    files: dict[Release, set[str]] = defaultdict(set)
    for case in cases:
        files[case.release].add(case.file)
    wanted = list(jobs_of(files))
    store = Store(cache / "results.json", engine_digest())
    done = {} if fresh else store.known(wanted)
    run([job for job in wanted if job not in done], Options(cache, jobs, limit), store, _told)
    _print_cases(cases, store.known(wanted), verbose=verbose)


def _told(line: str) -> None:
    click.echo(line, err=True)


def _chosen(case: Case, only: str, hazard: str) -> bool:
    text = f"{case.release} {case.file} {case.id}"
    return only in text and hazard in {"", case.hazard}


def _print_cases(
    cases: Sequence[Case], results: dict[Job, list[Measured]], *, verbose: bool
) -> None:
    by_file = {(job.release, each.file): each for job, found in results.items() for each in found}
    for scored in score(cases, by_file):
        kind = scored.case.visible if isinstance(scored.case, Bug) else "near-miss"
        click.echo(
            f"{scored.case.hazard:4} {kind:9} {scored.answer:28} {scored.case.id} {scored.note}"
        )
        for found in scored.found if verbose else ():
            click.echo(f"       {found.code} {found.confidence.value} {found.message}")


if __name__ == "__main__":
    main()
