"""What makes a check quick: the cache, which knows the rules before they are loaded, and processes."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, Any

from shapeguard.lint.config import nearest
from shapeguard.lint.packs import facts_of, load_models, load_rules, loaded_problems, tell
from shapeguard.lint.roots import repository

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from shapeguard.cli.check import CheckOptions
    from shapeguard.lint.cache import Cache
    from shapeguard.lint.facts import PackFacts
    from shapeguard.lint.labour import Labour
    from shapeguard.lint.texts import Texts


def open_cache(options: CheckOptions, cwd: Path) -> Callable[[], Cache] | None:
    """Return what opens the cache, or None if there is to be none.

    What it knows of the installed packs need not be loaded from them. It is not opened before that, or
    results, are asked for.
    """
    if options.no_cache:
        return None

    @functools.cache
    def opened() -> Cache:
        from shapeguard.lint.cache import Cache  # noqa: PLC0415 - only where it is used
        from shapeguard.lint.cache_file import RESULTS  # noqa: PLC0415 - as above
        from shapeguard.lint.environment import environment  # noqa: PLC0415 - as above

        return Cache(_directory(options, cwd) / RESULTS, environment())

    @functools.cache
    def facts() -> PackFacts | None:
        kept = opened().facts()
        if kept is None and not loaded_problems():
            opened().keep_facts(_facts())
        return kept

    tell(facts)
    return opened


def texts_of(options: CheckOptions, cwd: Path) -> Callable[[], Texts] | None:
    """Return what opens what the cache knows of texts, or None if there is to be none."""
    if options.no_cache:
        return None

    @functools.cache
    def opened() -> Texts:
        from shapeguard.lint.cache_file import TEXTS  # noqa: PLC0415 - only where it is used
        from shapeguard.lint.texts import Texts  # noqa: PLC0415 - as above

        return Texts(_directory(options, cwd) / TEXTS)

    return opened


def _directory(options: CheckOptions, cwd: Path) -> Path:
    from shapeguard.lint.cache_file import DIRECTORY  # noqa: PLC0415 - only where it is used

    return cwd / (options.cache_dir or _home(cwd) / DIRECTORY)


def _facts() -> PackFacts:
    """Return what is to be known of the packs, which are loaded."""
    from shapeguard.lint.facts import PackFacts  # noqa: PLC0415 - where it is not kept yet
    from shapeguard.lint.libraries import described  # noqa: PLC0415 - as above

    return PackFacts(tuple(map(facts_of, load_rules())), described(load_models()))


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
