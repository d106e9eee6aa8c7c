"""Refuse what cannot be run right, before any tensor is touched."""

from __future__ import annotations

from typing import NoReturn

from shapeguard.errors import CompositionError


def refuse(reason: str) -> NoReturn:
    """Raise :class:`CompositionError` with the reason."""
    message = f"this composition cannot be run right: {reason}"
    raise CompositionError(message)
