"""``--report NAME=FILE``: what was found, written as often as it was asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from shapeguard.cli.output import write_file
from shapeguard.errors import UsageError
from shapeguard.report import load_format, render

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shapeguard.finding import Finding


def wanted_reports(texts: Iterable[str]) -> list[tuple[str, Path]]:
    """Read ``NAME=FILE`` texts.

    Raises UsageError for a text of another form or a format that does not exist, and
    MissingExtraError for one that needs an optional dependency which is absent: before anything runs.
    """
    reports: list[tuple[str, Path]] = []
    for text in texts:
        name, equals, file = text.partition("=")
        if not (name and equals and file):
            message = f"--report {text!r} is not of the form NAME=FILE, such as html=report.html"
            raise UsageError(message)
        load_format(name)
        reports.append((name, Path(file)))
    return reports


def write_reports(findings: Sequence[Finding], reports: Iterable[tuple[str, Path]]) -> None:
    """Write each report. Raises UsageError for a file that cannot be written."""
    for name, path in reports:
        write_file(path, render(findings, name))
