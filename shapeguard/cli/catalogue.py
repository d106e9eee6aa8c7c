"""The installed rules, and what is reported about files, as pages."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from shapeguard.errors import UsageError
from shapeguard.lint.housekeeping import NOTICES
from shapeguard.lint.packs import facts_of, rule_facts
from shapeguard.report.pages import RulePage, hazard_pages

if TYPE_CHECKING:
    from shapeguard.lint.api import Rule
    from shapeguard.lint.facts import RuleFacts
    from shapeguard.lint.housekeeping import Notice


def rule_pages() -> tuple[RulePage, ...]:
    """Return all pages, by code; those of packs that can be used."""
    pages = (_page(facts) for facts in (*rule_facts(), *map(facts_of, NOTICES)))
    return tuple(sorted(pages, key=lambda page: page.code))


def page_of(rule: type[Rule | Notice]) -> RulePage:
    """Return the page of one rule: its attributes and the docstring of its module."""
    return _page(facts_of(rule))


def _page(facts: RuleFacts) -> RulePage:
    return RulePage(
        code=facts.code,
        name=facts.name,
        severity=facts.severity,
        since=facts.since,
        preview=facts.preview,
        text=facts.text,
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
