"""What the linter finds in the files of a release, each within a limit of processor time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec
from accuracy.limits import Limit, OutOfTimeError, limited

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
    preview: bool = False

    @property
    def shown(self) -> bool:
        """Whether it is shown to somebody who has configured nothing."""
        return not self.preview and self.confidence >= Confidence.MEDIUM


class Measured(msgspec.Struct, frozen=True):
    """What was found in one file; ``note`` tells why nothing could be."""

    file: str
    lines: int = 0
    seconds: float = 0.0
    found: tuple[Found, ...] = ()
    given_up: tuple[str, ...] = ()
    note: str = ""


def measured(home: Path, files: Sequence[str], limit: float) -> list[Measured]:
    """Check these files of an unpacked release with all built-in rules."""
    projects: dict[Path, Project] = {}
    results: list[Measured] = []
    for file in files:
        results.append(_measured(home, file, limit, projects))
        if results[-1].note:
            projects = {}  # what was cut short may have left a project half read
    return results


def _measured(home: Path, file: str, seconds: float, projects: dict[Path, Project]) -> Measured:
    path = home / file
    if not path.is_file():
        return Measured(file, note="no such file in the release")
    lines = len(path.read_bytes().splitlines())
    settings = Settings(min_confidence=Confidence.LOW)
    rules = load_rules()
    preview = {rule.code for rule in rules if rule.preview}
    begun, limit = time.process_time(), Limit()
    try:
        with limited(seconds) as limit:
            outcome = check([path], settings, root=home, rules=rules, projects=projects)
    except (Exception, OutOfTimeError) as error:  # noqa: BLE001 - a crash is a result, counted beside the others
        crash = f"crash: {type(error).__name__}: {error}"
        note = f"not analysed in {seconds} seconds" if limit.passed else crash
        return Measured(file, lines, time.process_time() - begun, note=note)
    kept = tuple(_kept(each, preview=each.code in preview) for each in outcome.findings)
    return Measured(file, lines, time.process_time() - begun, kept, outcome.not_analysed)


def _kept(finding: Finding, *, preview: bool) -> Found:
    return Found(
        code=finding.code,
        rows=(finding.span.start.row, finding.span.end.row),
        confidence=finding.confidence,
        function=finding.function,
        message=finding.message,
        witness=finding.witness.text if finding.witness else "",
        preview=preview,
    )
