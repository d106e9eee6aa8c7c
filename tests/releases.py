"""What the installed release of adapters has: contracts are tested on 1.1, 1.2 and 1.3."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import adapters
import pytest
from adapters import composition

RELEASE = tuple(int(part) for part in version("adapters").split("."))
BEFORE_THE_FIX = RELEASE < (1, 1, 1)
"""Prefix tuning with an empty last share raises: adapter-hub/adapters#794."""

if hasattr(composition, "MultiTask"):
    MultiTask: Any = composition.MultiTask
else:

    class MultiTask(composition.AdapterCompositionBlock):  # type: ignore[no-redef]
        """What stands in lists of cases for a block that came with adapters 1.2."""


def config_of(name: str, **options: Any) -> Any:
    """Return the configuration of a method; skips the test where the release has no such method."""
    made = getattr(adapters, name, None)
    if made is None:
        pytest.skip(f"adapters {version('adapters')} has no {name}")
    return made(**options)


def known(setup: Any) -> Any:
    """Return a composition; skips the test where it holds a block that the release does not have."""
    blocks = [setup]
    while blocks:
        block = blocks.pop()
        if isinstance(block, composition.AdapterCompositionBlock):
            blocks += block.children
        if isinstance(block, MultiTask) and not hasattr(composition, "MultiTask"):
            pytest.skip(f"adapters {version('adapters')} has no MultiTask")
    return setup
