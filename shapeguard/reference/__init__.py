"""Corrected layers that install over ``adapters``, written to be read.

::

    from shapeguard import reference

    with reference.installed():        # or reference.install() ... reference.uninstall()
        model(**inputs)

Read :mod:`shapeguard.reference.chains` for what a composition means, :mod:`shapeguard.reference.plans` for
how a batch is divided into groups of rows that run alone, ``layers`` for what each method does with a
group, and :mod:`shapeguard.reference.corrections` for what is replaced.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapeguard.reference.installation import install, installed, uninstall

__all__ = ["install", "installed", "uninstall"]


def __getattr__(name: str) -> object:
    """Load a public name on first use."""
    if name in __all__:
        return getattr(importlib.import_module("shapeguard.reference.installation"), name)
    message = f"module 'shapeguard.reference' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return sorted(__all__)
