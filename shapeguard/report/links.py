"""Places and codes, as segments of a line that lead somewhere where the terminal can follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.report.sources import printable
from shapeguard.report.words import SEVERITY_STYLE, web_address

if TYPE_CHECKING:
    from shapeguard.finding import Finding, Span
    from shapeguard.report import View
    from shapeguard.report.styled import Segment


def place(span: Span, view: View) -> Segment:
    """Return ``file:row:column`` of the start of ``span``, leading to the file."""
    return (view.sources.place(span), _linked("bold", _file(span.filename, view)))


def file(filename: str, view: View) -> Segment:
    """Return the name of a file, leading to it."""
    return (view.sources.name(filename), _linked("bold", _file(filename, view)))


def code(finding: Finding, view: View, text: str = "") -> Segment:
    """Return the code of a finding, or ``text`` in its place, leading to the page of the rule."""
    style = SEVERITY_STYLE[finding.severity]
    return (text or printable(finding.code), _linked(style, _page(finding, view)))


def address(finding: Finding, view: View) -> Segment:
    """Return the address of the page of the rule, leading there."""
    return (printable(finding.url or ""), _linked("", _page(finding, view)))


def _page(finding: Finding, view: View) -> str | None:
    return web_address(finding.url) if view.links else None


def _file(filename: str, view: View) -> str | None:
    """Return the address of a file that can be read, with an empty host: it is on this machine."""
    if not view.links or not view.sources.lines(filename):
        return None
    path = view.sources.absolute(filename)
    return path.as_uri() if path.is_absolute() else None


def _linked(style: str, url: str | None) -> str:
    # An address holds no white space, at which a style ends: a file's is quoted, a rule's checked.
    return f"{style} link {url}".lstrip() if url else style
