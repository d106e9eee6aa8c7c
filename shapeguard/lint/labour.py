"""Who executes the functions: this process, or others that are handed batches of them.

Another process is told where functions stand, reads the files itself, and returns plain values. What it hears
comes together with what others hear in the order of the work, so the result is the same.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import uuid
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shapeguard.errors import ShapeguardError
from shapeguard.lint.tasks import Done, Task
from shapeguard.lint.wanted import Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor
    from pathlib import Path

    from shapeguard.lint.config import Settings
    from shapeguard.lint.tasks import Start

Told = Callable[[int, int], None] | None
Labour = Callable[[Sequence[Task], Sequence[str], Wanted, Told], Generator[Done]]
"""Executes tasks for the rules of some codes; yields what came of them, some at a time, in their order."""

BATCH = 12
"""How many functions are handed out at a time: about a second of work."""
WORTH = 64
"""How many functions are worth starting processes, which takes as long as some fifty of them."""
_KILLED = (
    "a process that executes functions was killed, as happens where memory is short; "
    "with --jobs 1 a single process does it all"
)
_TURN = threading.Lock()
_METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"


def batches(tasks: Sequence[Task]) -> Iterator[Sequence[Task]]:
    """Yield what is handed out at a time."""
    for first in range(0, len(tasks), BATCH):
        yield tasks[first : first + BATCH]


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
    tasks: tuple[tuple[Start, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Crew:
    """Executes batches by an executor of ``concurrent.futures``, in other processes or elsewhere.

    The files are read there, at the same paths.
    """

    executor: Executor
    key: str
    shown_from: Path

    def __call__(
        self, tasks: Sequence[Task], codes: Sequence[str], wanted: Wanted, told: Told
    ) -> Generator[Done]:
        """Hand out the tasks, neighbours together, and yield what comes back when its turn has come."""
        running = {
            self.executor.submit(work, self._batch(part, codes, wanted)): number
            for number, part in enumerate(batches(tasks))
        }
        done, following, early = 0, 0, dict[int, Done]()
        for future in as_completed([*running]):
            number = running.pop(future)
            early[number] = future.result()
            done += len(early[number].ended)
            if told is not None:
                told(done, len(tasks))
            while following in early:
                yield early.pop(following)
                following += 1

    def _batch(self, tasks: Sequence[Task], codes: Sequence[str], wanted: Wanted) -> Batch:
        names = {name for task in tasks for name in task.files}
        return Batch(
            self.key,
            self.shown_from,
            tuple(codes),
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
        self, tasks: Sequence[Task], codes: Sequence[str], wanted: Wanted, told: Told
    ) -> Generator[Done]:
        """Execute tasks here, or hand them out. An interrupt ends the other processes at once."""
        workers = min(self.number, len(tasks) // BATCH)
        if workers < 2 or len(tasks) < WORTH:  # noqa: PLR2004 - two are the fewest that share work
            from shapeguard.lint.workshop import alone  # noqa: PLC0415 - loads the interpreter

            yield from alone(tasks, codes, wanted, told)
            return
        context = multiprocessing.get_context(_METHOD)
        pool = ProcessPoolExecutor(workers, context, initializer=_begin)
        try:
            yield from Crew(pool, uuid.uuid4().hex, self.shown_from)(tasks, codes, wanted, told)
        except BrokenProcessPool as error:
            raise ShapeguardError(_KILLED) from error
        except BaseException:
            for process in multiprocessing.active_children():
                process.terminate()
            raise
        finally:
            pool.shutdown(cancel_futures=True)


def _begin() -> None:
    """Let this process end at once where it is interrupted, or where the one is gone that hands out work."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def work(batch: Batch) -> Done:
    """Execute a batch in this process. Its threads take turns: what was read is the same for all of them."""
    with _TURN:
        from shapeguard.lint.workshop import executed  # noqa: PLC0415 - loads the interpreter and the rules

        return executed(batch)
