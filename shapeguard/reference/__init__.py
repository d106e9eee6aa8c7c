"""Corrected layers that install over ``adapters``, written to be read.

::

    from shapeguard import reference

    with reference.installed():        # or reference.install() ... reference.uninstall()
        model(**inputs)

The reference corrects prefix tuning. Read :mod:`shapeguard.reference.prefix_tuning` for how a
batch is composed, :mod:`shapeguard.reference.masks` for how prefixes of different length share a
batch, and :mod:`shapeguard.reference.acceptance` for what is refused, and why.
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
