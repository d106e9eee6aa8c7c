"""What the linter finds in the files of a release, each within a limit of processor time."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec
from accuracy.prototypes import RULES

from shapeguard.finding import Confidence
from shapeguard.lint.config import Settings
from shapeguard.lint.engine import check
from shapeguard.lint.packs import load_rules

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from shapeguard.finding import Finding
    from shapeguard.lint.project import Project


class Found(msgspec.Struct, frozen=True):
    """What is kept of one finding."""

    code: str
    rows: tuple[int, int]
    confidence: Confidence
    function: str
    message: str
    witness: str

    @property
    def hazard(self) -> bool:
        """Whether a prototype found it, whose code is that of a hazard."""
        return self.code.startswith("H")


class Measured(msgspec.Struct, frozen=True):
    """What was found in one file; ``note`` tells why nothing could be."""

    file: str
    lines: int = 0
    seconds: float = 0.0
    found: tuple[Found, ...] = ()
    given_up: tuple[str, ...] = ()
    note: str = ""


class _OutOfTimeError(BaseException):
    """The time limit of a file has passed; no handler in the linter may catch this."""


def measured(home: Path, files: Sequence[str], limit: float) -> list[Measured]:
    """Check these files of an unpacked release with the prototypes and the built-in rules."""
    projects: dict[Path, Project] = {}
    results: list[Measured] = []
    for file in files:
        results.append(_measured(home, file, limit, projects))
        if results[-1].note:
            projects = {}  # what was cut short may have left a project half read
    return results


def _measured(home: Path, file: str, limit: float, projects: dict[Path, Project]) -> Measured:
    path = home / file
    if not path.is_file():
        return Measured(file, note="no such file in the release")
    lines = len(path.read_bytes().splitlines())
    settings = Settings(min_confidence=Confidence.LOW)
    rules = (*RULES, *load_rules())
    begun = time.process_time()
    signal.signal(signal.SIGPROF, _out_of_time)
    signal.setitimer(signal.ITIMER_PROF, limit)
    try:
        outcome = check([path], settings, root=home, rules=rules, projects=projects)
    except _OutOfTimeError:
        return Measured(file, lines, float(limit), note=f"not analysed in {limit} seconds")
    except Exception as error:  # noqa: BLE001 - a crash is a result, counted beside the others
        seconds = time.process_time() - begun
        return Measured(file, lines, seconds, note=f"crash: {type(error).__name__}: {error}")
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    seconds = time.process_time() - begun
    kept = tuple(_kept(finding) for finding in outcome.findings)
    return Measured(file, lines, seconds, kept, outcome.not_analysed)


def _out_of_time(*_: Any) -> NoReturn:
    raise _OutOfTimeError


def _kept(finding: Finding) -> Found:
    return Found(
        code=finding.code,
        rows=(finding.span.start.row, finding.span.end.row),
        confidence=finding.confidence,
        function=finding.function,
        message=finding.message,
        witness=finding.witness.text if finding.witness else "",
    )
