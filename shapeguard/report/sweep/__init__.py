"""The outcomes of a sweep in, text out: a summary for the terminal, and reports for files.

A format is a module of this package with a function ``render(sweep) -> str``.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final, Protocol, cast

from shapeguard.report.sweep.matrix import Sweep
from shapeguard.report.sweep.terminal import summary

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FORMATS", "Sweep", "load_format", "summary"]

FORMATS: Final[Mapping[str, str]] = {
    "json": "shapeguard.report.sweep.json",
    "markdown": "shapeguard.report.sweep.markdown",
    "html": "shapeguard.report.sweep.html",
}


class Format(Protocol):
    """The module of one format."""

    def render(self, sweep: Sweep) -> str:
        """Return the whole report, ended by a newline."""
        ...


def load_format(name: str) -> Format:
    """Return the module of a format that :data:`FORMATS` names.

    Raises MissingExtraError if it needs an optional dependency that is absent.
    """
    return cast("Format", importlib.import_module(FORMATS[name]))
