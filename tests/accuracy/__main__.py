"""Measure the accuracy of the linter on released packages: ``python -m accuracy``, in ``tests/``."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
from accuracy import semgrep, tables
from accuracy.cases import Bug, load
from accuracy.page import Ours, held_to, text_of_page
from accuracy.releases import CACHE, UnavailableError
from accuracy.running import Options, Store, engine_digest, run
from accuracy.scoring import score
from accuracy.whole import all_files, summed, to_look_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from accuracy.cases import Case
    from accuracy.releases import Release
    from accuracy.scoring import Scored

    Files = Mapping[Release, set[str]]

PAGE = Path(__file__).parents[2] / "docs" / "accuracy.md"


@click.command()
@click.option("--cache", type=click.Path(path_type=Path), default=CACHE, show_default=True)
@click.option("--jobs", default=2, show_default=True, help="Processes.")
@click.option("--limit", default=60, show_default=True, help="Seconds a file may take.")
@click.option("--only", default="", help="Cases with this text in release, file or name.")
@click.option("--hazard", default="", help="Cases of this hazard, such as H9.")
@click.option("--fresh", is_flag=True, help="Use no results of an earlier run.")
@click.option("--page/--no-page", default=True, help="Write the page, if all cases are chosen.")
@click.option("--preview", is_flag=True, help="Count the rules in preview; writes no page.")
@click.option("--verbose", is_flag=True, help="Print the findings at every case.")
def main(  # noqa: PLR0913 - one parameter an option
    *,
    cache: Path,
    jobs: int,
    limit: int,
    only: str,
    hazard: str,
    fresh: bool,
    page: bool,
    preview: bool,
    verbose: bool,
) -> None:
    """Print what is found, missed and disturbed, and write the page of figures."""
    cases = [case for case in load() if _chosen(case, only, hazard)]
    files = _files(cases)
    page = page and not (only or hazard or preview)
    whole = all_files(cache) if page else {}
    wanted = {each: files.get(each, set()) | whole.get(each, set()) for each in {*files, *whole}}
    store = Store(cache / "results.json", engine_digest(), fresh=fresh)
    run(store.missing(wanted), Options(cache, jobs, limit), store, _told)
    scored = list(score(cases, store.get, preview=preview))
    _print_cases(scored, verbose=verbose)
    click.echo("\n".join((*tables.bugs(scored), *tables.near_misses(scored))))
    if page:
        _write(scored, files, whole, store, cache)


def _told(line: str) -> None:
    click.echo(line, err=True)


def _chosen(case: Case, only: str, hazard: str) -> bool:
    text = f"{case.release} {case.file} {case.id}"
    return only in text and hazard in {"", case.hazard}


def _files(cases: Sequence[Case]) -> Files:
    files: dict[Release, set[str]] = defaultdict(set)
    for case in cases:
        files[case.release].add(case.file)
    return files


def _print_cases(scored: Sequence[Scored], *, verbose: bool) -> None:
    for each in scored:
        kind = each.case.visible if isinstance(each.case, Bug) else "near-miss"
        click.echo(f"{each.case.hazard:4}{kind:10}{each.answer:26}{each.case.id} {each.note}")
        for found in each.found if verbose else ():
            click.echo(f"       {found.code} {found.confidence.value} {found.message}")


def _write(scored: Sequence[Scored], files: Files, whole: Files, store: Store, cache: Path) -> None:
    """Write the page, and the list of findings to look at beside the results."""
    paths = [release.home(cache) / name for release, names in files.items() for name in names]
    cases = [each.case for each in scored if not isinstance(each.case, Bug) or held_to(each.case)]
    try:
        found = semgrep.matches([path for path in paths if path.is_file()], cache)
        beat = semgrep.lines(found, cases, cache)
    except UnavailableError as error:
        message = f"the lines to beat cannot be run: {error}"
        raise click.ClickException(message) from error
    ours = Ours(sum(len(m.found) for _, m in store.of(files)))
    PAGE.write_text(text_of_page(scored, beat, ours, list(summed(whole, store))))
    looked = cache / "to_look_at.txt"
    looked.write_text("\n".join(to_look_at(whole, store)))
    click.echo(f"{PAGE} and {looked} are written")


if __name__ == "__main__":
    main()
