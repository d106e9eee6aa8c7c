"""The installed rules, and what is reported about files, as pages."""

from __future__ import annotations

import difflib
import inspect
from typing import TYPE_CHECKING

from shapeguard.errors import UsageError
from shapeguard.lint.housekeeping import NOTICES
from shapeguard.lint.packs import load_rules
from shapeguard.report.pages import RulePage, hazard_pages

if TYPE_CHECKING:
    from shapeguard.lint.api import Rule
    from shapeguard.lint.housekeeping import Notice


def rule_pages() -> tuple[RulePage, ...]:
    """Return all pages, by code; those of packs that can be used."""
    pages = map(page_of, (*load_rules(), *NOTICES))
    return tuple(sorted(pages, key=lambda page: page.code))


def page_of(rule: type[Rule | Notice]) -> RulePage:
    """Return the page of one rule: its attributes and the docstring of its module."""
    module = inspect.getmodule(rule)
    return RulePage(
        code=rule.code,
        name=rule.name,
        severity=rule.severity,
        since=rule.since,
        preview=rule.preview,
        text=(module.__doc__ if module else None) or rule.__doc__ or "",
    )


def find_page(wanted: str, pages: tuple[RulePage, ...]) -> RulePage:
    """Return the page with this code or name, of a rule, a contract or the row oracle.

    Raises UsageError naming the nearest codes.
    """
    for page in (*pages, *hazard_pages()):
        if wanted.upper() == page.code or wanted.lower() == page.name:
            return page
    known = [name for page in pages for name in (page.code, page.name)]
    near = difflib.get_close_matches(wanted, known, n=3, cutoff=0.5)
    hint = f"nearest: {', '.join(near)}" if near else "`shapeguard rule` lists all"
    message = f"unknown rule {wanted!r}; {hint}"
    raise UsageError(message)
