"""Run jobs in processes of their own, so that one that is killed takes no other with it."""

from __future__ import annotations

import multiprocessing
import resource
import signal
import sys
from collections import deque
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any, cast

from shapeguard.oracle.sweep.plan import cases, without
from shapeguard.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

    from shapeguard.oracle.sweep.plan import Job

_PER_MIB = 1024 * 1024 if sys.platform == "darwin" else 1024


class Pool:
    """Worker processes, each on one thread, that run jobs; ``peak`` is the most memory of one, in MiB.

    The first case of a job whose process died is not judged, and the others go to another process;
    if that dies at once, too, none of the job's are.
    """

    def __init__(self, jobs: Iterable[Job], workers: int) -> None:
        self.peak = 0
        self._waiting = deque(job for job in jobs if job.size)
        self._workers: list[_Worker] = []
        self._most = workers

    def outcomes(self) -> Generator[Outcome]:
        """Run everything and yield outcomes as they come. Closing the iterator ends the workers."""
        try:
            self._start()
            while self._workers:
                ready = wait([worker.connection for worker in self._workers])
                for connection in cast("list[Connection]", ready):
                    yield from self._received(connection)
        finally:
            for worker in self._workers:
                worker.end()

    def _start(self) -> None:
        """Give every worker without a job one, and let go those for whom there is none."""
        while self._waiting and len(self._workers) < self._most:
            self._workers.append(_Worker())
        for worker in list(self._workers):
            if worker.job is None and self._waiting:
                worker.take(self._waiting.popleft())
            elif worker.job is None:
                worker.end()
                self._workers.remove(worker)

    def _received(self, connection: Connection) -> Iterator[Outcome]:
        worker = next(each for each in self._workers if each.connection is connection)
        try:
            message: Outcome | int = connection.recv()
        except (EOFError, OSError):
            self._workers.remove(worker)
            yield from self._after_death(worker)
            self._start()
            return
        if isinstance(message, Outcome):
            worker.done.add(message.key)
            yield message
            return
        self.peak = max(self.peak, message)
        worker.job = None
        self._start()

    def _after_death(self, worker: _Worker) -> Iterator[Outcome]:
        reason = f"the process that ran it {worker.end()}"
        if worker.job is None:
            return
        left = cases(without(worker.job, worker.done))
        lost = left[:1] if worker.done else left
        for each in lost:
            yield each.unjudged(reason)
        rest = without(worker.job, {*worker.done, *(each.key for each in lost)})
        if rest.size:
            self._waiting.append(rest)


class _Worker:
    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process: SpawnProcess = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self.job: Job | None = None
        self.done: set[tuple[str, ...]] = set()

    def take(self, job: Job) -> None:
        self.job, self.done = job, set()
        self.connection.send(job)

    def end(self) -> str:
        """Close the connection, wait for the process and say how it ended."""
        self.connection.close()
        self._process.join(timeout=1)
        if self._process.exitcode is None:
            self._process.terminate()
            self._process.join()
        code = cast("int", self._process.exitcode)
        if code < 0:
            return f"was ended by signal {signal.Signals(-code).name}"
        return f"ended with status {code}"


def _serve(connection: Any) -> None:  # noqa: ANN401 - a connection of another process
    """Run jobs until the parent hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    sys.stdout = sys.stderr  # what models print must not end up in a report
    import torch  # noqa: PLC0415 - in the worker alone

    from shapeguard.oracle.sweep.running import run  # noqa: PLC0415 - brings torch

    torch.set_num_threads(1)
    try:
        while True:
            for outcome in run(connection.recv()):
                connection.send(outcome)
            connection.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // _PER_MIB)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
