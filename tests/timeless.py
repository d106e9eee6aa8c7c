"""What a check says, without how long it took."""

from __future__ import annotations

import re


def timeless(text: str) -> str:
    """Return the output of a check without the seconds in its summary."""
    return re.sub(r"(checked\)) in [0-9]+\.[0-9] s\.", r"\1.", text)
