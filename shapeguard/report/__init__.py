"""Findings in, text out. One module a format, loaded when it is asked for.

A format is a module of this package with a function ``render(findings, view) -> str``; adding one
is adding the module and its line in :data:`FORMATS`. Nothing here prints or writes files.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, cast

from shapeguard.errors import UsageError
from shapeguard.report.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from shapeguard.finding import Finding, Suppressed
    from shapeguard.report.pages import RulePage

FORMATS: Final = {
    "full": "shapeguard.report.full",
    "concise": "shapeguard.report.concise",
    "grouped": "shapeguard.report.grouped",
    "json": "shapeguard.report.json",
    "json-lines": "shapeguard.report.json_lines",
    "html": "shapeguard.report.html",
    "markdown": "shapeguard.report.markdown",
    "sarif": "shapeguard.report.sarif",
    "github": "shapeguard.report.github",
    "gitlab": "shapeguard.report.gitlab",
    "rdjson": "shapeguard.report.rdjson",
    "junit": "shapeguard.report.junit",
}


@dataclass(frozen=True, slots=True)
class View:
    """What a format needs besides the findings.

    ``checked`` is the number of files that were looked at, ``None`` if no files were; ``problems``
    say what could not be, and ``pages`` hold the rules that may have spoken, by code. ``suppressed``
    are findings that a comment or the baseline keeps out of the report. With ``links``, places and
    codes lead somewhere in a terminal that can follow links (OSC 8).
    """

    sources: Sources
    colour: bool = False
    links: bool = False
    checked: int | None = None
    problems: tuple[str, ...] = ()
    pages: Mapping[str, RulePage] = field(default_factory=dict[str, "RulePage"])
    suppressed: tuple[Suppressed, ...] = ()


class Format(Protocol):
    """The module of one format."""

    def render(self, findings: Sequence[Finding], view: View) -> str:
        """Return the whole report, ended by a newline unless it is empty."""
        ...


def load_format(name: str) -> Format:
    """Return the module that renders the format ``name``.

    Raises UsageError for an unknown name, and MissingExtraError if the format needs an optional
    dependency that is absent.
    """
    if name not in FORMATS:
        import difflib  # noqa: PLC0415 - only where the name is wrong

        near = difflib.get_close_matches(name, FORMATS, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        message = f"unknown output format {name!r}; {hint}Formats: {', '.join(FORMATS)}"
        raise UsageError(message)
    return cast("Format", importlib.import_module(FORMATS[name]))


def render(findings: Iterable[Finding], name: str, view: View | None = None) -> str:
    """Render findings in the format ``name``, in the order of file and place.

    Without a ``view``: sources from disk, names relative to the working directory (absolute if it
    has been deleted), no colour.
    Raises the errors of :func:`load_format`.
    """
    ordered = sorted(findings, key=lambda finding: finding.sort_key)
    return load_format(name).render(ordered, view or View(Sources(_here())))


def _here() -> Path:
    try:
        return Path.cwd()
    except OSError:
        return Path()
