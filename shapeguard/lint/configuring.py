"""The settings that a check runs under, held against the rules that are installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.config import (
    Hierarchy,
    check_codes,
    check_options,
    load_settings,
    names_codes,
)
from shapeguard.lint.housekeeping import NOTICES
from shapeguard.lint.packs import load_rules, rule_facts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from shapeguard.lint.config import Configured, Settings
    from shapeguard.lint.housekeeping import Notice
    from shapeguard.lint.rule import Rule


def installed() -> tuple[type[Rule | Notice], ...]:
    """Return all rules, and what is reported about files."""
    return (*load_rules(), *NOTICES)


def known_codes() -> list[str]:
    """Return the codes of all that is installed."""
    return [*(rule.code for rule in rule_facts()), *(kind.code for kind in NOTICES)]


def configure(
    config: Path | None,
    start: Path,
    change: Callable[[Settings], Settings] = lambda settings: settings,
) -> tuple[Settings, Configured]:
    """Return the settings of the directory ``start``, and what knows those of each file.

    ``config`` is a file whose settings hold everywhere. ``change`` puts something on top of what a
    file says. Raises ConfigError for wrong files, and for codes and options that no rule has.
    """

    def approved(settings: Settings) -> Settings:
        if names_codes(settings):
            check_codes(settings, known_codes())
        if settings.rules:
            check_options(settings, {kind.code: kind.declares for kind in installed()})
        return change(settings)

    if config is not None:
        settings = approved(load_settings(config, start))
        return settings, settings
    hierarchy = Hierarchy(start, approved)
    return hierarchy.main, hierarchy
