"""Refuse what cannot be run right, before any tensor is touched."""

from __future__ import annotations

from typing import NoReturn

from shapeguard.errors import CompositionError, SharesError


def refuse(reason: str, error: type[CompositionError] = CompositionError) -> NoReturn:
    """Raise :class:`CompositionError`, or a kind of it, with the reason."""
    message = f"this composition cannot be run right: {reason}"
    raise error(message)


def refuse_sum(reason: str) -> NoReturn:
    """Raise :class:`SharesError` with the reason: shares that do not add up."""
    refuse(reason, SharesError)
