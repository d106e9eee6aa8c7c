"""``SHAPEGUARD=error|warn|collect|off``, read when shapeguard is imported.

Imports nothing heavy: with the variable set, ``import shapeguard`` only leaves a hook behind that
waits for the library.
"""

from __future__ import annotations

import os

from shapeguard.errors import ConfigError
from shapeguard.runtime import control, switch

VARIABLE = "SHAPEGUARD"
VALUES = ("off", *control.MODES)


def is_off() -> bool:
    """Whether contracts on one's own functions are not even applied."""
    return os.environ.get(VARIABLE) == "off"


def activate() -> None:
    """Act on the environment variable; an unset, empty or ``off`` one asks for nothing.

    Raises:
        ConfigError: if the value is none of the documented ones.

    """
    value = os.environ.get(VARIABLE, "")
    if value in {"", "off"}:
        return
    if value not in VALUES:
        message = f"{VARIABLE}={value!r} is not valid; use {', '.join(VALUES)}"
        raise ConfigError(message)
    switch.keep_from_import(control.checked(value, "shapes"))
