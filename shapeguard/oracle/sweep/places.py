"""Where an error comes from, without the paths of this machine."""

from __future__ import annotations

import traceback
from typing import Final

_TENSORS: Final = ("torch", "numpy")


def place_of(error: BaseException) -> str:
    """Return ``package/module.py:line`` of the innermost frame that is not of a tensor library."""
    place = ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        name = str(frame.f_globals.get("__name__", ""))
        if name.partition(".")[0] not in _TENSORS:
            place = f"{name.replace('.', '/')}.py:{line}"
    return place
