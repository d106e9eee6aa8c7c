"""Where functions are executed: in this process, for itself or for another one that hands out batches."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from shapeguard.lint.asking import Asked
from shapeguard.lint.execution import execute
from shapeguard.lint.labour import batches
from shapeguard.lint.packs import load_rules
from shapeguard.lint.project import forget_where_much, new_project
from shapeguard.lint.roots import project_root, shown
from shapeguard.lint.tasks import Task
from shapeguard.lint.wanted import Wanted

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Sequence
    from pathlib import Path

    from shapeguard.lint.config import Settings
    from shapeguard.lint.labour import Batch, Told
    from shapeguard.lint.project import Project
    from shapeguard.lint.rule import Rule
    from shapeguard.lint.tasks import Done, Start


def alone(
    tasks: Sequence[Task], codes: Sequence[str], wanted: Wanted, told: Told
) -> Generator[Done]:
    """Execute everything in this process."""
    return by_rules(_rules(codes), tasks, codes, wanted, told)


def by_rules(
    rules: Sequence[type[Rule]],
    tasks: Sequence[Task],
    codes: Collection[str],
    wanted: Wanted,
    told: Told,
) -> Generator[Done]:
    """Execute everything in this process, and ask those of some rules that have one of the codes."""
    asked = Asked([rule for rule in rules if rule.code in codes], wanted)
    done = 0

    def tell(of_part: int, _: int) -> None:
        if told is not None:
            told(done + of_part, len(tasks))

    for part in batches(tasks):
        yield execute(part, asked, tell)
        done += len(part)


def _rules(codes: Collection[str]) -> list[type[Rule]]:
    return [rule for rule in load_rules() if rule.code in codes]


@dataclass
class _Workshop:
    """What a process keeps from one batch of a check to the next: the projects that it has read."""

    key: str
    projects: dict[Path, Project]


_workshop = _Workshop("", {})


@dataclass(frozen=True, slots=True)
class _Given:
    """Settings by the shown names of files; a project has those of the file that it is read for."""

    shown_from: Path
    settings: dict[str, Settings]

    def of(self, path: Path, /) -> Settings:
        return self.settings[shown(path, self.shown_from)]


def executed(batch: Batch) -> Done:
    """Execute a batch in this process."""
    if _workshop.key != batch.key:
        _workshop.key, _workshop.projects = batch.key, {}
    given = _Given(batch.shown_from, batch.settings)
    wanted = Wanted(given, batch.shown_from, batch.given)
    forget_where_much(_workshop.projects.values())
    return execute(
        [_task(batch, *each) for each in batch.tasks], Asked(_rules(batch.codes), wanted)
    )


def _task(batch: Batch, start: Start, files: tuple[str, ...]) -> Task:
    # Whatever file asks belongs to the project; its settings are those of the project.
    name = min(files)
    return Task(_project(batch, batch.shown_from / name, batch.settings[name]), start, files)


def _project(batch: Batch, path: Path, settings: Settings) -> Project:
    root = project_root(path)
    if root not in _workshop.projects:
        names = partial(shown, shown_from=batch.shown_from)
        _workshop.projects[root] = new_project(root, names, settings)
    return _workshop.projects[root]
