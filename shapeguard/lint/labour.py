"""Who executes the functions: this process, or others that are handed batches of them.

Another process is told files and numbers of functions, reads the files itself, and returns plain values.
What it hears comes together with what others hear in whatever order, so the result is the same.
"""

from __future__ import annotations

import multiprocessing
import signal
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from shapeguard.errors import ShapeguardError
from shapeguard.lint.asking import Asked
from shapeguard.lint.execution import execute
from shapeguard.lint.heard import Heard
from shapeguard.lint.packs import load_rules
from shapeguard.lint.project import forget_where_much, new_project
from shapeguard.lint.roots import project_root, shown
from shapeguard.lint.rule import Rule
from shapeguard.lint.tasks import Ended, Task
from shapeguard.lint.wanted import Wanted

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from pathlib import Path

    from shapeguard.lint.config import Settings
    from shapeguard.lint.project import Project
    from shapeguard.lint.tasks import Start

Told = Callable[[int, int], None] | None
Labour = Callable[
    [Sequence[Task], Sequence[type[Rule]], Wanted, Told], tuple[Heard, Sequence[Ended]]
]
"""Executes tasks; returns what rules said, and how each ended."""

BATCH = 12
"""How many functions are handed out at a time: about a second of work."""
WORTH = 96
"""How many functions are worth starting processes, which takes as long as some fifty of them."""
_KILLED = (
    "a process that executes functions was killed, as happens where memory is short; "
    "with --jobs 1 a single process does it all"
)
_METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"


def alone(
    tasks: Sequence[Task], rules: Sequence[type[Rule]], wanted: Wanted, told: Told
) -> tuple[Heard, Sequence[Ended]]:
    """Execute everything in this process."""
    return execute(tasks, Asked(list(rules), wanted), told)


@dataclass(frozen=True, slots=True)
class Batch:
    """Functions for one process; ``key`` is the same for all batches of a check.

    ``settings`` are those of the files that hear of the functions, by their shown names.
    """

    key: str
    shown_from: Path
    codes: tuple[str, ...]
    given: frozenset[str]
    settings: dict[str, Settings]
    tasks: tuple[tuple[Start, frozenset[str]], ...]


@dataclass(frozen=True, slots=True)
class Crew:
    """Executes batches by an executor of ``concurrent.futures``, in other processes or elsewhere.

    The files are read there, at the same paths.
    """

    executor: Executor
    key: str
    shown_from: Path

    def __call__(
        self, tasks: Sequence[Task], rules: Sequence[type[Rule]], wanted: Wanted, told: Told
    ) -> tuple[Heard, Sequence[Ended]]:
        """Hand out the tasks, neighbours together, and bring together what comes back."""
        parts = [tasks[first : first + BATCH] for first in range(0, len(tasks), BATCH)]
        running = {
            self.executor.submit(work, self._batch(part, rules, wanted)): number
            for number, part in enumerate(parts)
        }
        done, results = 0, dict[int, tuple[Heard, list[Ended]]]()
        for future in as_completed(running):
            number = running[future]
            results[number] = future.result()
            done += len(parts[number])
            if told is not None:
                told(done, len(tasks))
        heard = Heard()
        for number in sorted(results):
            heard.add(results[number][0])
        return heard, [end for number in sorted(results) for end in results[number][1]]

    def _batch(self, tasks: Sequence[Task], rules: Sequence[type[Rule]], wanted: Wanted) -> Batch:
        names = {name for task in tasks for name in task.files}
        return Batch(
            self.key,
            self.shown_from,
            tuple(rule.code for rule in rules),
            wanted.given,
            {name: wanted.settings(name) for name in names},
            tuple((each.start, each.files) for each in tasks),
        )


@dataclass(frozen=True, slots=True)
class Jobs:
    """Executes in as many processes as it may, where the work is worth starting them."""

    number: int
    shown_from: Path

    def __call__(
        self, tasks: Sequence[Task], rules: Sequence[type[Rule]], wanted: Wanted, told: Told
    ) -> tuple[Heard, Sequence[Ended]]:
        """Execute tasks here, or hand them out. An interrupt ends the other processes at once."""
        workers = min(self.number, len(tasks) // BATCH)
        if workers < 2 or len(tasks) < WORTH:  # noqa: PLR2004 - two are the fewest that share work
            return alone(tasks, rules, wanted, told)
        context = multiprocessing.get_context(_METHOD)
        pool = ProcessPoolExecutor(workers, context, initializer=_end_at_interrupt)
        try:
            return Crew(pool, uuid.uuid4().hex, self.shown_from)(tasks, rules, wanted, told)
        except BrokenProcessPool as error:
            raise ShapeguardError(_KILLED) from error
        except BaseException:
            for process in multiprocessing.active_children():
                process.terminate()
            raise
        finally:
            pool.shutdown(cancel_futures=True)


def _end_at_interrupt() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


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


def work(batch: Batch) -> tuple[Heard, list[Ended]]:
    """Execute a batch in this process."""
    if _workshop.key != batch.key:
        _workshop.key, _workshop.projects = batch.key, {}
    given = _Given(batch.shown_from, batch.settings)
    wanted = Wanted(given, batch.shown_from, batch.given)
    rules = [rule for rule in load_rules() if rule.code in batch.codes]
    forget_where_much(_workshop.projects.values())
    return execute([_task(batch, *each) for each in batch.tasks], Asked(rules, wanted))


def _task(batch: Batch, start: Start, files: frozenset[str]) -> Task:
    # Whatever file asks belongs to the project; its settings are those of the project.
    name = min(files)
    return Task(_project(batch, batch.shown_from / name, batch.settings[name]), start, files)


def _project(batch: Batch, path: Path, settings: Settings) -> Project:
    root = project_root(path)
    if root not in _workshop.projects:
        names = partial(shown, shown_from=batch.shown_from)
        _workshop.projects[root] = new_project(root, names, settings)
    return _workshop.projects[root]
