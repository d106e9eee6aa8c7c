"""Configuration: ``[tool.shapeguard]`` in ``pyproject.toml``, or ``shapeguard.toml``.

For each source file the nearest configuration file holds. Files are not merged, unless one names
another that it extends, so one file says everything that holds for a project. Every mistake is a
:class:`~shapeguard.errors.ConfigError` that names the file, the key, what was found and what would
be valid.
"""

from __future__ import annotations

from shapeguard.lint.config.codes import check_codes, check_entries, check_options, names_codes
from shapeguard.lint.config.loading import (
    CONFIG_NAMES,
    Hierarchy,
    has_settings,
    is_file,
    load_settings,
    nearest,
)
from shapeguard.lint.config.patterns import (
    can_match,
    check_pattern,
    compiled,
    of_directories,
    placed,
)
from shapeguard.lint.config.settings import (
    ALL,
    EXPECTED,
    HIDDEN,
    Configured,
    RuleOptions,
    Settings,
    covers,
)
from shapeguard.lint.config.validation import EXPECTED_OF_RULES

__all__ = [
    "ALL",
    "CONFIG_NAMES",
    "EXPECTED",
    "EXPECTED_OF_RULES",
    "HIDDEN",
    "Configured",
    "Hierarchy",
    "RuleOptions",
    "Settings",
    "can_match",
    "check_codes",
    "check_entries",
    "check_options",
    "check_pattern",
    "compiled",
    "covers",
    "has_settings",
    "is_file",
    "load_settings",
    "names_codes",
    "nearest",
    "of_directories",
    "placed",
]
