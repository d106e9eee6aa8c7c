"""The cache that a check uses: where it is, and what it knows before anything is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.config import nearest
from shapeguard.lint.packs import pack_problems, rule_facts, tell
from shapeguard.lint.roots import repository

if TYPE_CHECKING:
    from pathlib import Path

    from shapeguard.cli.check import CheckOptions
    from shapeguard.lint.cache import Cache


def open_cache(options: CheckOptions, cwd: Path) -> Cache | None:
    """Return the cache, or None if there is to be none.

    What it knows of the installed rules need not be loaded from their packs.
    """
    if options.no_cache:
        return None
    from shapeguard.lint.cache import DIRECTORY, Cache  # noqa: PLC0415 - only where there is one
    from shapeguard.lint.environment import environment  # noqa: PLC0415 - as above

    directory = options.cache_dir or _home(cwd) / DIRECTORY
    cache = Cache(cwd / directory / "results.sqlite", environment())
    facts = cache.facts()
    if facts:
        tell(facts)
    elif not pack_problems():
        cache.keep_facts(rule_facts())
    return cache


def _home(cwd: Path) -> Path:
    """Return the directory that a cache is in: that of the configuration, or of the repository."""
    configuration = nearest(cwd)
    return configuration.parent if configuration else repository(cwd) or cwd
