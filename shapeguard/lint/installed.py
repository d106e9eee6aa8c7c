"""Which packs are installed, without loading any, and without ``importlib.metadata`` where none is.

To import that module takes as long as half of a check of a file that has nothing to do with tensors.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

RULES: Final = "shapeguard.rules"
MODELS: Final = "shapeguard.models"
BUILT_IN: Final = frozenset({"shapeguard_rules:RULES", "shapeguard.lint.flow.models:MODELS"})


@cache
def other_models() -> bool:
    """Say whether op models besides the built-in ones may be installed.

    Where distributions are kept in some way other than in directories this cannot be told, and the
    answer is yes.
    """
    return _unusual() or any(_declares_models(path) for path in _entry_points())


def _unusual() -> bool:
    """Say whether there may be distributions that do not lie in a directory of ``sys.path``."""
    if any(each.endswith(".egg") or os.path.isfile(each) for each in sys.path):  # noqa: PTH113 - of strings
        return True
    return any(
        hasattr(finder, "find_distributions") and getattr(finder, "__module__", "") != _IMPORTLIB
        for finder in sys.meta_path
    )


_IMPORTLIB: Final = "_frozen_importlib_external"


def _entry_points() -> Iterator[str]:
    for place in sys.path:
        try:
            with os.scandir(place or ".") as found:
                names = [
                    each.path for each in found if each.name.endswith((".dist-info", ".egg-info"))
                ]
        except OSError:
            continue
        for name in names:
            yield f"{name}/entry_points.txt"


def _declares_models(path: str) -> bool:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - of very many, and Path takes as long again
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return False
    _, section, rest = text.partition(f"[{MODELS}]")
    lines = rest.partition("\n[")[0].splitlines() if section else ()
    values = (line.partition("=")[2].strip() for line in lines if "=" in line)
    return any(value not in BUILT_IN for value in values)
