"""``--report NAME=FILE``: what was found, written as often as it was asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from shapeguard.cli.output import check_writable, write_file
from shapeguard.errors import UsageError
from shapeguard.report import load_format, render

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shapeguard.finding import Finding


def wanted_reports(texts: Iterable[str]) -> list[tuple[str, Path]]:
    """Read ``NAME=FILE`` texts.

    Paths are those of now, wherever a program goes. Raises UsageError for a text of another form, a
    format that does not exist or a file that cannot be written, and MissingExtraError for a format that
    needs an optional dependency which is absent: before anything runs.
    """
    reports: list[tuple[str, Path]] = []
    for text in texts:
        name, equals, file = text.partition("=")
        if not (name and equals and file):
            message = f"--report {text!r} is not of the form NAME=FILE, such as html=report.html"
            raise UsageError(message)
        load_format(name)
        path = Path(file).absolute()
        check_writable(path)
        reports.append((name, path))
    return reports


def write_reports(findings: Sequence[Finding], reports: Iterable[tuple[str, Path]]) -> None:
    """Write each report. Raises UsageError, after the last one, for files that cannot be written."""
    failures: list[str] = []
    for name, path in reports:
        try:
            write_file(path, render(findings, name))
        except UsageError as error:
            failures.append(str(error))
    if failures:
        raise UsageError("; ".join(failures))
