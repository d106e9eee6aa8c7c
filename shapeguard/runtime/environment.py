"""``SHAPEGUARD=error|warn|collect|off`` and ``SHAPEGUARD_LEVEL``, read when shapeguard is imported.

Imports nothing heavy: with the variable set, ``import shapeguard`` only leaves a hook behind that
waits for the library.
"""

from __future__ import annotations

import os

from shapeguard.contracts.relations import LEVELS
from shapeguard.errors import ConfigError
from shapeguard.runtime import control, switch

VARIABLE = "SHAPEGUARD"
LEVEL = "SHAPEGUARD_LEVEL"
VALUES = ("off", *control.MODES)


def is_off() -> bool:
    """Whether contracts on one's own functions are not even applied."""
    return os.environ.get(VARIABLE) == "off"


def activate() -> None:
    """Act on the environment variable; an unset, empty or ``off`` one asks for nothing.

    Raises:
        ConfigError: if a value is none of the documented ones.

    """
    value = os.environ.get(VARIABLE, "")
    if value in {"", "off"}:
        return
    if value not in VALUES:
        message = f"{VARIABLE}={value!r} is not valid; use {', '.join(VALUES)}"
        raise ConfigError(message)
    level = os.environ.get(LEVEL) or LEVELS[0]
    if level not in LEVELS:
        message = f"{LEVEL}={level!r} is not valid; use {', '.join(LEVELS)}"
        raise ConfigError(message)
    switch.keep_from_import(control.checked(value, level))
