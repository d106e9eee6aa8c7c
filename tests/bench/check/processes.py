"""Whole processes in interleaved rounds: wall time, CPU time and peak memory."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

RUNNER = Path(__file__).with_name("runner.py")
LIMIT = 900.0
"""Seconds after which a process is ended, and said to be absent."""
LONG = 30.0
"""What takes more seconds than this runs in the first round only."""


class Cost(msgspec.Struct, frozen=True):
    """What one process and its descendants took: seconds, and MiB of the largest of them."""

    wall: float
    cpu: float
    peak: float
    status: int


@dataclass(frozen=True)
class Costs:
    """What a subject took, a cost for each round."""

    rounds: tuple[Cost, ...]

    @property
    def best(self) -> float:
        """The wall time of the round that the machine disturbed least."""
        return min(each.wall for each in self.rounds)

    @property
    def median(self) -> float:
        """The wall time of the round in the middle."""
        return statistics.median(each.wall for each in self.rounds)

    @property
    def cpu(self) -> float:
        """The least CPU time."""
        return min(each.cpu for each in self.rounds)

    @property
    def peak(self) -> float:
        """The most memory that one process had, in MiB."""
        return max(each.peak for each in self.rounds)


@dataclass(frozen=True)
class Absent:
    """Why there is no figure of a subject."""

    reason: str


Results = dict[str, Costs | Absent]


@dataclass(frozen=True)
class Subject:
    """A command, what is done before each run and not timed, and how it may end."""

    command: tuple[str, ...]
    directory: Path
    before: Callable[[], object] = lambda: None
    statuses: frozenset[int] = frozenset({0, 1})


class FailedError(Exception):
    """A process that did not do its work; the text has its last words."""


def run(subject: Subject, limit: float = LIMIT) -> Cost:
    """Run a subject once. Raises FailedError for another exit status than those it may have."""
    subject.before()
    with tempfile.NamedTemporaryFile("r", encoding="utf-8", errors="replace") as errors:
        python = (sys.executable, "-I", "-S", str(RUNNER))
        done = subprocess.run(
            (*python, str(limit), errors.name, *subject.command),
            cwd=subject.directory,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise FailedError(_last_line(done.stderr, f"exit status {done.returncode}"))
        cost = msgspec.json.decode(done.stdout, type=Cost)
        if cost.status in subject.statuses:
            return cost
        if cost.wall >= limit:
            message = f"took longer than {limit:.0f} s"
            raise FailedError(message)
        raise FailedError(_last_line(errors.read(), f"exit status {cost.status}"))


def once(subject: Subject | Absent, limit: float = LIMIT) -> Costs | Absent:
    """Run a subject a single time; one that fails is absent, with its reason."""
    if isinstance(subject, Absent):
        return subject
    try:
        return Costs((run(subject, limit),))
    except FailedError as error:
        return Absent(str(error))


def in_rounds(
    subjects: Mapping[str, Subject | Absent], *, rounds: int, budget: float = float("inf")
) -> Results:
    """Run every subject once a round, in turn; the order turns round with each round.

    A subject that is :data:`LONG` runs in the first alone, and so does what does not fit into the
    ``budget`` of seconds that the others take together. What fails is absent from there on, with its reason.
    """
    costs: dict[str, list[Cost]] = {name: [] for name in subjects}
    absent = {name: each for name, each in subjects.items() if isinstance(each, Absent)}
    begun = 0.0
    for turn in range(rounds):
        if turn == 1:
            begun = time.perf_counter()
        for name, subject in _ordered(subjects, turn):
            if name in absent or isinstance(subject, Absent):
                continue
            left = budget - (time.perf_counter() - begun)
            if turn and costs[name][0].wall > min(LONG, left):
                continue
            try:
                costs[name].append(run(subject))
            except FailedError as error:
                absent[name] = Absent(str(error))
    return {name: absent.get(name) or Costs(tuple(costs[name])) for name in subjects}


def _ordered(
    subjects: Mapping[str, Subject | Absent], turn: int
) -> Sequence[tuple[str, Subject | Absent]]:
    pairs = [*subjects.items()]
    return pairs[::-1] if turn % 2 else pairs


def _last_line(text: str, otherwise: str) -> str:
    return (text.strip().splitlines() or [otherwise])[-1].strip()
