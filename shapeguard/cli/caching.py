"""What makes a check quick: the cache, which knows the rules before they are loaded, and processes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from shapeguard.lint.config import nearest
from shapeguard.lint.packs import pack_problems, rule_facts, tell
from shapeguard.lint.roots import repository

if TYPE_CHECKING:
    from pathlib import Path

    from shapeguard.cli.check import CheckOptions
    from shapeguard.lint.cache import Cache
    from shapeguard.lint.labour import Labour


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


def jobs(options: CheckOptions, cwd: Path) -> Labour:
    """Return what executes the functions of a check: as many processes as there may be."""

    def execute(*work: Any) -> Any:  # noqa: ANN401 - as a Labour
        from shapeguard.lint.labour import Jobs  # noqa: PLC0415 - only where there is work

        return Jobs(options.jobs or _processors(), cwd.resolve())(*work)

    return execute


def _processors() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
